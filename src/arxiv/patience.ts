import type { Clock } from '../core/clock.ts';

/**
 * Milliseconds that all requests together may lose to failures, because a run holds its channel's lease meanwhile. The
 * attempt that exceeds it is the last, so three attempts that hang take three minutes.
 */
const maxLostMs = 150_000;

/** After so many milliseconds, earlier losses no longer count. The next attempt at a run comes after ten minutes. */
const forgetMs = 540_000;

/** Time limit of the only attempt that a request gets afterwards, in milliseconds. */
const spentTimeoutMs = 10_000;

/** How long requests may go on failing. */
export type Patience = {
  isSpent(): boolean;
  /** Time limit of the next attempt, in milliseconds. */
  timeoutMs(): number;
  lost(ms: number): void;
};

/** @param timeoutMs Time limit of an attempt. */
export const createPatience = (timeoutMs: number, clock: Pick<Clock, 'realNow'>): Patience => {
  let lostMs = 0;
  let since = Number.NEGATIVE_INFINITY;
  const isSpent = (): boolean => lostMs >= maxLostMs && Math.abs(clock.realNow() - since) < forgetMs;
  return {
    isSpent,
    timeoutMs: () => (isSpent() ? Math.min(timeoutMs, spentTimeoutMs) : timeoutMs),
    lost(ms) {
      if (Math.abs(clock.realNow() - since) >= forgetMs) [lostMs, since] = [0, clock.realNow()];
      lostMs += ms;
    },
  };
};
