/** A mean over days, and where it would lie in 95 of 100 repetitions with other days like these. */
export type Estimate = { mean: number; low: number; high: number };

const repetitions = 2000;
const seed = 20_250_701;

/** Numbers from 0 to 1, always the same for the same seed (mulberry32 by T. Ettinger). */
export const createRandom = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean with its percentile bootstrap interval (B. Efron, 1979): whole days are drawn, as papers of a day belong together. */
export const estimate = (values: readonly number[]): Estimate => {
  const random = createRandom(seed);
  const means = Array.from({ length: repetitions }, () =>
    meanOf(values.map(() => values[Math.floor(random() * values.length)] ?? 0)),
  ).sort((a, b) => a - b);
  return {
    mean: meanOf(values),
    low: means[Math.floor(0.025 * repetitions)] ?? 0,
    high: means[Math.ceil(0.975 * repetitions) - 1] ?? 0,
  };
};

/** How well one day is ranked; every figure lies between 0 and 1, higher is better. */
export type Figures = {
  /** Share of the pairs of a pick and another paper that are in the right order; a tie counts half. */
  auc: number;
  /** Share of picks among the first k papers, k being the number of picks. */
  precision: number;
  /** Share of the picks that are kept when only the best half, or the best three tenths, of the day are. */
  recallAt50: number;
  recallAt30: number;
  /** Discounted gain of the first 20, every pick worth the same. */
  ndcg20: number;
};

export const figureNames = [
  'auc',
  'precision',
  'recallAt50',
  'recallAt30',
  'ndcg20',
] as const satisfies (keyof Figures)[];

/** Row numbers from the best score to the worst; equal scores stay in their order. */
const ranked = (scores: ArrayLike<number>): number[] =>
  Array.from(scores, (_, row) => row).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);

/** Area under the receiver operating characteristic, by ranks (H. B. Mann and D. R. Whitney, 1947). */
export const auc = (scores: ArrayLike<number>, picked: readonly boolean[]): number => {
  const order = ranked(scores);
  const picks = picked.filter(Boolean).length;
  let below = picked.length - picks;
  const pairs = picks * below;
  let right = 0;
  for (let at = 0; at < order.length; ) {
    const score = scores[order[at] as number];
    let [pickedHere, othersHere] = [0, 0];
    for (; at < order.length && scores[order[at] as number] === score; at += 1) {
      if (picked[order[at] as number]) pickedHere += 1;
      else othersHere += 1;
    }
    below -= othersHere;
    right += pickedHere * (below + othersHere / 2);
  }
  return right / pairs;
};

const picksAmong = (order: readonly number[], picked: readonly boolean[], count: number): number =>
  order.slice(0, count).filter((row) => picked[row]).length;

/** Share of the picks among the first of a ranking, by the number of papers that are kept: the share, rounded. */
export const recallAt = (scores: ArrayLike<number>, picked: readonly boolean[], share: number): number =>
  picksAmong(ranked(scores), picked, Math.round(share * picked.length)) / picked.filter(Boolean).length;

export const precisionAt = (scores: ArrayLike<number>, picked: readonly boolean[], count: number): number =>
  picksAmong(ranked(scores), picked, count) / count;

const discount = (place: number): number => 1 / Math.log2(place + 2);

/** Normalised discounted cumulative gain (K. Järvelin and J. Kekäläinen, 2002). */
export const ndcgAt = (scores: ArrayLike<number>, picked: readonly boolean[], count: number): number => {
  const order = ranked(scores).slice(0, count);
  const gain = order.reduce((sum, row, place) => sum + (picked[row] ? discount(place) : 0), 0);
  const most = Math.min(count, picked.filter(Boolean).length);
  const best = Array.from({ length: most }, (_, place) => discount(place)).reduce((sum, each) => sum + each, 0);
  return gain / best;
};

/** All figures of a day; undefined where they mean nothing: without a pick, or with nothing but picks. */
export const figuresOf = (scores: ArrayLike<number>, picked: readonly boolean[]): Figures | undefined => {
  const picks = picked.filter(Boolean).length;
  if (picks === 0 || picks === picked.length) return undefined;
  return {
    auc: auc(scores, picked),
    precision: precisionAt(scores, picked, picks),
    recallAt50: recallAt(scores, picked, 0.5),
    recallAt30: recallAt(scores, picked, 0.3),
    ndcg20: ndcgAt(scores, picked, 20),
  };
};
