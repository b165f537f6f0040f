import { describe, expect, it } from 'vitest';
import { isSampled, probabilityOf, sampling } from '../../../src/scoring/screening/sample.ts';

const line = 0.5;
const ids = Array.from({ length: 60_000 }, (_, at) => `25${String(at % 100).padStart(2, '0')}.${at}`);
/** Positions of a day with these papers below the line. */
const positions = ids.map((_, at) => line + ((at + 0.5) / ids.length) * (1 - line));
const weights = ids.map((id, at) => {
  const probability = probabilityOf(positions[at] ?? 1, line, sampling);
  return isSampled(id, probability) ? 1 / probability : 0;
});
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('the sample', () => {
  it('is read with probability 1 above the line, and less the further below it', () => {
    expect(probabilityOf(0.1, line, sampling)).toBe(1);
    expect(probabilityOf(line, line, sampling)).toBe(1);
    const below = positions.map((position) => probabilityOf(position, line, sampling));
    for (const [at, probability] of below.entries()) {
      expect(probability).toBeLessThanOrEqual(below[at - 1] ?? sampling.near);
      expect(probability).toBeGreaterThanOrEqual(sampling.far);
    }
  });

  it('costs less than three hundredths of a day', () => {
    const expected = sumOf(positions.map((position) => probabilityOf(position, line, sampling))) / ids.length;
    expect((1 - line) * expected).toBeLessThan(0.03);
  });

  it('has weights that add up to the papers that it stands for, in every part below the line', () => {
    expect(sumOf(weights) / ids.length).toBeGreaterThan(0.9);
    expect(sumOf(weights) / ids.length).toBeLessThan(1.1);
    const near = weights.slice(0, 12_000);
    expect(sumOf(near) / near.length).toBeGreaterThan(0.93);
    expect(sumOf(near) / near.length).toBeLessThan(1.07);
    // Every third paper is a pick.
    const picks = weights.filter((_, at) => at % 3 === 0);
    expect(sumOf(picks) / picks.length).toBeGreaterThan(0.85);
    expect(sumOf(picks) / picks.length).toBeLessThan(1.15);
  });

  it('depends only on the id, and grows with the probability', () => {
    const drawn = ids.slice(0, 2_000).filter((id) => isSampled(id, 0.1));
    expect(ids.slice(0, 2_000).filter((id) => isSampled(id, 0.1))).toEqual(drawn);
    expect(drawn.every((id) => isSampled(id, 0.2))).toBe(true);
    expect(drawn.some((id) => isSampled(id, 0))).toBe(false);
    expect(isSampled('2507.00001', 1)).toBe(true);
  });
});
