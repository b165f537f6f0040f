/** A sparse matrix. The columns and values of row r are from `starts[r]` to before `starts[r + 1]`. */
export type Matrix = {
  rows: number;
  columns: number;
  starts: Uint32Array;
  indices: Int32Array;
  values: Float32Array;
};

export const timesVector = (matrix: Matrix, weights: Float32Array): Float32Array => {
  const { starts, indices, values } = matrix;
  const result = new Float32Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row += 1) {
    const end = starts[row + 1] as number;
    let sum = 0;
    for (let at = starts[row] as number; at < end; at += 1) {
      sum += (values[at] as number) * (weights[indices[at] as number] as number);
    }
    result[row] = sum;
  }
  return result;
};

export const unit = (vector: Float32Array): Float32Array => {
  let square = 0;
  for (const value of vector) square += value * value;
  return square === 0 ? vector : vector.map((value) => value / Math.sqrt(square));
};

type Scale = { mean: number; deviation: number };

export const scaleOf = (scores: Float32Array): Scale => {
  let sum = 0;
  for (const score of scores) sum += score;
  const mean = scores.length === 0 ? 0 : sum / scores.length;
  let square = 0;
  for (const score of scores) square += (score - mean) ** 2;
  return { mean, deviation: Math.sqrt(square / Math.max(1, scores.length)) };
};

/** Shifts to mean 0 and scales to standard deviation 1. If all values are equal, they become 0. */
export const standardized = (scores: Float32Array, { mean, deviation }: Scale): Float32Array =>
  scores.map((score) => (deviation > 1e-9 ? (score - mean) / deviation : 0));

/** The lowest of the top `share` of the scores; the top score if the share is smaller than one paper. */
export const topValue = (scores: Float32Array, share: number): number => {
  const descending = scores.toSorted().reverse();
  const at = Math.min(descending.length - 1, Math.max(0, Math.round(descending.length * share) - 1));
  return descending[at] ?? Number.POSITIVE_INFINITY;
};
