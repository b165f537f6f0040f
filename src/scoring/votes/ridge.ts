import type { Pause } from '../../core/clock.ts';
import { type Matrix, timesVector } from '../built-in/matrix.ts';

export const timesTransposed = (
  { rows, columns, starts, indices, values }: Matrix,
  factors: Float32Array,
): Float32Array => {
  const result = new Float32Array(columns);
  for (let row = 0; row < rows; row += 1) {
    const factor = factors[row] as number;
    const end = starts[row + 1] as number;
    for (let at = starts[row] as number; at < end; at += 1) {
      const column = indices[at] as number;
      result[column] = (result[column] as number) + factor * (values[at] as number);
    }
  }
  return result;
};

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] as number) * (b[at] as number);
  return sum;
};

type Weighted = { targets: Float32Array; weights: Float32Array };

const defaultSteps = 12;

/**
 * Ridge regression on weighted rows, by conjugate gradients from zero (M. Hestenes and E. Stiefel, "Methods of
 * conjugate gradients for solving linear systems", 1952). Deterministic.
 * @param penalty Factor of the squared column weights, in the unit of the rows' weights.
 * @returns Column weights.
 */
export const fitRidge = (
  matrix: Matrix,
  { targets, weights }: Weighted,
  penalty: number,
  steps = defaultSteps,
): Float32Array => {
  const solution = new Float32Array(matrix.columns);
  const residual = timesTransposed(
    matrix,
    targets.map((target, row) => (weights[row] as number) * target),
  );
  let direction = residual.slice();
  let square = dot(residual, residual);
  for (let step = 0; step < steps && square > 1e-10; step += 1) {
    const image = timesTransposed(
      matrix,
      timesVector(matrix, direction).map((value, row) => value * (weights[row] as number)),
    );
    for (let at = 0; at < image.length; at += 1)
      image[at] = (image[at] as number) + penalty * (direction[at] as number);
    const length = square / dot(direction, image);
    for (let at = 0; at < solution.length; at += 1) {
      solution[at] = (solution[at] as number) + length * (direction[at] as number);
      residual[at] = (residual[at] as number) - length * (image[at] as number);
    }
    const next = dot(residual, residual);
    const carry = next / square;
    direction = residual.map((value, at) => value + carry * (direction[at] as number));
    square = next;
  }
  return solution;
};

const firstPenalty = 0.5;
const penalty = 0.1;
const rounds = 3;
/** Relative to the strongest column. Weaker columns keep this share of its weight, so that none is lost forever. */
const minShare = 0.03;

/**
 * Adaptive ridge regression: a ridge fit, then more rounds in which the penalty of a column is divided by its weight
 * in the round before. A few columns that explain the targets thus replace many weak ones (Y. Grandvalet, "Least
 * absolute shrinkage is equivalent to quadratic penalization", 1998).
 * @returns Column weights.
 * @throws The signal's reason if it is aborted.
 */
export const fitAdaptive = async (matrix: Matrix, weighted: Weighted, pause: Pause): Promise<Float32Array> => {
  let learned = fitRidge(matrix, weighted, firstPenalty);
  for (let round = 0; round < rounds; round += 1) {
    await pause();
    const strongest = learned.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    if (strongest === 0) return learned;
    const factors = learned.map((value) => Math.sqrt(Math.abs(value) / strongest + minShare));
    const values = matrix.values.map((value, at) => value * (factors[matrix.indices[at] as number] as number));
    learned = fitRidge({ ...matrix, values }, weighted, penalty).map((value, at) => value * (factors[at] as number));
  }
  return learned;
};
