import type { Clock } from '../../core/clock.ts';

/** Discord takes one identify in five seconds: https://docs.discord.com/developers/events/gateway#rate-limiting */
const gap = 5_000;
/** Longest wait between two, in milliseconds: far below the 1,000 that a day allows. */
const longest = 300_000;
/** On this machine nothing is limited, yet nothing is to be asked without end. */
const localGap = 20;

type Parts = {
  isLocal: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** When the last session was ready, in the clock's monotonic milliseconds. */
  readyAt(): number;
  /** A session that held for so many milliseconds was a good one. */
  goodAfter: number;
};

/**
 * Paces the identifies, each of which begins a new session: the first at once, then ever more seldom until a session has
 * held. The library's own pace stays the same however often Discord refuses, and Discord resets the token of a bot that
 * begins more than 1,000 sessions a day.
 */
export const createIdentifyPace = ({ isLocal, clock, signal, readyAt, goodAfter }: Parts) => {
  const shortest = isLocal ? localGap : gap;
  let last = Number.NEGATIVE_INFINITY;
  let inVain = 0;
  return {
    async waitForIdentify(_shard: number, closed: AbortSignal): Promise<void> {
      const now = clock.monotonic();
      if (readyAt() >= last && now - readyAt() > goodAfter) inVain = 0;
      const wait = Math.min(longest, shortest * 2 ** Math.max(0, inVain - 1));
      const left = Math.max(0, last + wait - now);
      if (left > 0) await clock.sleep(left, AbortSignal.any([closed, signal]));
      inVain += 1;
      last = clock.monotonic();
    },
  };
};
