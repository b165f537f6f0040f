import { createPause } from '../../core/clock.ts';
import { type AuthoredPaper, type Cutoffs, passes, type ScorablePaper } from '../../core/score.ts';
import { buildCorpus } from '../built-in/corpus.ts';
import { type Matrix, scaleOf, standardized, timesVector } from '../built-in/matrix.ts';
import { createReader } from '../built-in/reader.ts';
import { fitLogistic } from '../built-in/regression.ts';
import { fitRelevance, pickRateFrom } from '../built-in/relevance.ts';
import { parseTopics } from '../topics.ts';

export const joined = (first: Matrix, second: Matrix, factor: number, added: readonly Float32Array[]): Matrix => {
  const { rows } = first;
  const sizeOf = ({ starts }: Matrix): number => (starts[rows] as number) - (starts[0] as number);
  const size = sizeOf(first) + sizeOf(second) + rows * added.length;
  const result = {
    rows,
    columns: first.columns + second.columns + added.length,
    starts: new Uint32Array(rows + 1),
    indices: new Int32Array(size),
    values: new Float32Array(size),
  };
  let to = 0;
  const add = (column: number, value: number): void => {
    result.indices[to] = column;
    result.values[to] = value;
    to += 1;
  };
  for (let row = 0; row < rows; row += 1) {
    const [from, end] = [first.starts[row] as number, first.starts[row + 1] as number];
    result.indices.set(first.indices.subarray(from, end), to);
    result.values.set(first.values.subarray(from, end), to);
    to += end - from;
    for (let at = second.starts[row] as number; at < (second.starts[row + 1] as number); at += 1) {
      add(first.columns + (second.indices[at] as number), factor * (second.values[at] as number));
    }
    for (const [at, column] of added.entries()) add(first.columns + second.columns + at, column[row] as number);
    result.starts[row + 1] = to;
  }
  return result;
};

export const firstRows = <M extends Matrix>(matrix: M, rows: number): M => ({
  ...matrix,
  rows,
  starts: matrix.starts.subarray(0, rows + 1),
});

const maxCountedAuthors = 4;

/**
 * Two features: how many papers of the history the paper's most frequent author has, including this one, and the number
 * of authors. Both are logarithmic, and standardized over the history.
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
      return Math.log(counts.reduce((max, count) => Math.max(max, count), 1));
    }),
    Float32Array.from(papers, ({ authors }) => Math.log(Math.min(maxCountedAuthors, Math.max(1, authors.length)))),
  ];
  const scales = raw(history).map(scaleOf);
  return (papers) => raw(papers).map((values, at) => standardized(values, scales[at] ?? { mean: 0, deviation: 0 }));
};

export type ScoredPaper = { paper: AuthoredPaper; relevance: number; novelty: number };

type DistilledHistory = {
  /** Scores of past days, for picked papers and all others. The last score of each paper counts. */
  scored: readonly ScoredPaper[];
  archive?: readonly ScorablePaper[] | undefined;
  cutoffs: Cutoffs;
  topics: string;
  signal: AbortSignal;
};

export type DistilledModel = {
  /** Number of picks in the training data. If there are too few, papers are ranked by the topics file alone. */
  picks: number;
  /** One value per paper; higher is better. Only the order is meaningful. */
  score(papers: readonly AuthoredPaper[], signal: AbortSignal): Promise<Float32Array>;
  /** The same, and the values by the topics file alone. */
  scores(papers: readonly AuthoredPaper[], signal: AbortSignal): Promise<Record<'learned' | 'zeroShot', Float32Array>>;
};

export const minPicks = 10;
const learning = { steps: 40, balance: 0.5 };
/** Divided among all papers, so that the penalty counts less in a longer history. */
const totalPenalty = 0.7;
/**
 * Lengths of features, relative to length 1 for the words of a text. A longer feature is penalized less. With a short
 * history, the model therefore relies on the zero-shot ranking; with a long one, on the words of its papers.
 */
const zeroShotLength = 0.25;
const authorLength = 0.2;
const titleLength = 0.3;

const distinct = <T extends { id: string }>(papers: readonly T[]): T[] => [
  ...new Map(papers.map((paper) => [paper.id, paper])).values(),
];

const titleOf = (paper: ScorablePaper): ScorablePaper => ({ ...paper, abstract: '', categories: [] });

const scaledBy = (factor: number, values: Float32Array): Float32Array => values.map((value) => factor * value);

/**
 * Learns a channel's picks from a language model's scores of past days: a logistic regression on the words of title and
 * abstract, the categories, the authors, and the ranking by the topics file alone (zero-shot). Deterministic. Only
 * scores are stored, so a model is fitted on each call.
 * @throws The signal's reason if it is aborted.
 */
export const fitDistilled = async (history: DistilledHistory, reader = createReader()): Promise<DistilledModel> => {
  const { cutoffs, topics, signal } = history;
  const pause = createPause(signal);
  const scored = [...new Map(history.scored.map((row) => [row.paper.id, row])).values()];
  const papers = scored.map(({ paper }) => paper);
  const known = new Set(papers.map(({ id }) => id));
  const archive = distinct(history.archive ?? []).filter(({ id }) => !known.has(id));
  const corpus = await buildCorpus([...papers, ...archive], topics, pause, { reader });
  const picked = Uint8Array.from(scored, (score) => (passes(score, cutoffs) ? 1 : 0));
  const picks = picked.reduce((sum, each) => sum + each, 0);
  const rank = await fitRelevance(corpus, parseTopics(topics), pause, pickRateFrom(picks, scored.length));

  const text = firstRows(corpus.matrix, papers.length);
  const zeroShot = await rank(text, pause);
  const zeroShotScale = scaleOf(zeroShot);
  await pause();
  const authorFeatures = createAuthorFeatures(papers);
  await pause();
  const columnsOf = (ranks: Float32Array, of: readonly AuthoredPaper[]): Float32Array[] => [
    scaledBy(zeroShotLength, standardized(ranks, zeroShotScale)),
    ...authorFeatures(of).map((values) => scaledBy(authorLength, values)),
  ];

  const learn = async () => {
    const titles = await buildCorpus(papers.map(titleOf), '', pause);
    const features = joined(text, titles.matrix, titleLength, columnsOf(zeroShot, papers));
    await pause();
    const weights = await fitLogistic(features, picked, { ...learning, penalty: totalPenalty / papers.length }, pause);
    return { titles, weights };
  };
  const learned = picks < minPicks ? undefined : await learn();

  const scores: DistilledModel['scores'] = async (day, signal) => {
    const pause = createPause(signal);
    const rows = await corpus.rowsOf(day, pause);
    const zeroShot = await rank(rows, pause);
    if (!learned) return { learned: zeroShot, zeroShot };
    const titles = await learned.titles.rowsOf(day.map(titleOf), pause);
    const features = joined(rows, titles, titleLength, columnsOf(zeroShot, day));
    return { learned: timesVector(features, learned.weights), zeroShot };
  };
  return { picks, scores, score: async (day, signal) => (await scores(day, signal)).learned };
};
