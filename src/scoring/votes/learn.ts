import type { Pause } from '../../core/clock.ts';
import type { PostedPaper } from '../../core/votes.ts';
import type { Matrix } from '../built-in/matrix.ts';
import { votesSinceChange } from './change-of-mind.ts';
import { averageOf, type Judgement, judge } from './judgements.ts';
import { fitAdaptive } from './ridge.ts';

type Learned = {
  judged: readonly Judgement[];
  /** The average vote, from -1 to 1. */
  mean: number;
  /** Column weights. A paper's value is its predicted vote minus `mean`. */
  learned: Float32Array;
};

/**
 * Learns from the votes on posted papers. After a change of mind, votes before it hardly count.
 * @param matrix One row per posted paper.
 * @param now Simulated time.
 * @throws The signal's reason if it is aborted.
 */
export const learn = async (
  matrix: Matrix,
  posted: readonly PostedPaper[],
  now: Date,
  pause: Pause,
): Promise<Learned> => {
  const { judged: steady } = judge(posted, now);
  await pause();
  const newest = votesSinceChange(matrix, posted, steady);
  const judged = newest === undefined ? steady : judge(posted, now, newest).judged;
  const mean = averageOf(judged);
  const weighted = {
    targets: Float32Array.from(judged, ({ target }) => target - mean),
    weights: Float32Array.from(judged, ({ weight }) => weight),
  };
  return { judged, mean, learned: await fitAdaptive(matrix, weighted, pause) };
};
