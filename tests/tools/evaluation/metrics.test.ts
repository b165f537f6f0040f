import { describe, expect, it } from 'vitest';
import { auc } from '../../../src/scoring/auc.ts';
import {
  createRandom,
  estimate,
  estimateRatio,
  figuresOf,
  ndcgAt,
  precisionAt,
  recallAt,
} from '../../../tools/evaluation/metrics.ts';

const picked = [true, false, true, false, false];

describe('the figures of a day', () => {
  it('are 1 for a perfect order', () => {
    const figures = figuresOf([5, 1, 4, 2, 3], picked);
    expect(figures).toMatchObject({ auc: 1, precision: 1, recallAt50: 1, ndcg20: 1 });
    // 30% of five papers are two: room for both picks.
    expect(figures?.recallAt30).toBe(1);
  });

  it('count pairs, and ties as half', () => {
    expect(auc([5, 4, 3, 2, 1], picked)).toBeCloseTo(5 / 6);
    expect(auc([1, 1, 1, 1, 1], picked)).toBe(0.5);
    expect(auc([1, 5, 2, 4, 3], picked)).toBe(0);
  });

  it('cut the ranking at the given rank', () => {
    const scores = [5, 4, 3, 2, 1];
    expect(precisionAt(scores, picked, 2)).toBe(0.5);
    expect(recallAt(scores, picked, 0.2)).toBe(0.5);
    expect(recallAt(scores, picked, 0.6)).toBe(1);
  });

  it('discount lower ranks', () => {
    const best = 1 + 1 / Math.log2(3);
    expect(ndcgAt([5, 4, 3, 2, 1], picked, 20)).toBeCloseTo((1 + 1 / Math.log2(4)) / best);
    expect(ndcgAt([1, 5, 2, 4, 3], picked, 1)).toBe(0);
  });

  it('keep equal scores in their order', () => {
    expect(precisionAt([0, 0, 0, 0, 0], picked, 1)).toBe(1);
  });

  it('are undefined without a pick, or with only picks', () => {
    expect(figuresOf([1, 2], [false, false])).toBeUndefined();
    expect(figuresOf([1, 2], [true, true])).toBeUndefined();
    expect(figuresOf([], [])).toBeUndefined();
  });
});

describe('estimateRatio', () => {
  it('weighs days by their counts, with an interval that holds the ratio', () => {
    const { mean, low, high } = estimateRatio([
      [9, 10],
      [30, 30],
      [1, 10],
    ]);
    expect(mean).toBe(0.8);
    expect(low).toBeLessThan(0.5);
    expect(high).toBe(1);
    expect(estimateRatio([[49, 50]])).toEqual({ mean: 0.98, low: 0.98, high: 0.98 });
  });
});

describe('estimate', () => {
  it('returns the mean and the same interval each time', () => {
    const values = [0.2, 0.4, 0.6, 0.8, 0.5, 0.5];
    const first = estimate(values);
    expect(first).toEqual(estimate(values));
    expect(first.mean).toBeCloseTo(0.5);
    expect(first.low).toBeGreaterThan(0.2);
    expect(first.low).toBeLessThan(0.5);
    expect(first.high).toBeGreaterThan(0.5);
    expect(first.high).toBeLessThan(0.8);
  });

  it('has no width if all days are equal', () => {
    expect(estimate([0.25, 0.25])).toEqual({ mean: 0.25, low: 0.25, high: 0.25 });
  });

  it('covers a known mean in about 95% of cases', () => {
    const random = createRandom(1);
    const covered = Array.from({ length: 100 }, () => estimate(Array.from({ length: 30 }, random))).filter(
      ({ low, high }) => low <= 0.5 && high >= 0.5,
    );
    expect(covered.length).toBeGreaterThan(85);
  });
});
