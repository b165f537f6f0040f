import { describe, expect, it } from 'vitest';
import { leftOut, notOfClass, ofClass } from '../../../src/scoring/built-in/regression.ts';
import { bestExamples, counterExamplesOf, nearestExamples } from '../../../src/scoring/built-in/relevance.ts';

const rising = Float32Array.from({ length: 100 }, (_, row) => row + 1);
const falling = rising.toReversed();
const none = new Float32Array(100);

const rowsOf = (labels: Uint8Array, wanted: number): number[] =>
  [...labels.keys()].filter((row) => labels[row] === wanted);
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('examples', () => {
  it('are the nearest papers to all topics and to each, with the next best left out', () => {
    const labels = nearestExamples(rising, [falling], none);
    expect(rowsOf(labels, ofClass)).toEqual([0, 1, ...range(95, 99)]);
    expect(rowsOf(labels, leftOut)).toEqual(range(70, 94));
    expect(rowsOf(labels, notOfClass)).toEqual(range(2, 69));
  });

  it('depend on the kind of work, but always have a word of the topics', () => {
    const near = Float32Array.from(rising, (value) => (value > 50 ? 0.01 * value : 0));
    const labels = nearestExamples(near, [], falling);
    expect(rowsOf(labels, ofClass)).toEqual(range(50, 54));
  });

  it('of the second classifier are the best tenth, with the next best left out', () => {
    const labels = bestExamples(rising);
    expect(rowsOf(labels, ofClass)).toEqual(range(90, 99));
    expect(rowsOf(labels, leftOut)).toEqual(range(70, 89));
  });

  it('of applications are never examples of relevant papers', () => {
    const labels = counterExamplesOf(rising, nearestExamples(rising, [], none));
    expect(rowsOf(labels, ofClass)).toEqual(range(85, 94));
    expect(rowsOf(labels, leftOut)).toEqual([]);
  });
});
