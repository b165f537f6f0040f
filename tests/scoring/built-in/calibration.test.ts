import { describe, expect, it } from 'vitest';
import { calibrate, type Raw } from '../../../src/scoring/built-in/calibration.ts';
import { createSequence } from './papers.ts';

const rawDay = (count: number, seed = 7): Raw[] => {
  const next = createSequence(seed);
  return Array.from({ length: count }, () => ({ relevance: next() * 3 - 1, novelty: next(), matched: next() < 0.9 }));
};

const pickedShare = (day: readonly Raw[], [relevance, novelty]: readonly [number, number], rate: number): number => {
  const onScale = calibrate(day, { relevance, novelty }, rate);
  const picked = day.filter((paper) => {
    const score = onScale(paper);
    return score.relevance >= relevance && score.novelty >= novelty;
  });
  return picked.length / day.length;
};

const cutoffs = [
  [7, 6],
  [8, 7],
  [2, 2],
  [10, 10],
  [5, 1],
  [1, 5],
] as const;

describe('calibrate', () => {
  it.each(cutoffs)('picks about the pick rate at cutoffs %i and %i', (relevance, novelty) => {
    const rates = relevance === 1 ? [0.02, 0.08, 0.3] : [0.02, 0.08, 0.3, 0.6];
    for (const rate of rates) {
      const share = pickedShare(rawDay(600), [relevance, novelty], rate);
      // With a relevance cutoff of 1, papers without a match may pass.
      expect(Math.abs(share - rate)).toBeLessThan(0.005);
    }
  });

  it('picks every paper at cutoffs of 1', () => {
    expect(pickedShare(rawDay(50), [1, 1], 0.08)).toBe(1);
  });

  it.each(cutoffs)(
    'returns whole numbers from 1 to 10 that rise with the value, at %i and %i',
    (relevance, novelty) => {
      const day = rawDay(300);
      const onScale = calibrate(day, { relevance, novelty }, 0.08);
      const byRelevance = day.filter((paper) => paper.matched).toSorted((a, b) => a.relevance - b.relevance);
      const byNovelty = day.toSorted((a, b) => a.novelty - b.novelty);
      const relevances = byRelevance.map((paper) => onScale(paper).relevance);
      const novelties = byNovelty.map((paper) => onScale(paper).novelty);
      for (const levels of [relevances, novelties]) {
        expect(levels).toEqual(levels.toSorted((a, b) => a - b));
        expect(levels.filter((level) => !Number.isInteger(level) || level < 1 || level > 10)).toEqual([]);
      }
    },
  );

  it('uses the whole scale, with the highest scores the rarest', () => {
    const day = rawDay(600);
    const onScale = calibrate(day, { relevance: 7, novelty: 6 }, 0.1);
    const counts = Array.from({ length: 10 }, (_, at) => day.filter((p) => onScale(p).relevance === at + 1).length);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(counts[9]).toBeLessThan(counts[6] ?? 0);
  });

  it('never picks a paper without a match', () => {
    const day = rawDay(200);
    const score = calibrate(day, { relevance: 7, novelty: 6 }, 0.5)({ relevance: 99, novelty: 1, matched: false });
    expect(score.relevance).toBe(6);
  });

  it('gives equal papers equal scores', () => {
    const same: Raw = { relevance: 0.5, novelty: 0.5, matched: true };
    const onScale = calibrate([same, same, same, same], { relevance: 7, novelty: 6 }, 0.25);
    expect(onScale(same)).toEqual(onScale({ ...same }));
  });

  it.each([1, 2, 5])('picks the best one of %i papers, if it matches', (count) => {
    const day = Array.from({ length: count }, (_, at): Raw => ({ relevance: at, novelty: at, matched: true }));
    expect(pickedShare(day, [7, 6], 0.08) * count).toBe(1);
    expect(
      pickedShare(
        day.map((paper) => ({ ...paper, matched: false })),
        [7, 6],
        0.08,
      ),
    ).toBe(0);
  });

  it('picks none at a rate of 0 and accepts an empty day', () => {
    expect(pickedShare(rawDay(100), [7, 6], 0)).toBe(0);
    expect(() =>
      calibrate([], { relevance: 7, novelty: 6 }, 0.08)({ relevance: 1, novelty: 1, matched: true }),
    ).not.toThrow();
  });
});
