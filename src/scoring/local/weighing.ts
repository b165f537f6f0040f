import type { Pause } from './pause.ts';
import { createNumbers, type Tokens } from './tokens.ts';

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
