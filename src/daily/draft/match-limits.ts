import type { Channel } from '../../core/channel.ts';
import { type MatchLimits, roundedMatch } from '../../core/score.ts';

/** More papers than this share of the days' candidates do not match well, even in a category with few papers. */
const maxShare = 0.3;

/**
 * Papers per day that reach the floor on average, relative to `papersPerDay`: a usual day fills up, and a day with less
 * than two thirds of the usual matches has fewer papers.
 */
const margin = 1.5;

/**
 * @param candidates Candidates of an average day.
 * @param share The built-in scorer's share of the day's scored papers. It picks in proportion, so that a day on which a
 * language model missed a few papers does not fill up with them. Rounded up, so that the best can still be picked.
 */
export const matchLimitsOf = (
  { papersPerDay }: Pick<Channel, 'papersPerDay'>,
  candidates: number,
  share = 1,
): MatchLimits => {
  const above = candidates === 0 ? maxShare : Math.min(maxShare, (margin * papersPerDay) / candidates);
  return { papers: Math.ceil(papersPerDay * share), floor: roundedMatch(100 * (1 - above)) };
};
