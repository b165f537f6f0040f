import { describe, expect, it } from 'vitest';
import { sumUsages, totalTokens } from '../../src/core/score.ts';

describe('the sum of usages', () => {
  const one = { promptTokens: 100, cachedTokens: 50, completionTokens: 10, costUsd: 0.25 };

  it('adds tokens and costs', () => {
    const sum = sumUsages([one, one]);
    expect(sum).toEqual({ promptTokens: 200, cachedTokens: 100, completionTokens: 20, costUsd: 0.5 });
    expect(totalTokens(sum)).toBe(220);
  });

  it('has no cost if the cost of one is unknown', () => {
    expect(sumUsages([one, { ...one, costUsd: undefined }])).toMatchObject({ promptTokens: 200, costUsd: undefined });
  });

  it('is zero for no usage', () => {
    expect(sumUsages([])).toEqual({ promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 });
  });
});
