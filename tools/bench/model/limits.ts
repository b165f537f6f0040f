/** A provider's limits of one key. */
export type Limits = { tokensPerMinute: number; parallel: number };

type Admission = { isAdmitted: boolean; headers: Record<string, string> };

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)}s`;

/**
 * Admits calls as providers do: at most `parallel` at once, and tokens from a bucket that refills evenly to the limit
 * within a minute. Every answer reports the state of the bucket in `x-ratelimit-*` headers, and a refusal says when to
 * return.
 * @param now Milliseconds.
 */
export const createLimiter = ({ tokensPerMinute, parallel }: Limits, now: () => number) => {
  const perMs = tokensPerMinute / 60_000;
  let left = tokensPerMinute;
  let at = now();
  let open = 0;

  const refill = (): void => {
    left = Math.min(tokensPerMinute, left + (now() - at) * perMs);
    at = now();
  };

  const state = (): Record<string, string> => ({
    'x-ratelimit-limit-tokens': String(tokensPerMinute),
    'x-ratelimit-remaining-tokens': String(Math.max(0, Math.floor(left))),
    'x-ratelimit-reset-tokens': seconds((tokensPerMinute - left) / perMs),
  });

  const refusal = (waitMs: number): Admission => ({
    isAdmitted: false,
    headers: {
      ...state(),
      'retry-after': String(Math.ceil(waitMs / 1_000)),
      'retry-after-ms': String(Math.ceil(waitMs)),
    },
  });

  return {
    /** @param tokens The tokens of the prompt and the answer. */
    admit(tokens: number): Admission {
      refill();
      if (open >= parallel) return refusal(1_000);
      if (tokens > left) return refusal(Math.min(60_000, (tokens - left) / perMs));
      left -= tokens;
      open += 1;
      return { isAdmitted: true, headers: state() };
    },
    ended(): void {
      open -= 1;
    },
  };
};
