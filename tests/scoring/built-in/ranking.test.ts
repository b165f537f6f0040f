import { describe, expect, it } from 'vitest';
import { createPause } from '../../../src/core/clock.ts';
import type { ScorablePaper } from '../../../src/core/score.ts';
import { buildCorpus } from '../../../src/scoring/built-in/corpus.ts';
import { createKindOfWork } from '../../../src/scoring/built-in/kinds.ts';
import { fitLogistic, leftOut } from '../../../src/scoring/built-in/regression.ts';
import { fitRelevance } from '../../../src/scoring/built-in/relevance.ts';
import { createSimilarity } from '../../../src/scoring/built-in/similarity.ts';
import { parseTopics } from '../../../src/scoring/topics.ts';
import { inventedDay } from './papers.ts';

const pause = createPause(new AbortController().signal);

const paper = (id: string, abstract: string, category = 'cs.LG'): ScorablePaper => ({
  id,
  version: 1,
  title: 'Walnuts',
  abstract,
  categories: [category],
});

const day = [
  paper('theory', 'We prove a theorem and a bound.'),
  paper('plain', 'We make walnut bread.'),
  paper('survey', 'A survey and a benchmark dataset.'),
  paper('clinic', 'For patients in a hospital.'),
  paper('robot', 'We make walnut bread.', 'cs.RO'),
];

const meritsUnder = async (topics: string): Promise<Record<string, number>> => {
  const corpus = await buildCorpus(day, topics, pause);
  const merits = createKindOfWork(corpus, parseTopics(topics)).merit(corpus.matrix);
  return Object.fromEntries(day.map(({ id }, row) => [id, merits[row] ?? 0]));
};

describe('the kind of work', () => {
  const foundations = `1. Walnuts
   - Relevant: Theoretical insight into walnuts.
   - Irrelevant: Applications in one domain.`;

  it('favors theory over reports and applications if the topics want that', async () => {
    const { theory = 0, plain = 0, survey = 0, clinic = 0, robot = 0 } = await meritsUnder(foundations);
    expect(theory).toBeGreaterThan(plain);
    for (const worse of [survey, clinic, robot]) expect(worse).toBeLessThan(plain);
  });

  it.each([
    ['ask for theory', 'Relevant: Theoretical insight into walnuts.'],
    ['reject applications', 'Relevant: Walnuts.\n   - Irrelevant: Applications in one domain.'],
  ])('counts reports and applications against a paper if the topics %s', async (_, text) => {
    const { plain = 0, survey = 0, clinic = 0, robot = 0 } = await meritsUnder(`1. Walnuts\n   - ${text}`);
    for (const worse of [survey, clinic, robot]) expect(worse).toBeLessThan(plain);
  });

  it('does not penalize applications if the topics neither reject them nor ask for theory', async () => {
    const { plain = 0, clinic = 0, robot = 0, theory = 0 } = await meritsUnder('1. Walnuts\n   - Relevant: Bread.');
    expect([clinic, robot, theory].map((merit) => merit.toFixed(5))).toEqual(Array(3).fill(plain.toFixed(5)));
  });

  it('does not penalize what the topics name', async () => {
    const topics = `1. Walnuts
   - Relevant: Robotics, surveys of walnuts, hospitals and patients.
   - Irrelevant: Other applications.`;
    const { plain = 0, clinic = 0, robot = 0 } = await meritsUnder(topics);
    expect([clinic, robot].map((merit) => merit.toFixed(5))).toEqual(Array(2).fill(plain.toFixed(5)));
  });
});

describe('an application', () => {
  const applicationUnder = async (topics: string): Promise<Record<string, number> | undefined> => {
    const corpus = await buildCorpus(day, topics, pause);
    const values = createKindOfWork(corpus, parseTopics(topics)).application?.(corpus.matrix);
    return values && Object.fromEntries(day.map(({ id }, row) => [id, values[row] ?? 0]));
  };

  it('is recognized by words and by the primary category', async () => {
    const topics = '1. Walnuts\n   - Relevant: Bread.\n   - Irrelevant: Applications in one domain.';
    const { plain = 0, clinic = 0, robot = 0 } = (await applicationUnder(topics)) ?? {};
    for (const applied of [clinic, robot]) expect(applied).toBeGreaterThan(plain);
  });

  it('is undefined if the topics do not reject applications', async () => {
    expect(await applicationUnder('1. Walnuts\n   - Relevant: Bread.')).toBeUndefined();
  });
});

describe('similarity to the topics', () => {
  const nearnessUnder = async (topics: string): Promise<number[]> => {
    const papers = [
      paper('named', 'Zeppelins fly.'),
      paper('wanted', 'Kettles boil.'),
      paper('topics', 'Topics vary.'),
    ];
    const corpus = await buildCorpus(papers, topics, pause);
    return [...(await createSimilarity(corpus, parseTopics(topics)).toAll(corpus.matrix, pause))];
  };

  it('includes the name of a topic', async () => {
    const [named = 0, wanted = 0] = await nearnessUnder('1. Zeppelins\n   - Relevant: kettles');
    expect(named).toBeGreaterThan(0);
    expect(wanted).toBeGreaterThan(0);
  });

  it('leaves out a name that the file does not give', async () => {
    const [, wanted = 0, topics = 0] = await nearnessUnder('We care for kettles.');
    expect(wanted).toBeGreaterThan(0);
    expect(topics).toBe(0);
  });
});

describe('a ranking fitted to a corpus', () => {
  const topics = '1. Compression\n   - Relevant: Sparsity, pruning, quantization.\n   - Irrelevant: Applications.';

  it('ranks other papers on the same scale', async () => {
    const papers = inventedDay('day', 300, 1);
    const corpus = await buildCorpus(papers, topics, pause);
    const rank = await fitRelevance(corpus, parseTopics(topics), pause);
    const within = await rank(corpus.matrix, pause);
    const again = await rank(await corpus.rowsOf(papers.slice(10, 20), pause), pause);
    expect([...again].map((value) => value.toFixed(4))).toEqual(
      [...within.slice(10, 20)].map((value) => value.toFixed(4)),
    );
    const unseen = [paper('new', 'Pruning and quantization of unheard-of zeppelins.'), paper('far', 'Kettles.')];
    const [near = 0, far = 0] = await rank(await corpus.rowsOf(unseen, pause), pause);
    expect(near).toBeGreaterThan(far);
  });
});

describe('fitLogistic', () => {
  const matrix = {
    rows: 4,
    columns: 2,
    starts: new Uint32Array([0, 1, 2, 3, 4]),
    indices: new Int32Array([0, 0, 1, 1]),
    values: new Float32Array([1, 1, 1, 1]),
  };
  const options = { penalty: 0.01, steps: 200, balance: 0.5 };

  it('finds the minimum of the penalized loss', async () => {
    const [first = 0, second = 0] = await fitLogistic(matrix, Uint8Array.from([1, 1, 0, 0]), options, pause);
    expect(first).toBeCloseTo(-second, 4);
    // At the minimum the gradient is 0: the error 1 − σ(w) of half the rows equals the gradient of the penalty.
    expect(0.5 / (1 + Math.exp(first))).toBeCloseTo(options.penalty * first, 4);
  });

  it('learns nothing from rows that are left out', async () => {
    const wider = {
      rows: 6,
      columns: 2,
      starts: new Uint32Array([0, 1, 2, 3, 4, 5, 6]),
      indices: new Int32Array([0, 0, 1, 1, 0, 1]),
      values: new Float32Array([1, 1, 1, 1, 1, 1]),
    };
    const within = await fitLogistic(wider, Uint8Array.from([1, 1, 0, 0, leftOut, leftOut]), options, pause);
    const without = await fitLogistic(matrix, Uint8Array.from([1, 1, 0, 0]), options, pause);
    expect([...within]).toEqual([...without]);
    const one = await fitLogistic(matrix, Uint8Array.from([1, 1, leftOut, leftOut]), options, pause);
    expect([...one]).toEqual([0, 0]);
  });

  it('returns zeros for a single class', async () => {
    expect([...(await fitLogistic(matrix, new Uint8Array(4), options, pause))]).toEqual([0, 0]);
    expect([...(await fitLogistic(matrix, new Uint8Array(4).fill(1), options, pause))]).toEqual([0, 0]);
  });
});
