import { describe, expect, it } from 'vitest';
import { usageOf } from '../../../tools/seeds/usage.ts';

const tokens = { prompt: 40_000, completion: 5_000, total: 45_000 };

describe('the tokens that a page comes to its cost with', () => {
  it('are those that it shows, none of them cached, where that is their price', () => {
    const cost = { prompt: 0.1, completion: 0.05, total: 0.15 };
    expect(usageOf({ tokens, cost })).toEqual({ prompt: 40_000, cached: 0, completion: 5_000 });
  });

  it('are the fewest cached ones, in steps of 128, where it costs less', () => {
    const cost = { prompt: 0.09, completion: 0.05, total: 0.14 };
    // 0.1 - cached * 1.25e-6 is below 0.095 from 4,000 on.
    expect(usageOf({ tokens, cost }).cached).toBe(32 * 128);
  });

  it('do not exist where it costs more than all of them', () => {
    const cost = { prompt: 0.2, completion: 0.05, total: 0.25 };
    expect(() => usageOf({ tokens, cost })).toThrow('the tokens do not come to a cost of $0.25');
  });
});
