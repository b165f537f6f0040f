import { auc } from '../../src/scoring/auc.ts';

export type Estimate = { mean: number; low: number; high: number };

const repetitions = 2000;
const seed = 20_250_701;

/** Random numbers from 0 to 1, reproducible by seed (mulberry32 by T. Ettinger). */
export const createRandom = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/**
 * Estimates a ratio of sums over days, such as the share of all picks that were kept. Percentile bootstrap (B. Efron, 1979)
 * of whole days, because papers of one day are not independent.
 */
export const estimateRatio = (counts: readonly (readonly [part: number, of: number])[]): Estimate => {
  const random = createRandom(seed);
  const ratioOf = (days: typeof counts): number => sumOf(days.map(([part]) => part)) / sumOf(days.map(([, of]) => of));
  const ratios = Array.from({ length: repetitions }, () =>
    ratioOf(counts.map(() => counts[Math.floor(random() * counts.length)] ?? [0, 0])),
  ).sort((a, b) => a - b);
  return {
    mean: ratioOf(counts),
    low: ratios[Math.floor(0.025 * repetitions)] ?? 0,
    high: ratios[Math.ceil(0.975 * repetitions) - 1] ?? 0,
  };
};

/** Of the mean over days. */
export const estimate = (values: readonly number[]): Estimate => estimateRatio(values.map((value) => [value, 1]));

export type Figures = {
  /** Share of pick/non-pick pairs in the right order. Ties count half. */
  auc: number;
  /** Share of picks among the first k papers, where k is the number of picks. */
  precision: number;
  /** Share of the picks in the best half, or the best 30%, of the day. */
  recallAt50: number;
  recallAt30: number;
  ndcg20: number;
};

export const figureNames = [
  'auc',
  'precision',
  'recallAt50',
  'recallAt30',
  'ndcg20',
] as const satisfies (keyof Figures)[];

const ranked = (scores: ArrayLike<number>): number[] =>
  Array.from(scores, (_, row) => row).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);

const picksAmong = (order: readonly number[], picked: readonly boolean[], count: number): number =>
  order.slice(0, count).filter((row) => picked[row]).length;

export const recallAt = (scores: ArrayLike<number>, picked: readonly boolean[], share: number): number =>
  picksAmong(ranked(scores), picked, Math.round(share * picked.length)) / picked.filter(Boolean).length;

export const precisionAt = (scores: ArrayLike<number>, picked: readonly boolean[], count: number): number =>
  picksAmong(ranked(scores), picked, count) / count;

const discount = (index: number): number => 1 / Math.log2(index + 2);

/** Normalized discounted cumulative gain (K. Järvelin and J. Kekäläinen, 2002). */
export const ndcgAt = (scores: ArrayLike<number>, picked: readonly boolean[], count: number): number => {
  const order = ranked(scores).slice(0, count);
  const gain = order.reduce((sum, row, index) => sum + (picked[row] ? discount(index) : 0), 0);
  const max = Math.min(count, picked.filter(Boolean).length);
  const best = Array.from({ length: max }, (_, index) => discount(index)).reduce((sum, each) => sum + each, 0);
  return gain / best;
};

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
