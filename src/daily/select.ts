import type { Channel } from '../core/channel.ts';
import { type DigestEntry, type PickReason, totalScore } from '../core/digest.ts';
import type { Candidate } from '../core/paper.ts';
import type { Score } from '../core/score.ts';

export type Selection = {
  /** How many papers passed, before `top` cut the list. */
  relevant: number;
  entries: DigestEntry[];
  /** Where nothing passed: the three that came nearest. */
  nearest: DigestEntry[];
};

type Ranked = { candidate: Candidate; score: Score; reason: PickReason | undefined; position: number };

/** Accents, case and white space of a name do not matter. */
const nameKey = (name: string): string =>
  name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();

const reasonFor = (
  { paper }: Candidate,
  score: Score,
  channel: Pick<Channel, 'cutoffs'>,
  followed: ReadonlySet<string>,
): PickReason | undefined => {
  const name = paper.authors.find((author) => followed.has(nameKey(author)));
  if (name !== undefined) return { kind: 'author', name };
  const passes = score.relevance >= channel.cutoffs.relevance && score.novelty >= channel.cutoffs.novelty;
  return passes ? { kind: 'cutoffs' } : undefined;
};

/** Author matches first, then by total score, then by relevance, then in arXiv's order. */
const better = (a: Ranked, b: Ranked): number =>
  Number(b.reason?.kind === 'author') - Number(a.reason?.kind === 'author') ||
  totalScore(b.score) - totalScore(a.score) ||
  b.score.relevance - a.score.relevance ||
  a.position - b.position;

const asEntries = (ranked: readonly Ranked[]): DigestEntry[] =>
  ranked.map(({ candidate, score, reason }, index) => {
    return { rank: index + 1, paper: candidate.paper, score, reason: reason ?? { kind: 'cutoffs' } };
  });

/** Ranks a channel's scored papers and picks those that pass the cutoffs or are by a followed author. */
export const select = (
  candidates: readonly Candidate[],
  scores: ReadonlyMap<string, Score>,
  channel: Pick<Channel, 'cutoffs' | 'authors' | 'top'>,
): Selection => {
  const followed = new Set(channel.authors.map((author) => nameKey(author.name)));
  const ranked = candidates
    .flatMap((candidate, position): Ranked[] => {
      const score = scores.get(candidate.paper.id);
      return score ? [{ candidate, score, reason: reasonFor(candidate, score, channel, followed), position }] : [];
    })
    .sort(better);
  const passed = ranked.filter(({ reason }) => reason !== undefined);
  // A followed author's paper always comes, so `top` never cuts into these.
  const byAuthors = passed.filter(({ reason }) => reason?.kind === 'author').length;
  return {
    relevant: passed.length,
    entries: asEntries(passed.slice(0, Math.max(channel.top, byAuthors))),
    nearest: passed.length > 0 ? [] : asEntries(ranked.slice(0, 3)),
  };
};
