import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Digest } from '../../../src/core/digest.ts';
import type { AnnouncedPaper } from '../../../src/core/paper.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { type DraftParts, draftDigest } from '../../../src/daily/draft/draft.ts';
import { rankDay } from '../../../src/scoring/distilled/ranking.ts';
import { createPrefilter } from '../../../src/scoring/screening/prefilter.ts';
import { scriptedScorer, scriptedSource } from '../../fakes/daily.ts';
import { channelOf, rubricOf } from '../../fakes/fixtures.ts';
import { runPartsOf } from '../../fakes/run.ts';
import { dayPapers, isLiked, topics } from '../../scoring/distilled/liked-papers.ts';

const { signal } = new AbortController();
const followed = 'Ada Followed';
const dates = Array.from({ length: 21 }, (_, at) => `2025-06-${String(at + 1).padStart(2, '0')}`);
const channel = channelOf({
  ...{ categories: ['cs.LG'], rubric: rubricOf({ topics }), post: [], top: 100 },
  authors: [{ name: followed }],
});

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const papersADay = 60;

/** The last is by a followed author, on nothing that the model likes. */
const announcedOn = (date: string, at: number): AnnouncedPaper[] =>
  dayPapers(date, papersADay, at + 1).map((paper, index) => ({
    paper: {
      ...paper,
      authors: index === papersADay - 1 ? [followed] : [...paper.authors],
      categories: [...paper.categories],
    },
    type: 'new',
  }));

const runDay = async (
  at: number,
  more: Partial<DraftParts> & { isScreened?: boolean } = {},
): Promise<{ scored: string[]; liked: string[]; digest: Digest }> => {
  const date = dates[at] ?? '';
  const announced = announcedOn(date, at);
  const liked = announced.filter(({ paper }) => isLiked(paper)).map(({ paper }) => paper.id);
  await stores.announcements.save({ category: 'cs.LG', date, papers: announced });
  const model = scriptedScorer(({ papers }) => [
    papers.map(({ id }) => [id, liked.includes(id) ? 9 : 2, 8] as [string, number, number]),
  ]);
  const parts = runPartsOf('2025-07-08T13:00:00Z', {
    ...{ stores, source: scriptedSource({}), scorers: [model], platforms: [] },
  });
  const prefilter = createPrefilter({ stores, rank: rankDay, targetRecall: 0.98, logger: parts.publishing.logger });
  const day = { date, announced, sample: false, remedial: undefined };
  const { isScreened = true, ...others } = more;
  const draft = await draftDigest(channel, day, { ...parts, ...(isScreened && { prefilter }), ...others }, signal);
  await stores.digests.create(draft, `${date}T13:00:00.000Z`, []);
  const digest = await stores.digests.find(channel.name, date);
  if (!digest) throw new Error('no digest');
  return { scored: model.tasks.flatMap(({ papers }) => papers.map(({ id }) => id)), liked, digest };
};

const reasonOf = ({ prefilter }: Digest) => (prefilter && 'reason' in prefilter ? prefilter.reason : undefined);
const skippedOf = ({ prefilter }: Digest): number => (prefilter && 'skipped' in prefilter ? prefilter.skipped : 0);

describe('screening from the first day', () => {
  it('learns what the topics do not name, and then reads part of each day with nearly all picks', async () => {
    const read: number[] = [];
    let [picks, kept] = [0, 0];
    for (const at of dates.keys()) {
      const { scored, liked, digest } = await runDay(at);
      read.push(scored.length);
      expect(new Set(scored).size).toBe(scored.length);
      expect(digest.entries[0]?.paper.id).toBe(`${digest.date}.${papersADay - 1}`);
      expect(digest.counts).toMatchObject({ scanned: papersADay, unscored: 0 });
      expect(scored).toHaveLength(papersADay - skippedOf(digest));
      if (at < 10) continue;
      picks += liked.length;
      kept += digest.entries.filter(({ paper }) => liked.includes(paper.id)).length;
    }
    // A fifth of the papers are picked, and on the first days the ranking does not know what the model likes.
    for (const count of read.slice(-5)) expect(count).toBeLessThan(0.8 * papersADay);
    expect(kept / picks).toBeGreaterThanOrEqual(0.96);
    const last = await stores.digests.find(channel.name, dates.at(-1) ?? '');
    expect(last && reasonOf(last)).toBeUndefined();
    expect(last?.prefilter).toMatchObject({
      days: 20,
      recall: expect.any(Number),
      screened: { line: expect.any(Number) },
    });
  });

  it('always reads papers by followed authors and papers like those voted up', async () => {
    for (const at of [0, 1, 2, 3, 4, 5, 6, 7]) await runDay(at);
    const date = dates[8] ?? '';
    const unlikely = Array.from({ length: papersADay }, (_, index) => `${date}.${index}`);
    const asked: string[] = [];
    const { scored, digest } = await runDay(8, {
      async likedOf(name, papers) {
        asked.push(name, ...papers.map(({ id }) => id));
        return new Set(unlikely.slice(41, 44));
      },
    });
    expect(asked).toEqual([channel.name, ...unlikely]);
    expect(scored).toEqual(expect.arrayContaining(unlikely.slice(41, 44)));
    expect(scored).toContain(`${date}.${papersADay - 1}`);
    expect(skippedOf(digest)).toBeGreaterThan(3);
    for (const id of unlikely.slice(41, 44)) expect(await stores.digests.unlikely(digest.digestId, id)).toBeUndefined();
  });

  it('is explained once to a channel whose digests had none before', async () => {
    const notice =
      'From now on, the language model reads only the papers that it may pick, which saves about half of the tokens. To let it read all papers again, set scorer: { prefilter: off }.';
    expect((await runDay(0, { isScreened: false })).digest.notices).toEqual([]);
    expect((await runDay(1)).digest.notices).toEqual([notice]);
    expect((await runDay(2)).digest.notices).toEqual([]);
    expect((await runDay(3, { isScreened: false })).scored).toHaveLength(papersADay);
  });

  it('needs no explanation in a new channel', async () => {
    expect((await runDay(0)).digest.notices).toEqual([]);
  });
});
