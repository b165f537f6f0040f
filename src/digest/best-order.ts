import type { Digest, DigestEntry } from '../core/digest.ts';
import type { IsoDate } from '../core/paper.ts';
import { isBuiltIn, isByModel, type Points, type Score, totalScore } from '../core/score.ts';
import type { VoteCount } from '../core/votes.ts';

const maxListed = 10;

export type Picked = {
  date: IsoDate;
  entry: DigestEntry;
  score?: Score | undefined;
  votes?: VoteCount | undefined;
};

export const pickedOf = (digests: readonly Digest[], votes: ReadonlyMap<string, VoteCount>): Picked[] =>
  digests.flatMap(({ date, entries }) => entries.map((entry) => ({ date, entry, votes: votes.get(entry.paper.id) })));

const byPoints = (a: Points, b: Points): number => totalScore(b) - totalScore(a) || b.relevance - a.relevance;

/** The language model's scores first, by points; then the built-in scorer's, by match. */
const betterFirst = (a: Score, b: Score): number => {
  if (isByModel(a) && isByModel(b)) return byPoints(a, b);
  if (isBuiltIn(a) && isBuiltIn(b)) return b.match - a.match;
  return Number(isBuiltIn(a)) - Number(isBuiltIn(b));
};

/** Orders the scores of one day, best first. The built-in scorer's position also orders equal matches. */
export const bestFirst = (a: Score, b: Score): number =>
  isBuiltIn(a) && isBuiltIn(b) ? a.position - b.position : betterFirst(a, b);

/**
 * Orders the papers of several digests by score, then newer digest first, then rank. Points are often equal, so with
 * older digests first, a full list would never show a new paper.
 */
export const byScore = (a: Picked, b: Picked): number =>
  betterFirst(a.score ?? a.entry.score, b.score ?? b.entry.score) ||
  b.date.localeCompare(a.date) ||
  a.entry.rank - b.entry.rank;

export const marginOf = ({ votes }: Pick<Picked, 'votes'>): number => (votes ? votes.up - votes.down : 0);

export const byVotes = (a: Picked, b: Picked): number =>
  marginOf(b) - marginOf(a) || (b.votes?.up ?? 0) - (a.votes?.up ?? 0) || byScore(a, b);

export const firstOfEach = <T extends { entry: Pick<DigestEntry, 'paper'> }>(papers: readonly T[]): T[] => {
  const seen = new Set<string>();
  return papers.filter(({ entry }) => !seen.has(entry.paper.id) && seen.add(entry.paper.id));
};

const bestOf = (sorted: readonly Picked[]): Picked[] => firstOfEach(sorted).slice(0, maxListed);

/** The ten best papers by score. A paper that several digests picked counts once, with its best score. */
export const bestByScore = (papers: readonly Picked[]): Picked[] => bestOf(papers.toSorted(byScore));

/** Like `bestByScore`, but reads no more papers than are shown. `read` returns the best `limit`, in `byScore` order. */
export const readBestByScore = async (read: (limit: number) => Promise<readonly Picked[]>): Promise<Picked[]> => {
  for (let limit = maxListed; ; limit *= 2) {
    const found = await read(limit);
    const papers = bestOf(found);
    if (papers.length === maxListed || found.length < limit) return papers;
  }
};

export const bestByVotes = (papers: readonly Picked[]): Picked[] =>
  bestOf(papers.filter((paper) => marginOf(paper) > 0).toSorted(byVotes));

/** In points. Smaller moves are not reported. */
const minReported = 0.5;
const maxExplained = 3;

export const isReported = ({ nudge }: Pick<DigestEntry, 'nudge'>): boolean =>
  nudge !== undefined && Math.abs(nudge.points) >= minReported;

/** The papers that votes moved most, at most three. Only these say why. */
export const topMoves = (entries: readonly DigestEntry[]): ReadonlySet<DigestEntry> =>
  new Set(
    entries
      .filter(isReported)
      .sort((a, b) => Math.abs(b.nudge?.points ?? 0) - Math.abs(a.nudge?.points ?? 0) || a.rank - b.rank)
      .slice(0, maxExplained),
  );
