import type { TokenCount } from '../../src/core/score.ts';
import type { DayPage } from './page.ts';

/** OpenAI's price for gpt-4o when the pages were made, in US dollars per million tokens. */
const price = { prompt: 2.5, cached: 1.25, completion: 10 };

const cacheStep = 128;

export const toCents = (usd: number): number => Math.round(usd * 100) / 100;

const costOf = ({ prompt, cached, completion }: TokenCount): DayPage['cost'] => {
  const dollars = {
    prompt: ((prompt - cached) * price.prompt + cached * price.cached) / 1e6,
    completion: (completion * price.completion) / 1e6,
  };
  return {
    prompt: toCents(dollars.prompt),
    completion: toCents(dollars.completion),
    total: toCents(dollars.prompt + dollars.completion),
  };
};

/**
 * The tokens of a page, with the lowest number of cached ones that matches its cost. Pages do not show cached tokens.
 * @throws Error if no number of cached tokens matches.
 */
export const usageOf = ({ tokens, cost }: Pick<DayPage, 'tokens' | 'cost'>): TokenCount => {
  const { prompt, completion } = tokens;
  for (let cached = 0; cached <= prompt; cached += cacheStep) {
    const computed = costOf({ prompt, cached, completion });
    if (computed.prompt === cost.prompt && computed.completion === cost.completion && computed.total === cost.total)
      return { prompt, cached, completion };
  }
  throw new Error(`the tokens do not match a cost of $${cost.total}`);
};
