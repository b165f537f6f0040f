import type { Pause } from '../../core/clock.ts';
import type { PostedPaper } from '../../core/votes.ts';
import { buildCorpus, saturatedOf } from '../built-in/corpus.ts';
import type { Matrix } from '../built-in/matrix.ts';
import { nameColumns, withNames } from './features.ts';

export type PreferencePaper = PostedPaper['paper'] & Pick<PostedPaper, 'topic'>;

/** The columns that votes are learned on, and the papers as rows of them. */
export const readPapers = async (papers: readonly PreferencePaper[], pause: Pause) => {
  const corpus = await buildCorpus(papers, '', pause);
  const names = nameColumns(papers, corpus.matrix.columns);
  return {
    corpus,
    names,
    matrix: withNames(saturatedOf(corpus.matrix), papers, names),
    rowsOf: async (others: readonly PreferencePaper[], pause: Pause): Promise<Matrix> =>
      withNames(saturatedOf(await corpus.rowsOf(others, pause)), others, names),
  };
};

export const rowsAt = (matrix: Matrix, rows: readonly number[]): Matrix => {
  const starts = new Uint32Array(rows.length + 1);
  for (const [at, row] of rows.entries())
    starts[at + 1] = (starts[at] as number) + (matrix.starts[row + 1] as number) - (matrix.starts[row] as number);
  const size = starts.at(-1) ?? 0;
  const [indices, values] = [new Int32Array(size), new Float32Array(size)];
  for (const [at, row] of rows.entries()) {
    const [from, end] = [matrix.starts[row] as number, matrix.starts[row + 1] as number];
    indices.set(matrix.indices.subarray(from, end), starts[at]);
    values.set(matrix.values.subarray(from, end), starts[at]);
  }
  return { rows: rows.length, columns: matrix.columns, starts, indices, values };
};
