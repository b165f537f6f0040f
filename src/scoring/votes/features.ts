import type { Matrix } from '../built-in/matrix.ts';

/** Length of an author's column, and of a topic's, beside a text of length 1. */
const authorLength = 0.2;
const topicLength = 0.5;
/** Papers of large collaborations would be known by their authors alone. */
const maxAuthors = 12;

export type NamedPaper = { authors: readonly string[]; topic: string | undefined };

export const authorKey = (name: string): string => `author ${name}`;
export const topicKey = (topic: string): string => `topic ${topic}`;

/** What a paper has besides words: its authors and its topic, with the lengths of their columns. */
const namesOf = ({ authors, topic }: NamedPaper): Map<string, number> =>
  new Map([
    ...authors.slice(0, maxAuthors).map((name): [string, number] => [authorKey(name), authorLength]),
    ...(topic === undefined ? [] : [[topicKey(topic), topicLength] as [string, number]]),
  ]);

/** A column for each author and topic of the judged papers, counted from `first`. */
export const nameColumns = (papers: readonly NamedPaper[], first: number): Map<string, number> => {
  const columns = new Map<string, number>();
  for (const paper of papers)
    for (const key of namesOf(paper).keys()) if (!columns.has(key)) columns.set(key, first + columns.size);
  return columns;
};

/** The papers' rows of words with the columns of names behind; names without a column are left out. */
export const withNames = (
  matrix: Matrix,
  papers: readonly NamedPaper[],
  columns: ReadonlyMap<string, number>,
): Matrix => {
  const indices: number[] = [];
  const values: number[] = [];
  const starts = new Uint32Array(matrix.rows + 1);
  for (const [row, paper] of papers.entries()) {
    for (let at = matrix.starts[row] as number; at < (matrix.starts[row + 1] as number); at += 1) {
      indices.push(matrix.indices[at] as number);
      values.push(matrix.values[at] as number);
    }
    for (const [key, length] of namesOf(paper)) {
      const column = columns.get(key);
      if (column === undefined) continue;
      indices.push(column);
      values.push(length);
    }
    starts[row + 1] = indices.length;
  }
  return {
    rows: matrix.rows,
    columns: matrix.columns + columns.size,
    starts,
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
};
