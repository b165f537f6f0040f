import type { AuthoredPaper } from '../../core/prefilter.ts';
import { type Matrix, scaleOf, standardised } from '../built-in/weighing.ts';

/**
 * Two matrices of the same rows as one: the columns of the first, those of the second with their values times `factor`, and
 * one more for each list of values, one value a row.
 */
export const joined = (first: Matrix, second: Matrix, factor: number, added: readonly Float32Array[]): Matrix => {
  const { rows } = first;
  const sizeOf = ({ starts }: Matrix): number => (starts[rows] as number) - (starts[0] as number);
  const size = sizeOf(first) + sizeOf(second) + rows * added.length;
  const wider = {
    rows,
    columns: first.columns + second.columns + added.length,
    starts: new Uint32Array(rows + 1),
    indices: new Int32Array(size),
    values: new Float32Array(size),
  };
  let to = 0;
  const add = (column: number, value: number): void => {
    wider.indices[to] = column;
    wider.values[to] = value;
    to += 1;
  };
  for (let row = 0; row < rows; row += 1) {
    const [from, end] = [first.starts[row] as number, first.starts[row + 1] as number];
    wider.indices.set(first.indices.subarray(from, end), to);
    wider.values.set(first.values.subarray(from, end), to);
    to += end - from;
    for (let at = second.starts[row] as number; at < (second.starts[row + 1] as number); at += 1) {
      add(first.columns + (second.indices[at] as number), factor * (second.values[at] as number));
    }
    for (const [at, column] of added.entries()) add(first.columns + second.columns + at, column[row] as number);
    wider.starts[row + 1] = to;
  }
  return wider;
};

/** The first rows of a matrix, sharing its memory. */
export const firstRows = (matrix: Matrix, rows: number): Matrix => ({
  ...matrix,
  rows,
  starts: matrix.starts.subarray(0, rows + 1),
});

/** From so many authors on, more say nothing. */
const manyAuthors = 4;

/**
 * What the authors of a paper tell, fitted to a history: how many papers of it the busiest of them has, and how many they
 * are. Standardised, both on a logarithmic scale; a paper of the history itself counts once in either case.
 */
export const createAuthorFeatures = (
  history: readonly AuthoredPaper[],
): ((papers: readonly AuthoredPaper[]) => Float32Array[]) => {
  const papersOf = new Map<string, Set<string>>();
  for (const { id, authors } of history) {
    for (const author of authors) papersOf.set(author, (papersOf.get(author) ?? new Set()).add(id));
  }
  const raw = (papers: readonly AuthoredPaper[]): Float32Array[] => [
    Float32Array.from(papers, ({ id, authors }) => {
      const counts = authors.map((author) => {
        const known = papersOf.get(author);
        return (known?.size ?? 0) + (known?.has(id) ? 0 : 1);
      });
      return Math.log(counts.reduce((most, count) => Math.max(most, count), 1));
    }),
    Float32Array.from(papers, ({ authors }) => Math.log(Math.min(manyAuthors, Math.max(1, authors.length)))),
  ];
  const scales = raw(history).map(scaleOf);
  return (papers) => raw(papers).map((values, at) => standardised(values, scales[at] ?? { mean: 0, deviation: 0 }));
};
