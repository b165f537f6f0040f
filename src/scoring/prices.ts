import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { costOf, type Price, type TokenCount } from '../core/price.ts';
import type { Usage } from '../core/score.ts';

const price = z.object({
  prompt: z.number().nonnegative(),
  cachedPrompt: z.number().nonnegative(),
  completion: z.number().nonnegative(),
  /** Where the price is published, and a day on which it was in force. */
  source: z.url(),
  date: z.iso.date(),
});

const priceFile = z.object({ models: z.record(z.string(), price) });

export type PriceTable = {
  /** The price of a model; a dated snapshot such as `gpt-4o-2024-08-06` has its model's, unless it is listed itself. */
  of(model: string): Price | undefined;
};

/** A price table from the parsed JSON of a prices file. @throws UserError naming what is wrong in it. */
export const parsePrices = (json: unknown, file = 'prices.json'): PriceTable => {
  const parsed = priceFile.safeParse(json);
  if (!parsed.success) throw new UserError(`${file} cannot be used. Correct it: ${z.prettifyError(parsed.error)}`);
  const models = new Map(Object.entries(parsed.data.models));
  return { of: (model) => models.get(model) ?? models.get(model.replace(/-\d{4}-\d{2}-\d{2}$/, '')) };
};

/** US dollars that a call with these tokens costs. */
export const costUsd = (tokens: TokenCount, price: Price): number => {
  const { prompt, completion } = costOf(tokens, price);
  return prompt + completion;
};

/** Tokens and cost of a call; the cost is undefined where the price is unknown. */
export const usageOf = (tokens: TokenCount, price: Price | undefined): Usage => ({
  promptTokens: tokens.prompt,
  cachedTokens: Math.min(tokens.cached, tokens.prompt),
  completionTokens: tokens.completion,
  costUsd: price && costUsd(tokens, price),
});
