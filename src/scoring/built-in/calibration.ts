import type { Cutoffs } from '../../core/score.ts';

/** A paper's place among the others before it is put on the scale; higher is better, units are free. */
export type Raw = {
  relevance: number;
  novelty: number;
  /** Some term of the topics is in it; else it is never picked. */
  matched: boolean;
};

/** Puts a paper on the scale of 1 to 10, both as integers. */
export type Calibration = (paper: Raw) => { relevance: number; novelty: number };

const lowest = 1;
const highest = 10;
/**
 * Novelty is a loose gate: at most this share of a day, the least novel, falls to it alone. Distance says little about what
 * a reader finds new, and what lies far from everything is mostly off topic.
 */
export const defaultNoveltyGate = 0.1;

const clampCutoff = (cutoff: number): number => Math.min(highest, Math.max(lowest, Math.ceil(cutoff)));

const ascending = (a: number, b: number): number => a - b;

/** The value below which the given share of the ascending values lies. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** The least value of each of the levels above the first, whose shares of the ascending values are given. */
const bounds = (sorted: readonly number[], shares: readonly number[]): number[] => {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let below = 0;
  return shares.slice(0, -1).map((share) => {
    below += share / total;
    return quantile(sorted, below);
  });
};

/** Shares of the levels from the cutoff on: n levels as n to 1, so that the highest are the rarest. */
const fewerEachLevel = (levels: number): number[] => Array.from({ length: levels }, (_, level) => levels - level);
/** Each level a third of the one below it: for a signal that says too little to decide an order. */
const thirdEachLevel = (levels: number): number[] => Array.from({ length: levels }, (_, level) => 3 ** -level);

/**
 * A scale whose values from `bar` on get the cutoff or more, all others less. Below it the levels have equal shares.
 * @param sharesAbove the shares of so many levels from the cutoff on, in any unit.
 */
const createScale = (
  values: readonly number[],
  bar: number,
  cutoff: number,
  sharesAbove: (levels: number) => number[],
): ((value: number) => number) => {
  const sorted = values.toSorted(ascending);
  const below = bounds(
    sorted.filter((value) => value < bar),
    new Array<number>(cutoff - lowest).fill(1),
  );
  const above = bounds(
    sorted.filter((value) => value >= bar),
    sharesAbove(highest - cutoff + 1),
  );
  const level = (limits: readonly number[], value: number): number => limits.filter((limit) => value >= limit).length;
  return (value) => (value >= bar ? cutoff + level(above, value) : lowest + level(below, value));
};

/** The value that `count` of the values reach; ties may let more pass. */
const barFor = (values: readonly number[], count: number): number =>
  count < 1
    ? Number.POSITIVE_INFINITY
    : (values.toSorted((a, b) => b - a)[Math.min(count, values.length) - 1] ?? Number.POSITIVE_INFINITY);

/**
 * Maps raw values to the 1–10 scale by quantile, so that about `pickRate` of the reference papers reach both cutoffs,
 * whatever these are, and one pair of cutoffs means the same to every engine. Unless the rate is 0, at least one paper
 * that matches the topics is picked. A cutoff of 1 lets every paper pass; the other then carries the whole choice.
 * @param noveltyGate share of the papers that fall to the novelty cutoff alone.
 */
export const calibrate = (
  reference: readonly Raw[],
  wanted: Cutoffs,
  pickRate: number,
  noveltyGate = defaultNoveltyGate,
): Calibration => {
  const cutoffs = { relevance: clampCutoff(wanted.relevance), novelty: clampCutoff(wanted.novelty) };
  const rate = Math.min(1, Math.max(0, pickRate));
  const count = rate === 0 ? 0 : Math.max(1, Math.round(rate * reference.length));
  const novelties = reference.map((paper) => paper.novelty);

  const chosenByRelevance = cutoffs.relevance > lowest;
  const noveltyBarOf = (): number => {
    if (cutoffs.novelty === lowest) return Number.NEGATIVE_INFINITY;
    if (!chosenByRelevance) return barFor(novelties, count);
    return quantile(novelties.toSorted(ascending), Math.min(noveltyGate, (1 - rate) / 2));
  };
  const noveltyBar = noveltyBarOf();
  const eligible = reference.filter((paper) => paper.matched && paper.novelty >= noveltyBar);
  const relevanceBar = chosenByRelevance
    ? barFor(
        eligible.map((paper) => paper.relevance),
        count,
      )
    : Number.NEGATIVE_INFINITY;
  const relevances = reference.map((paper) => paper.relevance);
  const relevanceScale = createScale(relevances, relevanceBar, cutoffs.relevance, fewerEachLevel);
  const noveltyScale = createScale(novelties, noveltyBar, cutoffs.novelty, thirdEachLevel);
  const maxUnmatched = Math.max(lowest, cutoffs.relevance - 1);
  return (paper) => ({
    relevance: paper.matched
      ? relevanceScale(paper.relevance)
      : Math.min(maxUnmatched, relevanceScale(paper.relevance)),
    novelty: noveltyScale(paper.novelty),
  });
};
