import type { Cutoffs } from '../../core/score.ts';

export type Raw = {
  relevance: number;
  novelty: number;
  /** True if the paper contains a term from the topics. Other papers are never picked. */
  matched: boolean;
};

export type Calibration = (paper: Raw) => { relevance: number; novelty: number };

const minScore = 1;
const maxScore = 10;
/**
 * Share of a day's papers that the novelty cutoff may reject. It is small because the distance to other papers hardly
 * predicts what readers find new, and the most distant papers are mostly off topic.
 */
export const defaultNoveltyGate = 0.1;

const clampCutoff = (cutoff: number): number => Math.min(maxScore, Math.max(minScore, Math.ceil(cutoff)));

const ascending = (a: number, b: number): number => a - b;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const bounds = (sorted: readonly number[], shares: readonly number[]): number[] => {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let below = 0;
  return shares.slice(0, -1).map((share) => {
    below += share / total;
    return quantile(sorted, below);
  });
};

const fewerEachLevel = (levels: number): number[] => Array.from({ length: levels }, (_, level) => levels - level);
/** Each level has a third as many papers as the level below. Used for novelty, which should rarely decide the order. */
const thirdEachLevel = (levels: number): number[] => Array.from({ length: levels }, (_, level) => 3 ** -level);

/**
 * Values of at least `bar` get the cutoff or more; all others get less. The levels below the cutoff have equal shares.
 * @param sharesAbove Shares of the levels from the cutoff on, in any unit.
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
    new Array<number>(cutoff - minScore).fill(1),
  );
  const above = bounds(
    sorted.filter((value) => value >= bar),
    sharesAbove(maxScore - cutoff + 1),
  );
  const level = (limits: readonly number[], value: number): number => limits.filter((limit) => value >= limit).length;
  return (value) => (value >= bar ? cutoff + level(above, value) : minScore + level(below, value));
};

const barFor = (values: readonly number[], count: number): number =>
  count < 1
    ? Number.POSITIVE_INFINITY
    : (values.toSorted((a, b) => b - a)[Math.min(count, values.length) - 1] ?? Number.POSITIVE_INFINITY);

/**
 * Maps raw values to scores from 1 to 10 by quantile, so that about `pickRate` of the reference papers reach both
 * cutoffs. One pair of cutoffs then fits every engine. Unless the rate is 0, at least one paper that matches the topics
 * is picked. A cutoff of 1 lets every paper pass, so the other cutoff alone decides.
 * @param noveltyGate Share of the papers that the novelty cutoff rejects.
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

  const chosenByRelevance = cutoffs.relevance > minScore;
  const noveltyBarOf = (): number => {
    if (cutoffs.novelty === minScore) return Number.NEGATIVE_INFINITY;
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
  const maxUnmatched = Math.max(minScore, cutoffs.relevance - 1);
  return (paper) => ({
    relevance: paper.matched
      ? relevanceScale(paper.relevance)
      : Math.min(maxUnmatched, relevanceScale(paper.relevance)),
    novelty: noveltyScale(paper.novelty),
  });
};
