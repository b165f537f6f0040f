import type { LearnedFeedback, Vote } from '../../core/votes.ts';

/** Maximum points that votes add or subtract, on the scale of the total score from 2 to 20. */
export const maxPoints = 3;
const pointsPerVote = 0.1;
/**
 * Toward the limit of subtracted points, a 👍 counts as a quarter of a 👎, and all 👍 together count as at most ten 👎.
 */
const likeWeightDown = 0.25;
const maxLikesDown = 10;

/** Without a 👍 nothing moves up, and without a 👎 nothing moves down. */
export const boundsOf = ({ up, down }: Record<Vote, number>): LearnedFeedback['bounds'] => {
  const bound = (votes: number): number => Math.min(maxPoints, pointsPerVote * votes);
  return {
    up: up === 0 ? 0 : bound(up + down),
    down: down === 0 ? 0 : bound(down + Math.min(maxLikesDown, likeWeightDown * up)),
  };
};

/** The model's values for papers without votes. */
type Typical = { center: number; spread: number };

const minPapers = 8;
/** Half of normally distributed values are within the spread divided by this. */
const medianToDeviation = 1.5;

const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * @param values Values of papers without votes. With too few of them, the typical value is 0, the value of a paper that
 * shares nothing with the voted ones.
 */
export const typicalOf = (values: readonly number[]): Typical => {
  if (values.length < minPapers) return { center: 0, spread: 0 };
  const center = medianOf(values);
  return { center, spread: medianToDeviation * medianOf(values.map((value) => Math.abs(value - center))) };
};

/** In the unit of the targets, from -1 to 1. With few votes, papers differ less than this by chance. */
const minSpread = 0.1;
/** In spreads from the center. Nearer papers stay in place; from `fullAt` on, they move by the limit. */
const fromAt = 0.5;
const fullAt = 1.5;

/**
 * How far votes move a paper of a value, as a share of the limit: above 0 if up, below 0 if down. It is 0 if the value is
 * typical or shares nothing with the voted papers. A paper moves up only if it is above both, and down only if below
 * both.
 */
const moveOf = (value: number, { center, spread }: Typical): number => {
  const centered = value - center;
  if (value * centered <= 0) return 0;
  const size = Math.min(Math.abs(value), Math.abs(centered)) / Math.max(minSpread, spread);
  return Math.sign(value) * Math.min(1, Math.max(0, (size - fromAt) / (fullAt - fromAt)));
};

export const pointsOf = (value: number, typical: Typical, bounds: LearnedFeedback['bounds']): number => {
  const move = moveOf(value, typical);
  return Math.round(100 * move * (move > 0 ? bounds.up : bounds.down)) / 100;
};

/** True for a paper that votes move up as far as they can. */
export const isStronglyLiked = (value: number, typical: Typical, bounds: LearnedFeedback['bounds']): boolean =>
  bounds.up > 0 && moveOf(value, typical) === 1;
