import type { ModelUsage } from '../../src/core/digest.ts';
import type { Price, Usage } from '../../src/core/score.ts';

/** Sums over calls, and how many of the calls have no cost. */
export type UsageSums = Record<'promptTokens' | 'cachedTokens' | 'completionTokens' | 'costUsd' | 'unpriced', number>;

export const noUsage: UsageSums = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0, unpriced: 0 };

export const usageOf = ({ unpriced, costUsd, ...tokens }: UsageSums): Usage => {
  return { ...tokens, costUsd: unpriced > 0 ? undefined : costUsd };
};

type ModelRow = UsageSums & { channel: string; model: string; price: Price | null; calls: number };

export const modelUsageOf = ({ channel, model, price, calls, ...sums }: ModelRow): ModelUsage => {
  return { channel, model, price: price ?? undefined, calls, usage: usageOf(sums) };
};
