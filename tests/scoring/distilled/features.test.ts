import { describe, expect, it } from 'vitest';
import { timesVector } from '../../../src/scoring/built-in/matrix.ts';
import { createAuthorFeatures, firstRows, joined } from '../../../src/scoring/distilled/model.ts';

/** Rows: 1 in column 0 and 2 in column 2; empty; 3 in column 1. */
const matrix = {
  rows: 3,
  columns: 3,
  starts: new Uint32Array([0, 2, 2, 3]),
  indices: new Int32Array([0, 2, 1]),
  values: new Float32Array([1, 2, 3]),
};

const paper = (id: string, authors: string[]) => ({ id, version: 1, title: '', abstract: '', categories: [], authors });

/** Rows: empty; 1 in column 1; 2 in column 0. */
const other = {
  rows: 3,
  columns: 2,
  starts: new Uint32Array([0, 0, 1, 2]),
  indices: new Int32Array([1, 0]),
  values: new Float32Array([1, 2]),
};

describe('joined matrices', () => {
  it('have the columns of both, the second ones scaled, and the appended columns', () => {
    const added = [new Float32Array([10, 20, 30]), new Float32Array([0, 1, 0])];
    const wider = joined(matrix, other, 0.5, added);
    expect(wider.columns).toBe(7);
    expect([...timesVector(wider, new Float32Array([1, 1, 1, 0, 0, 1, 100]))]).toEqual([13, 120, 33]);
    expect([...timesVector(wider, new Float32Array([0, 0, 0, 1, 100, 0, 0]))]).toEqual([0, 50, 1]);
  });

  it('accept the first rows of a larger matrix', () => {
    const short = { ...other, rows: 2, starts: new Uint32Array([0, 0, 1]), indices: new Int32Array([1]) };
    const wider = joined(firstRows(matrix, 2), short, 1, [new Float32Array([10, 20])]);
    expect([...timesVector(wider, new Float32Array([1, 1, 1, 1, 1, 1]))]).toEqual([13, 21]);
  });
});

describe('author features', () => {
  const history = [paper('1', ['Ada', 'Ben']), paper('2', ['Ada']), paper('3', ['Cy', 'Di', 'Eve', 'Flo', 'Gus'])];

  it('grow with the papers of the busiest author, counting the paper itself once', () => {
    const features = createAuthorFeatures(history);
    const [busiest = new Float32Array()] = features([paper('2', ['Ada']), paper('4', ['Ada']), paper('5', ['Zoe'])]);
    expect(busiest[1]).toBeGreaterThan(busiest[0] ?? 0);
    expect(busiest[0]).toBeGreaterThan(busiest[2] ?? 0);
  });

  it('grow with the number of authors, up to four', () => {
    const features = createAuthorFeatures(history);
    const [, many = new Float32Array()] = features(
      [1, 2, 4, 9].map((count) =>
        paper(
          `n${count}`,
          Array.from({ length: count }, (_, at) => `New ${at}`),
        ),
      ),
    );
    expect(many[1]).toBeGreaterThan(many[0] ?? 0);
    expect(many[2]).toBeGreaterThan(many[1] ?? 0);
    expect(many[3]).toBe(many[2]);
  });

  it('are 0 if all papers are alike or have no authors', () => {
    const features = createAuthorFeatures([paper('1', []), paper('2', [])]);
    expect(features([paper('3', [])]).map((values) => [...values])).toEqual([[0], [0]]);
  });
});
