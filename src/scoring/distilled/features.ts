import type { ScorablePaper } from '../../core/score.ts';
import { scaleOf, standardised } from '../local/algebra.ts';
import type { Matrix } from '../local/weighing.ts';

export type AuthoredPaper = ScorablePaper & { authors: readonly string[] };

/** The matrix with more columns at its end, one for each list of values, one value a row. */
export const withColumns = (matrix: Matrix, added: readonly Float32Array[]): Matrix => {
  const { rows, starts, indices, values } = matrix;
  const first = starts[0] ?? 0;
  const size = (starts[rows] ?? first) - first + rows * added.length;
  const wider = {
    rows,
    columns: matrix.columns + added.length,
    starts: new Uint32Array(rows + 1),
    indices: new Int32Array(size),
    values: new Float32Array(size),
  };
  let to = 0;
  for (let row = 0; row < rows; row += 1) {
    const [from, end] = [starts[row] as number, starts[row + 1] as number];
    wider.indices.set(indices.subarray(from, end), to);
    wider.values.set(values.subarray(from, end), to);
    to += end - from;
    for (const [at, column] of added.entries()) {
      wider.indices[to] = matrix.columns + at;
      wider.values[to] = column[row] as number;
      to += 1;
    }
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
