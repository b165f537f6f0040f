import type { Pause } from '../../core/clock.ts';
import type { ScorablePaper } from '../../core/score.ts';
import { parseTopics, type Topics } from '../topics.ts';
import { buildCorpus, type Corpus, mixedOf, saturatedOf, type TextMatrix } from './corpus.ts';
import { createKindOfWork } from './kinds.ts';
import { scaleOf, standardized, timesVector, topValue } from './matrix.ts';
import { createReader } from './reader.ts';
import { fitLogistic, leftOut, notOfClass, ofClass } from './regression.ts';
import { createSimilarity } from './similarity.ts';
import { findUnwanted, limited, type Unwanted } from './unwanted.ts';

/** Share of candidates that GPT-4o picked on real days. */
const defaultPickRate = 0.08;

export const pickRateFrom = (picks: number, papers: number): number => (picks === 0 ? defaultPickRate : picks / papers);

export type Shares = {
  /** Shares of papers that become examples: the most similar to all topics, to each topic, and the best so far. */
  all: number;
  each: number;
  best: number;
};

const between = (min: number, value: number, max: number): number => Math.min(max, Math.max(min, value));

/** The rarer the picks, the fewer examples. The examples of all topics together are at most about twice those of `all`. */
export const sharesFor = (pickRate: number, topics: number): Shares => {
  const all = between(0.03, 0.02 + 0.35 * pickRate, 0.06);
  return { all, each: Math.min(0.36 * all, (1.8 * all) / topics), best: between(0.04, 0.02 + 0.8 * pickRate, 0.1) };
};

/** Papers in this top share that are not examples may be relevant, so they are left out. */
const doubtfulShare = 0.1;
const counterExampleShare = 0.15;

const withDoubtful = (examples: Uint8Array, values: Float32Array): Uint8Array => {
  const min = topValue(values, doubtfulShare);
  return examples.map((each, row) => (each !== ofClass && (values[row] as number) >= min ? leftOut : each));
};

/** @param merits Added to the similarity of each paper for its kind of work, in the same unit. */
export const nearestExamples = (
  toAll: Float32Array,
  toEach: readonly Float32Array[],
  merits: Float32Array,
  shares: Pick<Shares, 'all' | 'each'>,
): Uint8Array => {
  const examples = new Uint8Array(merits.length).fill(notOfClass);
  const take = (scores: Float32Array, share: number): void => {
    const judged = scores.map((score, row) => (score > 0 ? score + (merits[row] as number) : 0));
    const min = topValue(judged, share);
    for (const [row, score] of judged.entries()) if (score >= min && score > 0) examples[row] = ofClass;
  };
  take(toAll, shares.all);
  for (const scores of toEach) take(scores, shares.each);
  return withDoubtful(
    examples,
    toAll.map((score, row) => score + (merits[row] as number)),
  );
};

export const bestExamples = (values: Float32Array, share: number): Uint8Array => {
  const min = topValue(values, share);
  return withDoubtful(
    Uint8Array.from(values, (value) => (value >= min ? ofClass : notOfClass)),
    values,
  );
};

export const counterExamplesOf = (application: Float32Array, examples: Uint8Array): Uint8Array => {
  const min = topValue(application, counterExampleShare);
  return Uint8Array.from(application, (value, row) =>
    value >= min && examples[row] !== ofClass ? ofClass : notOfClass,
  );
};

/** Weights relative to the first classifier. */
const similarityShare = 0.3;
const counterShare = 0.5;
const secondShare = 1;
const minPapersToLearn = 200;
const learning = { penalty: 2e-3, steps: 30, balance: 1 };

type Ranking = (matrix: TextMatrix, pause: Pause) => Promise<Float32Array>;

/** Learns from the labels of a corpus's rows. The values are standardized over the corpus. */
export const learn = async (
  { matrix }: Pick<Corpus, 'matrix'>,
  labels: Uint8Array,
  pause: Pause,
): Promise<(rows: TextMatrix) => Float32Array> => {
  const saturated = saturatedOf(matrix);
  const weights = await fitLogistic(saturated, labels, learning, pause);
  const scale = scaleOf(timesVector(saturated, weights));
  return (rows) => standardized(timesVector(saturatedOf(rows), weights), scale);
};

/**
 * Ranks papers by the topics file and a corpus alone, without scores. The papers nearest to the topics by words and
 * kind of work become examples, from which a classifier learns to find similar papers that use other words
 * (self-training: D. Yarowsky, "Unsupervised word sense disambiguation rivaling supervised methods", 1995). If the
 * topics reject applications, a second classifier learns to recognize them. A last one learns from the best papers so
 * far. Its values are added to the others', because alone they would drift away from the topics.
 * @param pickRate Expected share of the papers that are wanted, 0 to 1.
 * @param isRejected One for each paper of the corpus: true if it must not become an example.
 */
export const fitRelevance = async (
  corpus: Corpus,
  topics: Topics,
  pause: Pause,
  pickRate = defaultPickRate,
  isRejected: readonly boolean[] = [],
): Promise<Ranking> => {
  const { matrix } = corpus;
  const withoutRejected = (labels: Uint8Array): Uint8Array =>
    labels.map((label, row) => (isRejected[row] ? notOfClass : label));
  const similarity = createSimilarity(corpus, topics);
  if (matrix.rows < minPapersToLearn) return (rows, pause) => similarity.toAll(mixedOf(rows), pause);

  await pause();
  const kind = createKindOfWork(corpus, topics);
  await pause();
  const mixed = mixedOf(matrix);
  const near = await similarity.toAll(mixed, pause);
  const nearScale = scaleOf(near);
  const toEach = await similarity.toEach(mixed, pause);
  const shares = sharesFor(pickRate, toEach.length);
  const merits = kind.merit(matrix);
  await pause();
  const examples = withoutRejected(
    nearestExamples(
      near,
      toEach,
      merits.map((merit) => nearScale.deviation * merit),
      shares,
    ),
  );
  await pause();
  const likeExamples = await learn(corpus, examples, pause);
  const application = kind.application?.(matrix);
  const likeCounter = application && (await learn(corpus, counterExamplesOf(application, examples), pause));

  const firstValue = (rows: TextMatrix, near: Float32Array, merits: Float32Array): Float32Array => {
    const nearness = standardized(near, nearScale);
    const rejected = likeCounter?.(rows);
    return likeExamples(rows).map(
      (score, row) =>
        score +
        similarityShare * (nearness[row] as number) +
        (merits[row] as number) -
        counterShare * (rejected?.[row] ?? 0),
    );
  };
  const best = withoutRejected(bestExamples(firstValue(matrix, near, merits), shares.best));
  const likeBest = await learn(corpus, best, pause);

  return async (rows, pause) => {
    const near = await similarity.toAll(mixedOf(rows), pause);
    const first = firstValue(rows, near, kind.merit(rows));
    await pause();
    const second = likeBest(rows);
    return first.map((score, row) => score + secondShare * (second[row] as number));
  };
};

type RankedPapers = {
  corpus: Corpus;
  topics: Topics;
  /** One for each paper; higher is better. Only the order is meaningful. */
  relevance: Float32Array;
  unwanted: (Unwanted | undefined)[];
};

/** Ranks papers within their own corpus, those about listed unwanted subjects below the others. */
export const rankPapers = async (
  papers: readonly ScorablePaper[],
  topicsMarkdown: string,
  pause: Pause,
  pickRate?: number,
  reader = createReader(),
): Promise<RankedPapers> => {
  const topics = parseTopics(topicsMarkdown);
  const corpus = await buildCorpus(papers, topicsMarkdown, pause, { reader });
  const unwanted = await findUnwanted(papers, topics, pause, reader);
  const isRejected = unwanted.map((one) => one?.isInTitle === true);
  const rank = await fitRelevance(corpus, topics, pause, pickRate, isRejected);
  return { corpus, topics, relevance: limited(await rank(corpus.matrix, pause), unwanted), unwanted };
};
