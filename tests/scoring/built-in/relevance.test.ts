import { describe, expect, it } from 'vitest';
import { leftOut, notOfClass, ofClass } from '../../../src/scoring/built-in/regression.ts';
import {
  bestExamples,
  counterExamplesOf,
  nearestExamples,
  sharesFor,
} from '../../../src/scoring/built-in/relevance.ts';

const rising = Float32Array.from({ length: 100 }, (_, row) => row + 1);
const falling = rising.toReversed();
const none = new Float32Array(100);
const shares = { all: 0.05, each: 0.02 };

const rowsOf = (labels: Uint8Array, wanted: number): number[] =>
  [...labels.keys()].filter((row) => labels[row] === wanted);
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('examples', () => {
  it('are the nearest papers to all topics and to each, with the next best left out', () => {
    const labels = nearestExamples(rising, [falling], none, shares);
    expect(rowsOf(labels, ofClass)).toEqual([0, 1, ...range(95, 99)]);
    expect(rowsOf(labels, leftOut)).toEqual(range(90, 94));
    expect(rowsOf(labels, notOfClass)).toEqual(range(2, 89));
  });

  it('depend on the kind of work, but always have a word of the topics', () => {
    const near = Float32Array.from(rising, (value) => (value > 50 ? 0.01 * value : 0));
    const labels = nearestExamples(near, [], falling, shares);
    expect(rowsOf(labels, ofClass)).toEqual(range(50, 54));
  });

  it('of the second classifier are the best so far, with the next best left out', () => {
    const labels = bestExamples(rising, 0.04);
    expect(rowsOf(labels, ofClass)).toEqual(range(96, 99));
    expect(rowsOf(labels, leftOut)).toEqual(range(90, 95));
  });

  it('of applications are never examples of relevant papers', () => {
    const labels = counterExamplesOf(rising, nearestExamples(rising, [], none, shares));
    expect(rowsOf(labels, ofClass)).toEqual(range(85, 94));
    expect(rowsOf(labels, leftOut)).toEqual([]);
  });

  it('are fewer for rare picks, and for each of many topics', () => {
    const [rare, usual, common] = [0, 0.08, 0.5].map((rate) => sharesFor(rate, 3));
    for (const name of ['all', 'each', 'best'] as const) {
      expect(rare?.[name]).toBeLessThan(usual?.[name] ?? 0);
      expect(usual?.[name]).toBeLessThan(common?.[name] ?? 0);
    }
    expect(common?.best).toBeCloseTo(0.1);
    expect(sharesFor(0.08, 30).each * 30).toBeLessThan(0.1);
  });
});
