import { describe, expect, it } from 'vitest';
import { createPrefixCache } from '../../../tools/bench/model/prefix-cache.ts';

const tokens = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);

describe('the cache of prompts', () => {
  it('has nothing before a call, and no prompt of fewer than 1,024 tokens', () => {
    const cache = createPrefixCache();
    expect(cache.cached('m', tokens(2_000))).toBe(0);
    cache.add('m', tokens(1_023));
    expect(cache.cached('m', tokens(1_023))).toBe(0);
    cache.add('m', tokens(1_024));
    expect(cache.cached('m', tokens(2_000))).toBe(1_024);
  });

  it('counts the longest shared prefix in steps of 128', () => {
    const cache = createPrefixCache();
    cache.add('m', [...tokens(1_300), ...tokens(700, 10_000)]);
    expect(cache.cached('m', [...tokens(1_300), ...tokens(700, 20_000)])).toBe(1_280);
    expect(cache.cached('m', [...tokens(1_100), ...tokens(900, 20_000)])).toBe(1_024);
    expect(cache.cached('m', tokens(900))).toBe(0);
    expect(cache.cached('m', [...tokens(1_300), ...tokens(700, 10_000)])).toBe(1_920);
  });

  it('shares nothing between models and forgets on request', () => {
    const cache = createPrefixCache();
    cache.add('m', tokens(1_500));
    expect(cache.cached('other', tokens(1_500))).toBe(0);
    expect(cache.cached('m', tokens(1_500))).toBe(1_408);
    cache.clear();
    expect(cache.cached('m', tokens(1_500))).toBe(0);
  });
});
