import { timesVector } from '../local/algebra.ts';
import type { Matrix } from '../local/weighing.ts';

/** The columns' sums of the rows, each row times its factor. */
const timesTransposed = ({ rows, columns, starts, indices, values }: Matrix, factors: Float32Array): Float32Array => {
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

/** Few steps suffice: the penalty keeps the problem well conditioned. */
const steps = 25;

/**
 * Column weights of a ridge regression on weighted rows, by conjugate gradients from zero (M. Hestenes and E. Stiefel,
 * "Methods of conjugate gradients for solving linear systems", 1952). Targets are taken as differences from `offset`.
 * Deterministic.
 * @param penalty weight of the squared column weights, in the unit of the rows' weights.
 */
export const fitRidge = (
  matrix: Matrix,
  {
    targets,
    weights,
    offset,
    penalty,
  }: { targets: Float32Array; weights: Float32Array; offset: number; penalty: number },
): Float32Array => {
  const solution = new Float32Array(matrix.columns);
  const residual = timesTransposed(
    matrix,
    targets.map((target, row) => (weights[row] as number) * (target - offset)),
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
