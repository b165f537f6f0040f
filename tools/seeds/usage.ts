import type { TokenCount } from '../../src/core/price.ts';
import type { DayPage } from './page.ts';

/** What OpenAI asked for gpt-4o when the pages were made, in US dollars per million tokens. */
const price = { prompt: 2.5, cached: 1.25, completion: 10 };

/** OpenAI caches prompts in steps of so many tokens. */
const cacheStep = 128;

/** US dollars rounded to cents. */
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
 * The tokens with which a page comes to its cost. It does not show which of them were cached; some pages cost less than
 * without any, so that the fewest that make it up are taken.
 *
 * @throws Error where no number of cached tokens makes it up.
 */
export const usageOf = ({ tokens, cost }: Pick<DayPage, 'tokens' | 'cost'>): TokenCount => {
  const { prompt, completion } = tokens;
  for (let cached = 0; cached <= prompt; cached += cacheStep) {
    const reckoned = costOf({ prompt, cached, completion });
    if (reckoned.prompt === cost.prompt && reckoned.completion === cost.completion && reckoned.total === cost.total)
      return { prompt, cached, completion };
  }
  throw new Error(`the tokens do not come to a cost of $${cost.total}`);
};
