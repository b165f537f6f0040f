import type { Pause } from './pause.ts';
import type { Matrix } from './weighing.ts';

/** The nearest other paper: its row and the cosine to it; row -1 where no paper shares a term. */
export type Neighbour = { row: number; similarity: number };

/** For each row of a list, its nearest neighbour among the rows from `first` to before `end`, itself excluded. */
export const nearestNeighbours = async (
  matrix: Matrix,
  rows: readonly number[],
  { first, end }: { first: number; end: number },
  pause: Pause,
): Promise<Neighbour[]> => {
  const { starts, indices, values } = matrix;
  const begin = starts[first] as number;
  const stop = starts[end] as number;
  // Inverted index: for each column the rows that have it, with their values.
  const offsets = new Uint32Array(matrix.columns + 1);
  for (let at = begin; at < stop; at += 1) {
    const next = (indices[at] as number) + 1;
    offsets[next] = (offsets[next] as number) + 1;
  }
  for (let column = 0; column < matrix.columns; column += 1) {
    offsets[column + 1] = (offsets[column + 1] as number) + (offsets[column] as number);
  }
  const fill = offsets.slice();
  const postedRows = new Uint32Array(stop - begin);
  const postedValues = new Float32Array(stop - begin);
  for (let row = first; row < end; row += 1) {
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at += 1) {
      const column = indices[at] as number;
      const to = fill[column] as number;
      postedRows[to] = row - first;
      postedValues[to] = values[at] as number;
      fill[column] = to + 1;
    }
    if (row % 512 === 0) await pause();
  }

  const sums = new Float32Array(end - first);
  const found: Neighbour[] = [];
  for (const row of rows) {
    sums.fill(0);
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at += 1) {
      const column = indices[at] as number;
      const value = values[at] as number;
      const last = offsets[column + 1] as number;
      for (let post = offsets[column] as number; post < last; post += 1) {
        const other = postedRows[post] as number;
        sums[other] = (sums[other] as number) + value * (postedValues[post] as number);
      }
    }
    if (row >= first && row < end) sums[row - first] = 0;
    let nearest: Neighbour = { row: -1, similarity: 0 };
    for (let other = 0; other < sums.length; other += 1) {
      const similarity = sums[other] as number;
      if (similarity > nearest.similarity) nearest = { row: other + first, similarity };
    }
    found.push(nearest);
    if (found.length % 16 === 0) await pause();
  }
  return found;
};
