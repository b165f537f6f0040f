import { describe, expect, it } from 'vitest';
import { matchLimitsOf } from '../../../src/daily/draft/select.ts';

describe('the limits of the built-in scorer', () => {
  it('lets half as many papers again reach the floor on a usual day', () => {
    expect(matchLimitsOf({ papersPerDay: 10 }, 383)).toEqual({ papers: 10, floor: 96 });
    expect(matchLimitsOf({ papersPerDay: 3 }, 100)).toEqual({ papers: 3, floor: 95 });
  });

  it('picks in proportion to the share of the built-in scorer, with the same floor', () => {
    expect(matchLimitsOf({ papersPerDay: 10 }, 600, 6 / 600)).toEqual({ papers: 1, floor: 97 });
    expect(matchLimitsOf({ papersPerDay: 10 }, 600, 0.25)).toEqual({ papers: 3, floor: 97 });
    expect(matchLimitsOf({ papersPerDay: 10 }, 600, 0)).toMatchObject({ papers: 0 });
  });

  it('keeps a decimal of a high floor', () => {
    expect(matchLimitsOf({ papersPerDay: 3 }, 1000)).toEqual({ papers: 3, floor: 99.5 });
  });

  it('lets at most 30% of few papers pass', () => {
    expect(matchLimitsOf({ papersPerDay: 10 }, 12)).toEqual({ papers: 10, floor: 70 });
    expect(matchLimitsOf({ papersPerDay: 10 }, 0)).toEqual({ papers: 10, floor: 70 });
  });
});
