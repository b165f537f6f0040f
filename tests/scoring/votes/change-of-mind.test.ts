import { describe, expect, it } from 'vitest';
import { createPause } from '../../../src/core/clock.ts';
import type { PostedPaper, Vote } from '../../../src/core/votes.ts';
import { votesSinceChange } from '../../../src/scoring/votes/change-of-mind.ts';
import { judge } from '../../../src/scoring/votes/judgements.ts';
import { fitPreferences } from '../../../src/scoring/votes/model.ts';
import { readPapers } from '../../../src/scoring/votes/papers.ts';

const { signal } = new AbortController();
const now = new Date('2025-07-08T12:00:00Z');

const subjects = {
  reefs: ['Coral reefs', 'Corals bleach in warm water.'],
  networks: ['Sorting networks', 'Comparators sort keys in parallel.'],
  beetles: ['Bark beetles', 'Beetles dig tunnels in spruces.'],
} as const;
type Subject = keyof typeof subjects;

const paperOn = (subject: Subject, number: number) => {
  const [title, abstract] = subjects[subject];
  const id = `2507.${String(number).padStart(5, '0')}`;
  return {
    id,
    version: 1,
    title: `${title} ${number}`,
    abstract,
    categories: ['cs.DS'],
    authors: [`Author ${number}`],
  };
};

/** One vote a minute, oldest first, on papers of each subject in turn. */
const votesOn = (count: number, voteOf: (subject: Subject, at: number) => Vote): PostedPaper[] =>
  Array.from({ length: count }, (_, at): PostedPaper => {
    const subject = (['reefs', 'networks', 'beetles'] as const)[at % 3] ?? 'reefs';
    const minute = new Date(now.getTime() + (at - count) * 60_000).toISOString();
    const votes = [{ person: 'slack:T1:U1', vote: voteOf(subject, at), at: minute }];
    return { date: '2025-07-08', paper: paperOn(subject, at), topic: undefined, votes };
  });

const liking = (liked: Subject) => (subject: Subject) => (subject === liked ? ('up' as const) : ('down' as const));
const turningAt = (turn: number) => (subject: Subject, at: number) => liking(at < turn ? 'reefs' : 'networks')(subject);

const sinceChange = async (posted: PostedPaper[]) => {
  const papers = posted.map(({ paper, topic }) => ({ ...paper, topic }));
  const { matrix } = await readPapers(papers, createPause(signal));
  return votesSinceChange(matrix, posted, judge(posted, now).judged);
};

describe('a change of mind', () => {
  it('is found by votes that contradict the earlier ones', async () => {
    expect([15, 20]).toContain(await sinceChange(votesOn(55, turningAt(40))));
    expect(await sinceChange(votesOn(70, turningAt(40)))).toBe(30);
  });

  it('is not found in steady votes, nor in few', async () => {
    expect(await sinceChange(votesOn(60, liking('reefs')))).toBeUndefined();
    expect(await sinceChange(votesOn(24, turningAt(14)))).toBeUndefined();
    expect(await sinceChange(votesOn(60, () => 'up'))).toBeUndefined();
    expect(await sinceChange([])).toBeUndefined();
  });

  it('is not found by a misclick', async () => {
    const posted = votesOn(60, (subject, at) => (at === 57 ? 'down' : liking('reefs')(subject)));
    expect(await sinceChange(posted)).toBeUndefined();
  });

  it('moves papers soon, though there are more votes before it than after it', async () => {
    const posted = votesOn(80, turningAt(62));
    const model = await fitPreferences(posted, now, signal);
    const [reefs, networks] = [paperOn('reefs', 900), paperOn('networks', 901)];
    const nudges = await model.nudges([reefs, networks].map((paper) => ({ ...paper, topic: undefined })));
    expect(await sinceChange(posted)).toBe(15);
    expect(nudges.get(networks.id)?.points).toBeGreaterThan(1);
    expect(nudges.get(reefs.id)?.points ?? 0).toBeLessThanOrEqual(0);
  });

  it('makes votes before it count a tenth', () => {
    const posted = votesOn(30, liking('reefs'));
    const [steady, changed] = [judge(posted, now).judged, judge(posted, now, 10).judged];
    expect(changed[19]?.weight).toBeCloseTo(0.1 * (steady[19]?.weight ?? 0));
    expect(changed[20]?.weight).toBe(steady[20]?.weight);
  });
});
