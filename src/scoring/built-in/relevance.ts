import type { Topics } from '../topics.ts';
import type { Corpus } from './corpus.ts';
import { createKindOfWork } from './kinds.ts';
import { type Matrix, scaleOf, standardised, timesVector, topValue } from './matrix.ts';
import type { Pause } from './pause.ts';
import { fitLogistic, leftOut, notOfClass, ofClass } from './regression.ts';
import { createSimilarity } from './similarity.ts';

/** Papers taken as examples: the best by similarity to all topics, and the best of each topic. */
const examplesOfAll = 0.05;
const examplesOfEach = 0.02;
/** The best by the first value are the examples of a second look. */
const examplesOfSecond = 0.1;
/** Papers among the best so many that are no examples may well be wanted: nothing is learned from them. */
const doubtful = 0.3;
/** The papers that speak most of fields of application are counter-examples. */
const counterExamples = 0.15;

/** The best share of the papers by a value as examples, the doubtful ones after these left out. */
const withDoubtful = (examples: Uint8Array, values: Float32Array): Uint8Array => {
  const least = topValue(values, doubtful);
  return examples.map((each, row) => (each !== ofClass && (values[row] as number) >= least ? leftOut : each));
};

/**
 * The papers nearest to all topics together and to each topic.
 * @param merits what the kind of each paper's work adds to its nearness, in the same unit.
 */
export const nearestExamples = (
  toAll: Float32Array,
  toEach: readonly Float32Array[],
  merits: Float32Array,
): Uint8Array => {
  const examples = new Uint8Array(merits.length).fill(notOfClass);
  /** A paper without any word of the topics is no example, whatever its kind. */
  const take = (scores: Float32Array, share: number): void => {
    const judged = scores.map((score, row) => (score > 0 ? score + (merits[row] as number) : 0));
    const least = topValue(judged, share);
    for (const [row, score] of judged.entries()) if (score >= least && score > 0) examples[row] = ofClass;
  };
  take(toAll, examplesOfAll);
  for (const scores of toEach) take(scores, examplesOfEach);
  return withDoubtful(
    examples,
    toAll.map((score, row) => score + (merits[row] as number)),
  );
};

/** The best papers by a value. */
export const bestExamples = (values: Float32Array): Uint8Array => {
  const least = topValue(values, examplesOfSecond);
  return withDoubtful(
    Uint8Array.from(values, (value) => (value >= least ? ofClass : notOfClass)),
    values,
  );
};

/** The papers that are most of an application, but for the examples of what is wanted. */
export const counterExamplesOf = (application: Float32Array, examples: Uint8Array): Uint8Array => {
  const least = topValue(application, counterExamples);
  return Uint8Array.from(application, (value, row) =>
    value >= least && examples[row] !== ofClass ? ofClass : notOfClass,
  );
};

/** Weights beside what was learned from the first examples; all are standardised. */
const similarityShare = 0.3;
const counterShare = 0.5;
const secondShare = 0.5;
/** With fewer papers the examples teach nothing. */
const minToLearn = 200;
const learning = { penalty: 5e-4, steps: 30, balance: 1 };

/** How near papers are to the topics; the values of one ranking can be compared, whatever their unit. */
type Ranking = (matrix: Matrix, pause: Pause) => Promise<Float32Array>;

/** A ranking learned from the labels of a corpus's rows, standardised over the corpus. */
const learn = async ({ matrix }: Corpus, labels: Uint8Array, pause: Pause): Promise<(rows: Matrix) => Float32Array> => {
  const weights = await fitLogistic(matrix, labels, learning, pause);
  const scale = scaleOf(timesVector(matrix, weights));
  return (rows) => standardised(timesVector(rows, weights), scale);
};

/**
 * Learns from the topics file and a corpus alone, without any score. The papers nearest to the topics by their words and
 * their kind of work are taken as examples, and a classifier learned from these finds the others like them, whatever
 * words they use (self-training: D. Yarowsky, "Unsupervised word sense disambiguation rivaling supervised methods", 1995).
 * Where the topics refuse applications, a second one learns in the same way what these look like. The best papers by all
 * this are the examples of a last one, which is added: alone it would drift away from the topics.
 */
export const fitRelevance = async (corpus: Corpus, topics: Topics, pause: Pause): Promise<Ranking> => {
  const { matrix } = corpus;
  const similarity = createSimilarity(corpus, topics);
  if (matrix.rows < minToLearn) return similarity.toAll;

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
    const nearness = standardised(near, nearScale);
    const refused = likeCounter?.(rows);
    return likeExamples(rows).map(
      (score, row) =>
        score +
        similarityShare * (nearness[row] as number) +
        (merits[row] as number) -
        counterShare * (refused?.[row] ?? 0),
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
