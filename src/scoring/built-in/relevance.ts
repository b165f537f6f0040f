import type { Pause } from '../../core/clock.ts';
import type { Topics } from '../topics.ts';
import type { Corpus } from './corpus.ts';
import { createKindOfWork } from './kinds.ts';
import { type Matrix, scaleOf, standardized, timesVector, topValue } from './matrix.ts';
import { fitLogistic, leftOut, notOfClass, ofClass } from './regression.ts';
import { createSimilarity } from './similarity.ts';

/** Shares of papers that become examples: the most similar to all topics, and to each topic. */
const examplesOfAll = 0.05;
const examplesOfEach = 0.02;
const examplesOfSecondClassifier = 0.1;
/** Papers in this top share that are not examples may be relevant, so they are left out. */
const doubtfulShare = 0.3;
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
): Uint8Array => {
  const examples = new Uint8Array(merits.length).fill(notOfClass);
  const take = (scores: Float32Array, share: number): void => {
    const judged = scores.map((score, row) => (score > 0 ? score + (merits[row] as number) : 0));
    const min = topValue(judged, share);
    for (const [row, score] of judged.entries()) if (score >= min && score > 0) examples[row] = ofClass;
  };
  take(toAll, examplesOfAll);
  for (const scores of toEach) take(scores, examplesOfEach);
  return withDoubtful(
    examples,
    toAll.map((score, row) => score + (merits[row] as number)),
  );
};

export const bestExamples = (values: Float32Array): Uint8Array => {
  const min = topValue(values, examplesOfSecondClassifier);
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
const secondShare = 0.5;
const minPapersToLearn = 200;
const learning = { penalty: 5e-4, steps: 30, balance: 1 };

type Ranking = (matrix: Matrix, pause: Pause) => Promise<Float32Array>;

/** Learns from the labels of a corpus's rows. The values are standardized over the corpus. */
const learn = async ({ matrix }: Corpus, labels: Uint8Array, pause: Pause): Promise<(rows: Matrix) => Float32Array> => {
  const weights = await fitLogistic(matrix, labels, learning, pause);
  const scale = scaleOf(timesVector(matrix, weights));
  return (rows) => standardized(timesVector(rows, weights), scale);
};

/**
 * Ranks papers by the topics file and a corpus alone, without scores. The papers nearest to the topics by words and
 * kind of work become examples, from which a classifier learns to find similar papers that use other words
 * (self-training: D. Yarowsky, "Unsupervised word sense disambiguation rivaling supervised methods", 1995). If the
 * topics reject applications, a second classifier learns to recognize them. A last one learns from the best papers so
 * far. Its values are added to the others', because alone they would drift away from the topics.
 */
export const fitRelevance = async (corpus: Corpus, topics: Topics, pause: Pause): Promise<Ranking> => {
  const { matrix } = corpus;
  const similarity = createSimilarity(corpus, topics);
  if (matrix.rows < minPapersToLearn) return similarity.toAll;

  await pause();
  const kind = createKindOfWork(corpus, topics);
  await pause();
  const near = await similarity.toAll(matrix, pause);
  const nearScale = scaleOf(near);
  const toEach = await similarity.toEach(matrix, pause);
  const merits = kind.merit(matrix);
  await pause();
  const examples = nearestExamples(
    near,
    toEach,
    merits.map((merit) => nearScale.deviation * merit),
  );
  await pause();
  const likeExamples = await learn(corpus, examples, pause);
  const application = kind.application?.(matrix);
  const likeCounter = application && (await learn(corpus, counterExamplesOf(application, examples), pause));

  const firstValue = (rows: Matrix, near: Float32Array, merits: Float32Array): Float32Array => {
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
  const likeBest = await learn(corpus, bestExamples(firstValue(matrix, near, merits)), pause);

  return async (rows, pause) => {
    const near = await similarity.toAll(rows, pause);
    const first = firstValue(rows, near, kind.merit(rows));
    await pause();
    const second = likeBest(rows);
    return first.map((score, row) => score + secondShare * (second[row] as number));
  };
};
