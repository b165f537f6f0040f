/** US dollars per million tokens, with the page that publishes them and a day on which they were in force. */
export type Price = {
  prompt: number;
  /** Of the prompt's tokens that the provider had in its cache. */
  cachedPrompt: number;
  completion: number;
  /** Address of the page. */
  source: string;
  date: string;
};

/** Tokens of one model call, as the provider counted them. `cached` is a part of `prompt`. */
export type TokenCount = { prompt: number; cached: number; completion: number };

/** US dollars that these tokens cost, by what they were used for. */
export const costOf = (tokens: TokenCount, price: Price): { prompt: number; completion: number } => {
  const cached = Math.min(tokens.cached, tokens.prompt);
  return {
    prompt: ((tokens.prompt - cached) * price.prompt + cached * price.cachedPrompt) / 1e6,
    completion: (tokens.completion * price.completion) / 1e6,
  };
};

/** US dollars with as many digits as a small sum needs: "$0.0312", "$1.20". */
export const dollars = (usd: number): string => `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
