import type { PostedPaper } from '../../core/votes.ts';
import { type Matrix, scaleOf, standardized, timesVector } from '../built-in/matrix.ts';
import { averageOf, type Judgement, newestFirst } from './judgements.ts';
import { fitRidge } from './ridge.ts';

/** Numbers of newest votes that are predicted from those before them. */
const splits = [10, 15, 20, 30, 45];
const minEarlier = 15;
/** In standard errors. */
const maxError = -0.9;
const penalty = 0.5;
const steps = 6;

/**
 * The correlation of predicted and cast votes in units of its standard error without a relation (R. A. Fisher, 1915).
 * The area under the ROC curve would miss a change between two subjects if a third one is disliked before and after.
 */
const standardErrors = (values: Float32Array, votes: Float32Array): number => {
  const [ofValues, ofVotes] = [scaleOf(values), scaleOf(votes)];
  if (ofValues.deviation === 0 || ofVotes.deviation === 0) return 0;
  const cast = standardized(votes, ofVotes);
  const products = standardized(values, ofValues).map((value, at) => value * (cast[at] ?? 0));
  return scaleOf(products).mean * Math.sqrt(votes.length - 1);
};

/**
 * Finds out whether the newest votes contradict the ones before them: the predictions of a ridge fit to the
 * earlier votes have a negative correlation with them.
 * @param matrix One row per posted paper.
 * @returns The number of newest votes that are predicted worst, or undefined if they do not contradict the others.
 */
export const votesSinceChange = (
  matrix: Matrix,
  posted: readonly PostedPaper[],
  judged: readonly Judgement[],
): number | undefined => {
  const votes = newestFirst(posted);
  let found: { newest: number; error: number } | undefined;
  for (const newest of splits) {
    if (votes.length < newest + minEarlier) break;
    const later = new Map(votes.slice(0, newest).map(({ row, vote }) => [row, vote === 'up' ? 1 : -1]));
    const earlier = judged.map(({ target, weight }, row) => {
      const isEarlier = !later.has(row) && (posted[row]?.votes.length ?? 0) > 0;
      return { target, weight: isEarlier ? weight : 0 };
    });
    const mean = averageOf(earlier);
    const learned = fitRidge(
      matrix,
      {
        targets: Float32Array.from(earlier, ({ target }) => target - mean),
        weights: Float32Array.from(earlier, ({ weight }) => weight),
      },
      penalty,
      steps,
    );
    const values = timesVector(matrix, learned);
    const error = standardErrors(
      Float32Array.from(later.keys(), (row) => values[row] ?? 0),
      Float32Array.from(later.values()),
    );
    if (error < maxError && (!found || error < found.error)) found = { newest, error };
  }
  return found?.newest;
};
