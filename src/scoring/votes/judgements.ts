import type { PostedPaper, Vote } from '../../core/votes.ts';

/** The votes on one posted paper. `target` is from -1 (disliked) to 1 (liked). */
export type Judgement = { target: number; weight: number };

/** Days after which a vote counts half. */
const halfLifeDays = 60;
/**
 * A vote also counts half after this many later votes by the same person. A person's votes then never count more than
 * 1.44 times this number.
 */
const halfLifeVotes = 36;
/** Weight of a vote before a change of mind, relative to one after it. */
const changedWeight = 0.1;
/** Weight of a paper without votes on a day with votes. A 👎 has weight 1. */
const withoutVotesWeight = 0.06;
/** Papers with less weight are left out. */
export const minWeight = 0.002;
/** Neutral votes added to a channel's average, because the first few votes are poor evidence. */
const neutralVotes = 2;

const dayMs = 86_400_000;

const ageWeight = (at: string, now: Date): number =>
  2 ** (-Math.max(0, now.getTime() - Date.parse(at)) / dayMs / halfLifeDays);

export const averageOf = (judged: readonly Judgement[]): number => {
  const total = judged.reduce((sum, { weight }) => sum + weight, neutralVotes);
  return judged.reduce((sum, { target, weight }) => sum + target * weight, 0) / total;
};

export const newestFirst = (posted: readonly PostedPaper[]) =>
  posted
    .flatMap(({ votes }, row) => votes.map((vote) => ({ ...vote, row })))
    .sort((a, b) => b.at.localeCompare(a.at) || b.row - a.row);

/**
 * Weighs the votes on posted papers. A vote counts less the older it is, and the more votes the same person has cast
 * since. A paper without votes counts a little if other papers of its day have votes: as disliked as the voted papers
 * were liked on average, because people who mostly vote 👍 do not vote on what they dislike, and vice versa.
 * @param now Simulated time.
 * @param newest The votes since a change of mind. All others count less.
 * @returns `judged` in the order of `posted`; `counts` are numbers of votes, weighted by age.
 */
export const judge = (
  posted: readonly PostedPaper[],
  now: Date,
  newest = Number.POSITIVE_INFINITY,
): { judged: Judgement[]; counts: Record<Vote, number> } => {
  const votedDates = new Set(posted.filter(({ votes }) => votes.length > 0).map(({ date }) => date));
  const later = new Map<string, number>();
  const sums = posted.map(() => ({ target: 0, weight: 0 }));
  const counts = { up: 0, down: 0 };
  for (const [order, { person, vote, at, row }] of newestFirst(posted).entries()) {
    const after = later.get(person) ?? 0;
    later.set(person, after + 1);
    const age = ageWeight(at, now);
    const weight = age * 2 ** (-after / halfLifeVotes) * (order < newest ? 1 : changedWeight);
    counts[vote] += age;
    const sum = sums[row];
    if (!sum) continue;
    sum.target += vote === 'up' ? weight : -weight;
    sum.weight += weight;
  }
  const silence = -averageOf(sums.map(({ target, weight }) => ({ target: weight > 0 ? target / weight : 0, weight })));
  const judged = sums.map(({ target, weight }, row): Judgement => {
    if (weight > 0) return { target: target / weight, weight };
    const { date = '' } = posted[row] ?? {};
    return { target: silence, weight: votedDates.has(date) ? withoutVotesWeight * ageWeight(date, now) : 0 };
  });
  return { judged, counts };
};
