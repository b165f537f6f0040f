import { leftOut, notOfClass, ofClass } from './regression.ts';
import { topValue } from './weighing.ts';

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
