import type { Matrix } from './corpus.ts';
import type { Pause } from './pause.ts';

const penalty = 2e-3;
const steps = 20;
/** Step length: the inverse of a bound on the curvature seen for rows of length 1 of text, and the penalty. */
const stepLength = 1 / (0.0125 + penalty);

/**
 * Column weights of an L2-penalised logistic regression in which both classes weigh the same, by accelerated gradient
 * descent from zero (Y. Nesterov, 1983); the few steps regularise too. Deterministic.
 * @param positive 1 for the rows of the class, else 0.
 */
export const fitLogistic = async (matrix: Matrix, positive: Uint8Array, pause: Pause): Promise<Float32Array> => {
  const { rows, columns, starts, indices, values } = matrix;
  const positives = positive.reduce((sum, each) => sum + each, 0);
  if (positives === 0 || positives === rows) return new Float32Array(columns);
  const positiveWeight = 0.5 / positives;
  const negativeWeight = 0.5 / (rows - positives);
  const weights = new Float32Array(columns);
  const ahead = new Float32Array(columns);
  const gradient = new Float32Array(columns);
  let bias = 0;
  let momentum = 1;
  for (let step = 0; step < steps; step += 1) {
    gradient.fill(0);
    let biasGradient = 0;
    for (let row = 0; row < rows; row += 1) {
      const start = starts[row] as number;
      const end = starts[row + 1] as number;
      let sum = bias;
      for (let at = start; at < end; at += 1) sum += (values[at] as number) * (ahead[indices[at] as number] as number);
      const chance = 1 / (1 + Math.exp(-sum));
      const error = positive[row] === 1 ? (chance - 1) * positiveWeight : chance * negativeWeight;
      biasGradient += error;
      for (let at = start; at < end; at += 1) {
        const column = indices[at] as number;
        gradient[column] = (gradient[column] as number) + error * (values[at] as number);
      }
    }
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const carry = (momentum - 1) / nextMomentum;
    momentum = nextMomentum;
    bias -= biasGradient;
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
