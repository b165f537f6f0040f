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
