import { createNumbers, type Tokens } from './corpus.ts';
import type { Pause } from './pause.ts';

/** Each row's product with a dense vector of column weights. */
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

/** The vector scaled to length 1; a zero vector stays. */
export const unit = (vector: Float32Array): Float32Array => {
  let square = 0;
  for (const value of vector) square += value * value;
  return square === 0 ? vector : vector.map((value) => value / Math.sqrt(square));
};

/** Where the scores of a corpus lie, so that those of other papers can be put on the same scale. */
type Scale = { mean: number; deviation: number };

export const scaleOf = (scores: Float32Array): Scale => {
  let sum = 0;
  for (const score of scores) sum += score;
  const mean = scores.length === 0 ? 0 : sum / scores.length;
  let square = 0;
  for (const score of scores) square += (score - mean) ** 2;
  return { mean, deviation: Math.sqrt(square / Math.max(1, scores.length)) };
};

/** Shifted to mean 0 and scaled to standard deviation 1; values that are all equal become 0. */
export const standardised = (scores: Float32Array, { mean, deviation }: Scale): Float32Array =>
  scores.map((score) => (deviation > 1e-9 ? (score - mean) / deviation : 0));

/** The value that the given share of the scores reaches; at least one score does. */
export const topValue = (scores: Float32Array, share: number): number => {
  const descending = scores.toSorted().reverse();
  const at = Math.min(descending.length - 1, Math.max(0, Math.round(descending.length * share) - 1));
  return descending[at] ?? Number.POSITIVE_INFINITY;
};

/** A sparse matrix by rows: row r has the columns and values from `starts[r]` to `starts[r + 1]`. */
export type Matrix = {
  rows: number;
  columns: number;
  starts: Uint32Array;
  indices: Int32Array;
  values: Float32Array;
};

/** The column of each stem and of each pair, -1 for those left out, and the idf of each column. */
export type Columns = { ofStem: Int32Array; ofPair: Int32Array; idf: Float32Array };

/**
 * Rows of weights, each of length 1. Stems and pairs that came after the columns were chosen are left out.
 * @param pairAt the pair that starts at each token, or -1.
 * @param titleWeight a word of the title counts as so many of the abstract.
 */
export const weigh = async (
  tokens: Tokens,
  pairAt: Int32Array,
  columns: Columns,
  titleWeight: number,
  pause: Pause,
): Promise<Matrix> => {
  const rows = tokens.titleEnds.length;
  const starts = new Uint32Array(rows + 1);
  // Room for all from the start: to copy while growing takes longer than the event loop should wait.
  const indices = createNumbers(Math.max(1, tokens.all.length));
  let values = new Float32Array(tokens.all.length);
  const frequency = new Float32Array(columns.idf.length);
  const count = (column: number, weight: number): void => {
    if (column < 0) return;
    const before = frequency[column] as number;
    if (before === 0) indices.push(column);
    frequency[column] = before + weight;
  };
  for (let row = 0; row < rows; row += 1) {
    const first = indices.length();
    const end = tokens.starts[row + 1] as number;
    const titleEnd = tokens.titleEnds[row] as number;
    for (let at = tokens.starts[row] as number; at < end; at += 1) {
      const stem = tokens.all[at] as number;
      if (stem < 0) continue;
      const weight = at < titleEnd ? titleWeight : 1;
      count(columns.ofStem[stem] ?? -1, weight);
      const pair = pairAt[at] as number;
      if (pair >= 0) count(columns.ofPair[pair] ?? -1, weight);
    }
    const last = indices.length();
    if (last > values.length) {
      const wider = new Float32Array(last * 2);
      wider.set(values);
      values = wider;
    }
    const used = indices.view();
    let square = 0;
    for (let at = first; at < last; at += 1) {
      const column = used[at] as number;
      const value = (1 + Math.log(frequency[column] as number)) * (columns.idf[column] as number);
      frequency[column] = 0;
      values[at] = value;
      square += value * value;
    }
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let at = first; at < last; at += 1) values[at] = (values[at] as number) * scale;
    starts[row + 1] = last;
    if (row % 32 === 0) await pause();
  }
  const size = indices.length();
  return {
    rows,
    columns: columns.idf.length,
    starts,
    indices: indices.view().slice(),
    values: values.slice(0, size),
  };
};
