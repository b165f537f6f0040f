import { type Digest, type DigestEntry, totalScore } from '../../src/core/digest.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import type { Score } from '../../src/core/score.ts';
import type { VoteCount } from '../../src/core/stores.ts';

/** A posted paper as it stands now. */
export type Ranked = {
  date: IsoDate;
  rubric: string;
  entry: DigestEntry;
  /** The score that counts now. */
  score: Score;
  isRescored: boolean;
  votes: VoteCount | undefined;
};

export const orders = ['score', 'votes', 'novelty'] as const;
export type Order = (typeof orders)[number];

const marginOf = ({ votes }: Pick<Ranked, 'votes'>): number => (votes ? votes.up - votes.down : 0);

const byScore = (a: Ranked, b: Ranked): number =>
  totalScore(b.score) - totalScore(a.score) ||
  b.score.relevance - a.score.relevance ||
  b.date.localeCompare(a.date) ||
  a.entry.rank - b.entry.rank;

const comparers = {
  score: byScore,
  votes: (a, b) => marginOf(b) - marginOf(a) || (b.votes?.up ?? 0) - (a.votes?.up ?? 0) || byScore(a, b),
  novelty: (a, b) => b.score.novelty - a.score.novelty || byScore(a, b),
} satisfies Record<Order, (a: Ranked, b: Ranked) => number>;

/** The posted papers of digests, the newest digest's first; a paper that several picked stands under the newest. */
export const postedOnce = (digests: readonly Digest[]): Pick<Ranked, 'date' | 'rubric' | 'entry'>[] => {
  const seen = new Set<string>();
  return digests
    .toSorted((a, b) => b.date.localeCompare(a.date))
    .flatMap(({ date, rubric, entries }) => entries.map((entry) => ({ date, rubric, entry })))
    .filter(({ entry }) => !seen.has(entry.paper.id) && seen.add(entry.paper.id));
};

export const ranked = (papers: readonly Ranked[], order: Order): Ranked[] => papers.toSorted(comparers[order]);
