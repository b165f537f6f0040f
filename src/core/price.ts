/** US dollars per million tokens. */
export type Price = {
  prompt: number;
  cachedPrompt: number;
  completion: number;
  /** URL of the page that publishes the price, and a day on which it was in force. */
  source: string;
  date: string;
};

/** Tokens of one model call, as the provider counted them. `cached` is a part of `prompt`. */
export type TokenCount = { prompt: number; cached: number; completion: number };

export type Usage = {
  promptTokens: number;
  /** The part of `promptTokens` that the provider had in its cache. */
  cachedTokens: number;
  completionTokens: number;
  /** US dollars; undefined if a price is unknown. */
  costUsd: number | undefined;
};

export const costOf = (tokens: TokenCount, price: Price): { prompt: number; completion: number } => {
  const cached = Math.min(tokens.cached, tokens.prompt);
  return {
    prompt: ((tokens.prompt - cached) * price.prompt + cached * price.cachedPrompt) / 1e6,
    completion: (tokens.completion * price.completion) / 1e6,
  };
};

/** The sum of usages; its cost is unknown if the cost of any of them is. */
export const sumUsages = (usages: readonly Usage[]): Usage => {
  const sum = (of: (usage: Usage) => number): number => usages.reduce((total, usage) => total + of(usage), 0);
  const isPriced = usages.every(({ costUsd }) => costUsd !== undefined);
  return {
    promptTokens: sum(({ promptTokens }) => promptTokens),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
    costUsd: isPriced ? sum(({ costUsd }) => costUsd ?? 0) : undefined,
  };
};

export const totalTokens = ({ promptTokens, completionTokens }: Usage): number => promptTokens + completionTokens;

/** US dollars with as many digits as a small sum needs: "$0.0312", "$1.20". */
export const dollars = (usd: number): string => `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
