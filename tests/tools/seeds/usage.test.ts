import { describe, expect, it } from 'vitest';
import { usageOf } from '../../../tools/seeds/usage.ts';

const tokens = { prompt: 40_000, completion: 5_000, total: 45_000 };

describe("the tokens behind a page's cost", () => {
  it('are those on the page, with none cached, if that matches the cost', () => {
    const cost = { prompt: 0.1, completion: 0.05, total: 0.15 };
    expect(usageOf({ tokens, cost })).toEqual({ prompt: 40_000, cached: 0, completion: 5_000 });
  });

  it('include the fewest cached tokens, in steps of 128, if the cost is lower', () => {
    const cost = { prompt: 0.09, completion: 0.05, total: 0.14 };
    // 0.1 - cached * 1.25e-6 is below 0.095 from 4,000 on.
    expect(usageOf({ tokens, cost }).cached).toBe(32 * 128);
  });

  it('do not exist if the cost is higher than without a cache', () => {
    const cost = { prompt: 0.2, completion: 0.05, total: 0.25 };
    expect(() => usageOf({ tokens, cost })).toThrow('the tokens do not match a cost of $0.25');
  });
});
