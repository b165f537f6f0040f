import type { Channel } from '../../core/channel.ts';
import type { MatchLimits } from '../../core/score.ts';

/** More papers than this share of the days' candidates do not match well, even in a category with few papers. */
const maxShare = 0.3;

/**
 * Papers per day that reach the floor on average, relative to `papersPerDay`: a usual day fills up, and a day with less
 * than two thirds of the usual matches has fewer papers.
 */
const margin = 1.5;

const roundedDown = (match: number): number => (match >= 99 ? Math.floor(10 * match) / 10 : Math.floor(match));

/** @param candidates Candidates of an average day. */
export const matchLimitsOf = (
  { papersPerDay, top }: Pick<Channel, 'papersPerDay' | 'top'>,
  candidates: number,
): MatchLimits => {
  const max = Math.min(papersPerDay, top);
  const share = candidates === 0 ? maxShare : Math.min(maxShare, (margin * max) / candidates);
  return { papersPerDay: max, floor: roundedDown(100 * (1 - share)) };
};
