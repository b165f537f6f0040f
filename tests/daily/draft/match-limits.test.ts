import { describe, expect, it } from 'vitest';
import { matchLimitsOf } from '../../../src/daily/draft/match-limits.ts';

describe('the limits of the built-in scorer', () => {
  it('lets half as many papers again reach the floor on a usual day', () => {
    expect(matchLimitsOf({ papersPerDay: 10, top: 20 }, 383)).toEqual({ papersPerDay: 10, floor: 96 });
    expect(matchLimitsOf({ papersPerDay: 3, top: 20 }, 100)).toEqual({ papersPerDay: 3, floor: 95 });
  });

  it('keeps a decimal of a high floor', () => {
    expect(matchLimitsOf({ papersPerDay: 3, top: 20 }, 1000)).toEqual({ papersPerDay: 3, floor: 99.5 });
  });

  it('lets at most 30% of few papers pass, and never more papers than top', () => {
    expect(matchLimitsOf({ papersPerDay: 10, top: 20 }, 12)).toEqual({ papersPerDay: 10, floor: 70 });
    expect(matchLimitsOf({ papersPerDay: 10, top: 20 }, 0)).toEqual({ papersPerDay: 10, floor: 70 });
    expect(matchLimitsOf({ papersPerDay: 10, top: 2 }, 100)).toEqual({ papersPerDay: 2, floor: 97 });
  });
});
