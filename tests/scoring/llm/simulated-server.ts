import { setImmediate as turn } from 'node:timers/promises';
import type { CallPriority, RateLimits } from '../../../src/core/call-limiter.ts';
import { createCallLimiter, type LimiterOptions } from '../../../src/scoring/llm/limiter.ts';
import { createVirtualClock, type VirtualClock } from '../../fakes/virtual-clock.ts';

/** How a server treats calls. By default it answers any number of them at a time, each after eight seconds. */
export type ServerTraits = {
  /** Calls at a time; further ones are refused with `refusal`. */
  slots?: number;
  refusal?: number;
  /** Calls at a time; further ones wait for their turn. */
  lanes?: number;
  tokensPerMinute?: number;
  /** Whether the limit refills continuously or counts the calls of the last minute. */
  counts?: 'refill' | 'window';
  retryAfterMs?: number;
  /** How long a call takes, by the number of calls in flight. */
  callMs?: number | ((inFlight: number) => number);
  /** Refuses or hangs from the n-th call on. */
  fails?(call: number): 'refuse' | 'hang' | undefined;
};

const noLimits: RateLimits = { requests: {}, tokens: {} };

const createServer = (traits: ServerTraits, clock: VirtualClock) => {
  const { slots = Number.POSITIVE_INFINITY, refusal = 429, lanes = Number.POSITIVE_INFINITY } = traits;
  const { tokensPerMinute, counts = 'refill', callMs = 8_000, retryAfterMs } = traits;
  const msOf = (inFlight: number): number => (typeof callMs === 'number' ? callMs : callMs(inFlight));
  const free: number[] = [];
  let spent: { at: number; tokens: number }[] = [];
  let [debt, debtAt] = [0, 0];
  const seen = { refused: 0, answered: 0, maxInFlight: 0, inFlight: 0, calls: 0, at: [] as number[] };

  /** Undefined without a limit. */
  const left = (): { remaining: number; resetMs: number } | undefined => {
    if (tokensPerMinute === undefined) return undefined;
    const now = clock.monotonic();
    if (counts === 'window') {
      spent = spent.filter(({ at }) => at > now - 60_000);
      const used = spent.reduce((sum, { tokens }) => sum + tokens, 0);
      return { remaining: Math.max(0, tokensPerMinute - used), resetMs: spent[0] ? spent[0].at + 60_000 - now : 0 };
    }
    debt = Math.max(0, debt - ((now - debtAt) * tokensPerMinute) / 60_000);
    debtAt = now;
    return { remaining: Math.max(0, tokensPerMinute - debt), resetMs: (debt / tokensPerMinute) * 60_000 };
  };
  const limits = (): RateLimits => {
    const tokens = left();
    return tokens ? { requests: {}, tokens: { limit: tokensPerMinute, ...tokens } } : noLimits;
  };
  const take = (tokens: number): void => {
    left();
    debt += tokens;
    spent.push({ at: clock.monotonic(), tokens });
  };

  const ask = async (
    tokens: number,
  ): Promise<{ status: number; retryAfterMs: number | undefined; limits: RateLimits }> => {
    const call = seen.calls;
    seen.calls += 1;
    seen.at.push(clock.monotonic());
    const fault = traits.fails?.(call);
    const refuse = (wait = retryAfterMs) => {
      seen.refused += 1;
      return { status: refusal, retryAfterMs: wait, limits: limits() };
    };
    const room = left();
    if (fault === 'refuse' || seen.inFlight >= slots) return refuse();
    if (room && room.remaining < (counts === 'window' ? 1 : tokens)) return refuse(room.resetMs);
    take(tokens);
    seen.inFlight += 1;
    seen.maxInFlight = Math.max(seen.maxInFlight, seen.inFlight);
    const lane = free.length < lanes ? free.push(0) - 1 : free.indexOf(Math.min(...free));
    const end = Math.max(clock.monotonic(), free[lane] ?? 0) + (fault === 'hang' ? 1e9 : msOf(seen.inFlight));
    if (lanes < Number.POSITIVE_INFINITY) free[lane] = end;
    await clock.sleep(end - clock.monotonic());
    seen.inFlight -= 1;
    seen.answered += 1;
    return { status: 200, retryAfterMs: undefined, limits: limits() };
  };
  return { ask, seen };
};

export type SimulatedCall = {
  channel?: string;
  priority?: CallPriority;
  tokens?: number;
  signal?: AbortSignal;
};

/** A limiter in front of a simulated server, with simulated time. */
export const simulate = (traits: ServerTraits = {}, options: Partial<LimiterOptions> = {}) => {
  const clock = createVirtualClock();
  const limiter = createCallLimiter({ timeoutMs: 120_000, clock, ...options });
  const { ask, seen } = createServer(traits, clock);
  const order: string[] = [];
  const { signal: never } = new AbortController();

  /** Makes a call as the client does. @returns what became of it */
  const call = async ({ channel = 'a', priority = 'digest', tokens = 6_000, signal = never }: SimulatedCall = {}) => {
    for (;;) {
      const permit = await limiter.acquire({ channel, priority, tokens, signal });
      if ('denied' in permit) return permit.denied;
      order.push(channel);
      try {
        const answer = await Promise.race([ask(tokens), clock.sleep(120_000).then(() => undefined)]);
        if (!answer) {
          permit.ranOutOfTime();
          return 'timeout';
        }
        if (answer.status === 200) {
          permit.answered({ prompt: tokens - 600, cached: 0, completion: 600 }, answer.limits);
          return 'answered';
        }
        if (!permit.refused(answer)) return 'refused';
      } finally {
        permit.release();
      }
    }
  };

  const calls = (count: number, of: SimulatedCall = {}) => Promise.all(Array.from({ length: count }, () => call(of)));

  return { clock, limiter, server: seen, ask, order, call, calls, turn };
};
