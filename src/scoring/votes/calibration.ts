export type Outcome = { value: number; isLiked: boolean };

const steps = 8;
/** Prior precision of the slope. With few votes, all chances are near the average. */
const slopePrecision = 1;
/** Neutral votes, half of them 👍. */
const neutralVotes = 2;

/**
 * Fits a logistic curve from a ranking's values to the chance of a 👍, by Newton's method (J. Platt, "Probabilistic
 * outputs for support vector machines", 1999).
 */
export const fitChance = (outcomes: readonly Outcome[]): ((value: number) => number) => {
  const count = Math.max(1, outcomes.length);
  const center = outcomes.reduce((sum, { value }) => sum + value, 0) / count;
  const spread = Math.sqrt(outcomes.reduce((sum, { value }) => sum + (value - center) ** 2, 0) / count) || 1;
  const points = outcomes.map(({ value, isLiked }) => ({ x: (value - center) / spread, y: Number(isLiked) }));
  let [intercept, slope] = [0, 0];
  const chance = (x: number): number => 1 / (1 + Math.exp(-(intercept + slope * x)));
  for (let step = 0; step < steps; step += 1) {
    const neutral = chance(0);
    let [a, b] = [neutralVotes * (0.5 - neutral), -slopePrecision * slope];
    let [aa, ab, bb] = [neutralVotes * neutral * (1 - neutral), 0, slopePrecision];
    for (const { x, y } of points) {
      const p = chance(x);
      const weight = p * (1 - p);
      a += y - p;
      b += (y - p) * x;
      aa += weight;
      ab += weight * x;
      bb += weight * x * x;
    }
    const determinant = aa * bb - ab * ab;
    intercept += (bb * a - ab * b) / determinant;
    slope += (aa * b - ab * a) / determinant;
  }
  return (value) => chance((value - center) / spread);
};
