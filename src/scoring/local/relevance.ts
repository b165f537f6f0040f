import type { Topics } from '../topics.ts';
import { scaleOf, standardised, timesVector, topValue } from './algebra.ts';
import type { Corpus } from './corpus.ts';
import { createKindOfWork } from './kinds.ts';
import type { Pause } from './pause.ts';
import { fitLogistic } from './regression.ts';
import { createSimilarity } from './similarity.ts';
import type { Matrix } from './weighing.ts';

/** Papers taken as examples: the best by similarity to all topics, and the best of each topic. */
const examplesOfAll = 0.05;
const examplesOfEach = 0.015;
/** Weight of the similarity beside what was learned from the examples, both standardised. */
const similarityShare = 0.3;
/** The papers that speak most of fields of application are counter-examples, and what was learned from these weighs so much. */
const counterExamples = 0.15;
const counterShare = 0.35;
/** With fewer papers the examples teach nothing. */
const fewestToLearn = 200;
const learning = { penalty: 5e-4, steps: 30, balance: 1 };

/** How near papers are to the topics; the values of one ranking can be compared, whatever their unit. */
export type Ranking = (matrix: Matrix, pause: Pause) => Promise<Float32Array>;

/** A ranking learned from examples, standardised over the corpus. */
const learn = async (
  { matrix }: Corpus,
  examples: Uint8Array,
  pause: Pause,
): Promise<(rows: Matrix) => Float32Array> => {
  const weights = await fitLogistic(matrix, examples, learning, pause);
  const scale = scaleOf(timesVector(matrix, weights));
  return (rows) => standardised(timesVector(rows, weights), scale);
};

/**
 * Learns from the topics file and a corpus alone, without any score. The papers nearest to the topics by their words and
 * their kind of work are taken as examples, and a classifier learned from these finds the others like them, whatever
 * words they use (self-training: D. Yarowsky, "Unsupervised word sense disambiguation rivaling supervised methods", 1995).
 * Where the topics refuse applications, a second one learns in the same way what these look like.
 */
export const fitRelevance = async (corpus: Corpus, topics: Topics, pause: Pause): Promise<Ranking> => {
  const { matrix } = corpus;
  const similarity = createSimilarity(corpus, topics);
  if (matrix.rows < fewestToLearn) return similarity.toAll;

  await pause();
  const kind = createKindOfWork(corpus, topics);
  await pause();
  const near = await similarity.toAll(matrix, pause);
  const nearScale = scaleOf(near);
  const merits = kind.merit(matrix);
  await pause();
  const examples = new Uint8Array(matrix.rows);
  /** A paper without any word of the topics is no example, whatever its kind. */
  const take = (scores: Float32Array, share: number): void => {
    const judged = scores.map((score, row) => (score > 0 ? score + nearScale.deviation * (merits[row] as number) : 0));
    const least = topValue(judged, share);
    for (const [row, score] of judged.entries()) if (score >= least && score > 0) examples[row] = 1;
  };
  take(near, examplesOfAll);
  for (const scores of await similarity.toEach(matrix, pause)) {
    take(scores, examplesOfEach);
    await pause();
  }
  const likeExamples = await learn(corpus, examples, pause);

  const application = kind.application?.(matrix);
  const leastApplied = application && topValue(application, counterExamples);
  const counter = application?.map((value, row) => (value >= (leastApplied ?? 0) && examples[row] === 0 ? 1 : 0));
  const likeCounter = counter && (await learn(corpus, Uint8Array.from(counter), pause));

  return async (rows, pause) => {
    const learned = likeExamples(rows);
    const refused = likeCounter?.(rows);
    const nearness = standardised(await similarity.toAll(rows, pause), nearScale);
    await pause();
    const merit = kind.merit(rows);
    return learned.map(
      (score, row) =>
        score +
        similarityShare * (nearness[row] as number) +
        (merit[row] as number) -
        counterShare * (refused?.[row] ?? 0),
    );
  };
};
