import type { MeasuredRecall, ScreenedDay } from '../../core/screening.ts';
import { probabilityOf } from './sample.ts';

/** `share` of the picks follow a flatter power than the others. */
type Stray = { share: number; power: number };

/**
 * A distribution of a pick's position as a share of the day. Of the picks, the share below a line at x is
 * `(1 - stray.share)·(1 - x)^power + stray.share·(1 - x)^stray.power`: the measured rankings lose picks by a power of
 * the papers below the line, and some picks that they did not expect by a lower power.
 */
type Shape = {
  power: number;
  stray: Stray;
  /** Share of the picks in each bin of the day, and its logarithm. */
  mass: Float64Array;
  logMass: Float64Array;
};

const bins = 100;
const powers = { min: 0.9, max: 60, count: 25 };
/** Picks that may be anywhere, and picks that the ranking places a little too low. */
const strayPowers = { anywhere: 1, low: 3 };
const strays: readonly Stray[] = [
  { share: 0, power: strayPowers.anywhere },
  ...[0.005, 0.01, 0.02, 0.04, 0.08, 0.2, 0.5].map((share) => ({ share, power: strayPowers.anywhere })),
  ...[0.03, 0.06, 0.12, 0.2, 0.35, 0.5].map((share) => ({ share, power: strayPowers.low })),
];

const shareBelow = ({ power, stray }: Pick<Shape, 'power' | 'stray'>, line: number): number =>
  (1 - stray.share) * (1 - line) ** power + stray.share * (1 - line) ** Math.min(power, stray.power);

const shapeOf = (parameters: Pick<Shape, 'power' | 'stray'>): Shape => {
  const mass = Float64Array.from(
    { length: bins },
    (_, bin) => shareBelow(parameters, bin / bins) - shareBelow(parameters, (bin + 1) / bins),
  );
  return { ...parameters, mass, logMass: mass.map((share) => Math.log(Math.max(share, 1e-12))) };
};

const shapes: readonly Shape[] = Array.from(
  { length: powers.count },
  (_, at) => powers.min * (powers.max / powers.min) ** (at / (powers.count - 1)),
).flatMap((power) => strays.map((stray) => shapeOf({ power, stray })));

/** The probability of each shape. */
export type Belief = Float64Array;

/** Before any pick is known. A larger share of stray picks is less likely, by these rates. */
const prior = { power: 7, deviation: 0.35, strayRates: { anywhere: 50, low: 10 } };

const logPriorOf = ({ power, stray }: Shape): number => {
  const rate = stray.power === strayPowers.low ? prior.strayRates.low : prior.strayRates.anywhere;
  return -0.5 * (Math.log(power / prior.power) / prior.deviation) ** 2 - rate * stray.share;
};

/** Days after which a day counts half, so that the line follows changes in what the model picks. */
const halfLife = 12;

const dot = (one: Float64Array, other: Float64Array): number => {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] as number) * (other[at] as number);
  return sum;
};

const middleOf = (bin: number): number => (bin + 0.5) / bins;

/**
 * Learns from screened days where picks lie in the ranking (Bayes' rule). Only a part of each day was read, so its picks
 * are compared with those that could have been seen: all above the line, and below it those in the sample, by its
 * probability. The picks that a line hid therefore do not make the ranking look better than it is.
 * @param days Oldest first.
 */
export const beliefFrom = (days: readonly ScreenedDay[]): Belief => {
  const logs = Float64Array.from(shapes, logPriorOf);
  const counts = new Float64Array(bins);
  for (const [at, { line, picks, sampling }] of days.entries()) {
    const weight = 0.5 ** ((days.length - 1 - at) / halfLife);
    for (const position of picks) {
      const bin = Math.min(bins - 1, Math.floor(position * bins));
      counts[bin] = (counts[bin] as number) + weight;
    }
    const seen = Float64Array.from({ length: bins }, (_, bin) => probabilityOf(middleOf(bin), line, sampling));
    for (let of = 0; of < shapes.length; of += 1)
      logs[of] = (logs[of] as number) - weight * picks.length * Math.log(dot((shapes[of] as Shape).mass, seen));
  }
  for (let of = 0; of < shapes.length; of += 1)
    logs[of] = (logs[of] as number) + dot((shapes[of] as Shape).logMass, counts);
  const highest = logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  const chances = logs.map((log) => Math.exp(log - highest));
  const sum = chances.reduce((total, chance) => total + chance, 0);
  return chances.map((chance) => chance / sum);
};

const quantileOf = (belief: Belief, figureOf: (shape: Shape) => number, quantile: number): number => {
  const values = shapes.map((shape, at) => ({ value: figureOf(shape), chance: belief[at] as number }));
  let sum = 0;
  for (const { value, chance } of values.sort((a, b) => a.value - b.value)) {
    sum += chance;
    if (sum >= quantile) return value;
  }
  return values.at(-1)?.value ?? 0;
};

/** The line keeps the target recall with this probability. With few picks known, it is therefore lower. */
const certainty = 0.8;
/** Of the first papers, all are read, however well the ranking did. */
const minLine = 0.28;

/** The smallest share of a day that must be read to find `targetRecall` of its picks, in steps of a bin; at most 1. */
export const lineFor = (belief: Belief, targetRecall: number): number => {
  const isEnough = (bin: number): boolean =>
    quantileOf(belief, (shape) => shareBelow(shape, bin / bins), certainty) <= 1 - targetRecall;
  let [low, high] = [Math.round(minLine * bins), bins];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return low / bins;
};

const minMeasured = { days: 5, picks: 50 };
const maxMissed = 10_000;

/** The smallest number of events that a mixture of Poisson distributions does not exceed with a probability. */
const poissonQuantile = (rates: readonly { rate: number; chance: number }[], probability: number): number => {
  // As logarithms, because e to the power of a high negative rate is 0.
  const terms = rates.map(({ rate, chance }) => ({ rate, log: Math.log(chance) - rate }));
  let [events, sum] = [0, 0];
  for (;;) {
    for (const { log } of terms) sum += Math.exp(log);
    if (sum >= probability || events === maxMissed) return events;
    events += 1;
    for (const each of terms) each.log += Math.log(each.rate / events);
  }
};

/**
 * Recall of screened days, the sample included. The picks that were read are known; the number of those missed has the
 * Poisson distributions that follow from the shapes. Undefined if there are too few days or picks to measure it.
 */
export const measureRecall = (days: readonly ScreenedDay[]): MeasuredRecall | undefined => {
  const kept = days.reduce((sum, day) => sum + day.picks.length, 0);
  if (days.length < minMeasured.days || kept < minMeasured.picks) return undefined;
  const seen = Float64Array.from(
    { length: bins },
    (_, bin) =>
      days.reduce((sum, { line, sampling }) => sum + probabilityOf(middleOf(bin), line, sampling), 0) / days.length,
  );
  const rates = [...beliefFrom(days)].map((chance, at) => {
    // Sums of rounded shares may exceed 1.
    const recall = Math.min(1, dot((shapes[at] as Shape).mass, seen));
    return { chance, rate: (kept * (1 - recall)) / recall };
  });
  const missed = rates.reduce((sum, { chance, rate }) => sum + chance * rate, 0);
  const [few, many] = [0.05, 0.95].map((probability) => poissonQuantile(rates, probability));
  const recallWith = (picks = 0): number => kept / (kept + picks);
  return { recall: recallWith(missed), low: recallWith(many), high: recallWith(few) };
};
