import { type Digest, type DigestEntry, totalScore } from '../core/digest.ts';
import type { IsoDate } from '../core/paper.ts';
import type { VoteCount } from '../core/stores.ts';

/** How many papers a list of the best holds. */
const longest = 10;

/** A picked paper and the day that picked it. */
export type Picked = { date: IsoDate; entry: DigestEntry; votes?: VoteCount | undefined };

/** Every picked paper of the digests, with its votes. */
export const pickedOf = (digests: readonly Digest[], votes: ReadonlyMap<string, VoteCount>): Picked[] =>
  digests.flatMap(({ date, entries }) => entries.map((entry) => ({ date, entry, votes: votes.get(entry.paper.id) })));

const byScore = (a: Picked, b: Picked): number =>
  totalScore(b.entry.score) - totalScore(a.entry.score) ||
  b.entry.score.relevance - a.entry.score.relevance ||
  a.date.localeCompare(b.date) ||
  a.entry.rank - b.entry.rank;

const margin = ({ votes }: Picked): number => (votes ? votes.up - votes.down : 0);

/** The first ten. A paper that several days picked, such as in a new version, counts once, with the best of its scores. */
const firstOnce = (sorted: readonly Picked[]): Picked[] => {
  const seen = new Set<string>();
  return sorted.filter(({ entry }) => !seen.has(entry.paper.id) && seen.add(entry.paper.id)).slice(0, longest);
};

/** The ten papers with the highest scores; of equal ones the more relevant, then the earlier. */
export const bestByScore = (papers: readonly Picked[]): Picked[] => firstOnce(papers.toSorted(byScore));

/** The same of a store, from which no more is read than is shown. `read` gives so many of the best, in their order. */
export const readBestByScore = async (read: (limit: number) => Promise<readonly Picked[]>): Promise<Picked[]> => {
  for (let limit = longest; ; limit *= 2) {
    const found = await read(limit);
    const papers = firstOnce(found);
    if (papers.length === longest || found.length < limit) return papers;
  }
};

/** The ten papers with the most votes for them, those against taken off; none that has not more for than against. */
export const bestByVotes = (papers: readonly Picked[]): Picked[] =>
  firstOnce(
    papers
      .filter((paper) => margin(paper) > 0)
      .toSorted((a, b) => margin(b) - margin(a) || (b.votes?.up ?? 0) - (a.votes?.up ?? 0) || byScore(a, b)),
  );
