import type { Pause } from '../../core/clock.ts';
import type { Matrix } from './matrix.ts';

export type LogisticOptions = {
  penalty: number;
  steps: number;
  /** At 1, both classes have the same total weight; at 0, all rows have the same weight. */
  balance: number;
};

/** Labels of rows. Rows labeled `leftOut` are ignored. */
export const ofClass = 1;
export const notOfClass = 0;
export const leftOut = 2;

/** Power iteration approaches the curvature from below, so a margin is added. */
const powerRounds = 6;
const curvatureMargin = 1.2;

/** Upper bound of the loss's curvature: a quarter of the largest eigenvalue of the weighted Gram matrix. */
const curvatureOf = async (matrix: Matrix, rowWeights: Float32Array, pause: Pause): Promise<number> => {
  const { rows, columns, starts, indices, values } = matrix;
  let direction = new Float32Array(columns).fill(1);
  let eigenvalue = 1;
  for (let round = 0; round < powerRounds; round += 1) {
    const next = new Float32Array(columns);
    for (let row = 0; row < rows; row += 1) {
      if (rowWeights[row] === 0) continue;
      const end = starts[row + 1] as number;
      let sum = 0;
      for (let at = starts[row] as number; at < end; at += 1) {
        sum += (values[at] as number) * (direction[indices[at] as number] as number);
      }
      sum *= rowWeights[row] as number;
      for (let at = starts[row] as number; at < end; at += 1) {
        const column = indices[at] as number;
        next[column] = (next[column] as number) + sum * (values[at] as number);
      }
    }
    let square = 0;
    for (const value of next) square += value * value;
    eigenvalue = Math.sqrt(square);
    if (eigenvalue < 1e-12) return 0;
    for (let column = 0; column < columns; column += 1) next[column] = (next[column] as number) / eigenvalue;
    direction = next;
    await pause();
  }
  return (curvatureMargin * eigenvalue) / 4;
};

const countOf = (labels: Uint8Array, label: number): number =>
  labels.reduce((count, each) => count + (each === label ? 1 : 0), 0);

/**
 * Logistic regression with an L2 penalty, by accelerated gradient descent from zero (Y. Nesterov, "A method of solving
 * a convex programming problem with convergence rate O(1/k²)", 1983). Stopping after a few steps also regularizes.
 * Deterministic.
 * @param labels `ofClass`, `notOfClass` or `leftOut` for each row.
 * @returns Column weights, without the intercept, which does not affect the order. All 0 if there is only one class.
 */
export const fitLogistic = async (
  matrix: Matrix,
  labels: Uint8Array,
  { penalty, steps, balance }: LogisticOptions,
  pause: Pause,
): Promise<Float32Array> => {
  const { rows, columns, starts, indices, values } = matrix;
  const positives = countOf(labels, ofClass);
  const known = rows - countOf(labels, leftOut);
  if (positives === 0 || positives === known) return new Float32Array(columns);
  const positiveWeight = 1 + balance * (known / positives - 2);
  const total = known + positives * (positiveWeight - 1);
  const rowWeights = Float32Array.from(labels, (label) =>
    label === leftOut ? 0 : (label === ofClass ? positiveWeight : 1) / total,
  );
  const stepLength = 1 / ((await curvatureOf(matrix, rowWeights, pause)) + penalty);

  const weights = new Float32Array(columns);
  const ahead = new Float32Array(columns);
  const gradient = new Float32Array(columns);
  let bias = 0;
  let biasAhead = 0;
  let momentum = 1;
  for (let step = 0; step < steps; step += 1) {
    gradient.fill(0);
    let biasGradient = 0;
    for (let row = 0; row < rows; row += 1) {
      if (rowWeights[row] === 0) continue;
      const start = starts[row] as number;
      const end = starts[row + 1] as number;
      let sum = biasAhead;
      for (let at = start; at < end; at += 1) sum += (values[at] as number) * (ahead[indices[at] as number] as number);
      const error = (1 / (1 + Math.exp(-sum)) - (labels[row] as number)) * (rowWeights[row] as number);
      biasGradient += error;
      for (let at = start; at < end; at += 1) {
        const column = indices[at] as number;
        gradient[column] = (gradient[column] as number) + error * (values[at] as number);
      }
    }
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const carry = (momentum - 1) / nextMomentum;
    momentum = nextMomentum;
    // Half of the longest safe step, because bias and weights move together.
    const nextBias = biasAhead - 2 * biasGradient;
    biasAhead = nextBias + carry * (nextBias - bias);
    bias = nextBias;
    for (let column = 0; column < columns; column += 1) {
      const from = ahead[column] as number;
      const to = from - stepLength * ((gradient[column] as number) + penalty * from);
      ahead[column] = to + carry * (to - (weights[column] as number));
      weights[column] = to;
    }
    await pause();
  }
  return weights;
};
