import { describe, expect, it } from 'vitest';
import { timesVector } from '../../../src/scoring/built-in/matrix.ts';
import {
  createAuthorFeatures,
  firstRows,
  fitDistilled,
  joined,
  type ScoredPaper,
} from '../../../src/scoring/distilled/model.ts';
import { createSequence, inventedPaper } from '../built-in/papers.ts';

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

const topics = `1. Model Compression
   - Relevant: Sparsity, pruning, quantization, low-rank approaches, KV cache.
   - Irrelevant: Straightforward applications.
`;
const cutoffs = { relevance: 7, novelty: 6 };
const { signal } = new AbortController();

/** A day with high scores for lighthouses, which the topics file does not name. */
const scoredDay = (prefix: string, count: number, seed: number): ScoredPaper[] => {
  const next = createSequence(seed);
  return Array.from({ length: count }, (_, index) => {
    const liked = index % 4 === 0;
    const paper = inventedPaper(`${prefix}.${index}`, next() * 0.1, next);
    const abstract = liked ? `${paper.abstract} lighthouse keeper` : paper.abstract.replaceAll('lighthouse', 'ferry');
    const authors = [`Author ${Math.floor(next() * 50)}`];
    return { paper: { ...paper, abstract, authors }, relevance: liked ? 9 : 2, novelty: 7 };
  });
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the distilled scorer', () => {
  it('learns from the scores what the topics file does not name', async () => {
    const model = await fitDistilled({ scored: scoredDay('past', 400, 1), cutoffs, topics, signal });
    const day = scoredDay('day', 100, 2);
    const scores = await model.score(
      day.map(({ paper }) => paper),
      signal,
    );
    const [liked, others] = [true, false].map((wanted) =>
      meanOf([...scores].filter((_, at) => (day[at]?.relevance === 9) === wanted)),
    );
    expect(model.picks).toBe(100);
    expect(liked).toBeGreaterThan((others ?? 0) + 1);
  });

  it('returns the same scores for the same history', async () => {
    const scores = async () => {
      const model = await fitDistilled({ scored: scoredDay('past', 300, 1), cutoffs, topics, signal });
      return model.score(
        scoredDay('day', 50, 2).map(({ paper }) => paper),
        signal,
      );
    };
    expect(await scores()).toEqual(await scores());
  });

  it('scores a single paper as it scores it within a day', async () => {
    const model = await fitDistilled({ scored: scoredDay('past', 300, 1), cutoffs, topics, signal });
    const day = scoredDay('day', 30, 2).map(({ paper }) => paper);
    const all = await model.score(day, signal);
    expect([...(await model.score(day.slice(7, 8), signal))]).toEqual([all[7]]);
  });

  it('ranks by the topics file if there are few picks', async () => {
    const next = createSequence(9);
    const scored = Array.from({ length: 300 }, (_, index): ScoredPaper => {
      const paper = inventedPaper(`past.${index}`, index % 5 === 0 ? 0.4 : 0, next);
      return { paper: { ...paper, authors: [] }, relevance: 2, novelty: 7 };
    });
    const model = await fitDistilled({ scored, cutoffs, topics, signal });
    const [near, far] = [0.5, 0].map((wanted) => ({ ...inventedPaper(`new.${wanted}`, wanted, next), authors: [] }));
    if (!near || !far) throw new Error('no papers');
    const [first = 0, second = 0] = await model.score([near, far], signal);
    expect(model.picks).toBe(0);
    expect(first).toBeGreaterThan(second);
  });

  it('uses the last of several scores of a paper', async () => {
    const scored = scoredDay('past', 60, 1);
    const again = scored.map((row) => ({ ...row, relevance: 1 }));
    expect((await fitDistilled({ scored: [...scored, ...again], cutoffs, topics, signal })).picks).toBe(0);
    expect((await fitDistilled({ scored: [...again, ...scored], cutoffs, topics, signal })).picks).toBe(15);
  });

  it('accepts an empty history, odd text and no papers', async () => {
    const empty = await fitDistilled({ scored: [], cutoffs, topics: '', signal });
    const odd = { id: 'odd', version: 1, title: '\uD800 ((a+)+)+$', abstract: '', categories: [], authors: [] };
    expect([...(await empty.score([odd], signal))]).toEqual([0]);
    expect(await empty.score([], signal)).toHaveLength(0);
    const model = await fitDistilled({ scored: scoredDay('past', 300, 1), cutoffs, topics, signal });
    expect(Number.isFinite((await model.score([odd], signal))[0])).toBe(true);
  });

  it('uses papers without a score to find common words', async () => {
    const archive = scoredDay('archive', 300, 3).map(({ paper }) => paper);
    const model = await fitDistilled({ scored: scoredDay('past', 100, 1), archive, cutoffs, topics, signal });
    expect(model.picks).toBe(25);
  });

  it('stops when its signal is aborted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const scored = scoredDay('past', 60, 1);
    await expect(fitDistilled({ scored, cutoffs, topics, signal: controller.signal })).rejects.toThrow('enough');
  });
});
