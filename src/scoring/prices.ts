import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { costOf, type Price, type TokenCount, type Usage } from '../core/price.ts';

const pricesFile = join(import.meta.dirname, '..', '..', 'config', 'prices.json');

const price = z.object({
  prompt: z.number().nonnegative(),
  cachedPrompt: z.number().nonnegative(),
  completion: z.number().nonnegative(),
  source: z.url(),
  date: z.iso.date(),
});

const priceFile = z.object({ models: z.record(z.string(), price) });

export type PriceTable = {
  /** A dated snapshot such as `gpt-4o-2024-08-06` has its model's price, unless it is listed itself. */
  of(model: string): Price | undefined;
};

export const parsePrices = (json: unknown, file = 'prices.json'): PriceTable => {
  const parsed = priceFile.safeParse(json);
  if (!parsed.success) throw new UserError(`${file} is invalid. Correct it: ${z.prettifyError(parsed.error)}`);
  const models = new Map(Object.entries(parsed.data.models));
  return { of: (model) => models.get(model) ?? models.get(model.replace(/-\d{4}-\d{2}-\d{2}$/, '')) };
};

/** @throws UserError if config/prices.json is invalid. */
export const readPrices = async (): Promise<PriceTable> => parsePrices(JSON.parse(await readFile(pricesFile, 'utf8')));

export const costUsd = (tokens: TokenCount, price: Price): number => {
  const { prompt, completion } = costOf(tokens, price);
  return prompt + completion;
};

export const usageOf = (tokens: TokenCount, price: Price | undefined): Usage => ({
  promptTokens: tokens.prompt,
  cachedTokens: Math.min(tokens.cached, tokens.prompt),
  completionTokens: tokens.completion,
  costUsd: price && costUsd(tokens, price),
});
