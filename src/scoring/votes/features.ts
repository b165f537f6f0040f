import type { Matrix } from '../built-in/matrix.ts';

/** Lengths of the columns of authors and topics. The words of a text have length 1. */
const authorLength = 0.2;
const topicLength = 0.5;
/** Limits authors, because those of a large collaboration would outweigh the words. */
const maxAuthors = 12;

export type NamedPaper = { authors: readonly string[]; topic: string | undefined };

export const authorKey = (name: string): string => `author ${name}`;
export const topicKey = (topic: string): string => `topic ${topic}`;

const namesOf = ({ authors, topic }: NamedPaper): Map<string, number> =>
  new Map([
    ...authors.slice(0, maxAuthors).map((name): [string, number] => [authorKey(name), authorLength]),
    ...(topic === undefined ? [] : [[topicKey(topic), topicLength] as [string, number]]),
  ]);

export const nameColumns = (papers: readonly NamedPaper[], first: number): Map<string, number> => {
  const columns = new Map<string, number>();
  for (const paper of papers)
    for (const key of namesOf(paper).keys()) if (!columns.has(key)) columns.set(key, first + columns.size);
  return columns;
};

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
