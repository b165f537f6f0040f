import { beforeEach, describe, expect, it } from 'vitest';
import { createLimiter } from '../../../tools/bench/model/limits.ts';

let now = 0;
beforeEach(() => {
  now = 0;
});

describe("a provider's limits", () => {
  it('refuse tokens beyond the limit until the bucket has refilled, and say when', () => {
    const limiter = createLimiter({ tokensPerMinute: 60_000, parallel: 10 }, () => now);
    expect(limiter.admit(50_000)).toMatchObject({
      isAdmitted: true,
      headers: { 'x-ratelimit-limit-tokens': '60000', 'x-ratelimit-remaining-tokens': '10000' },
    });
    const { isAdmitted, headers } = limiter.admit(12_500);
    expect(isAdmitted).toBe(false);
    expect(headers).toMatchObject({ 'retry-after': '3', 'retry-after-ms': '2500' });
    expect(headers['x-ratelimit-reset-tokens']).toBe('50.000s');
    now = 2_500;
    expect(limiter.admit(12_500).isAdmitted).toBe(true);
  });

  it('refuse calls beyond those that may be open at once', () => {
    const limiter = createLimiter({ tokensPerMinute: 60_000, parallel: 2 }, () => now);
    expect([1, 2, 3].map(() => limiter.admit(10).isAdmitted)).toEqual([true, true, false]);
    limiter.ended();
    expect(limiter.admit(10).isAdmitted).toBe(true);
  });
});
