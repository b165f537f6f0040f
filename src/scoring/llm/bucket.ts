import type { RateLimit } from '../../core/call-limiter.ts';

/** Servers count a little differently, so this share of a limit is used. */
const safeShare = 0.98;

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A server may count a call a little later than it was sent. */
const marginMs = 1_000;

/** Shares of a limit, and times until it resets, that are too small to show how it refills. */
const minUsedShare = 0.005;
const minResetMs = 20;

type Entry = { at: number; amount: number };

/** Times in milliseconds of the same clock. */
export type Bucket = {
  limit(): number | undefined;
  /** Milliseconds until so much may be taken; 0 for now. */
  waitMs(amount: number, now: number): number;
  /** @returns a function that replaces the amount by the real one */
  take(amount: number, now: number): (real: number) => void;
  learn(told: RateLimit, now: number): void;
};

/**
 * Keeps requests or tokens under the limit that a server's headers name. Until they name one, everything may be taken.
 *
 * Most servers refill continuously, and `reset` is the time until the limit is full again. The share that is used then
 * shows the period: a minute, or a day. If it fits neither, the server counts calls in a window of a minute, and nothing
 * comes back before `reset`. What it says is only believed if it is less than what is counted here, because it may be
 * older than calls that were made since; others may use the same key.
 */
export const createBucket = (): Bucket => {
  let limit: number | undefined;
  let periodMs = minuteMs;
  let isWindow = false;
  let log: Entry[] = [];
  let debt = 0;
  let debtAt = 0;
  /** What the server has left until `at`, if it counts in a window. */
  let left = { amount: Number.POSITIVE_INFINITY, until: 0 };

  const forget = (now: number): void => {
    const since = now - minuteMs - marginMs;
    if ((log[0]?.at ?? now) <= since) log = log.filter(({ at }) => at > since);
  };

  const settle = (now: number): void => {
    if (limit !== undefined) debt = Math.max(0, debt - ((now - debtAt) * limit) / periodMs);
    debtAt = now;
  };

  const recent = (): number => log.reduce((sum, { amount }) => sum + amount, 0);

  const windowWait = (amount: number, usable: number, now: number): number => {
    let [spare, at] = [usable - recent() - amount, now];
    for (const entry of log) {
      if (spare >= 0) break;
      spare += entry.amount;
      at = entry.at + minuteMs + marginMs;
    }
    return Math.max(0, at - now, left.amount < amount ? left.until - now : 0);
  };

  const learnPeriod = (total: number, { remaining = total, resetMs = 0 }: RateLimit): void => {
    const used = total - remaining;
    if (isWindow || used < total * minUsedShare || resetMs < minResetMs) return;
    const implied = (resetMs * total) / used;
    const isAbout = (period: number): boolean => implied > period / 2 && implied < period * 2;
    if (isAbout(minuteMs)) periodMs = minuteMs;
    else if (isAbout(dayMs)) periodMs = dayMs;
    else isWindow = true;
  };

  return {
    limit: () => limit,
    waitMs: (wanted, now) => {
      if (limit === undefined) return 0;
      forget(now);
      settle(now);
      const usable = limit * safeShare;
      const amount = Math.min(wanted, usable);
      if (isWindow) return windowWait(amount, usable, now);
      return Math.max(0, ((amount + debt - usable) * periodMs) / limit);
    },
    take: (amount, now) => {
      forget(now);
      settle(now);
      const entry = { at: now, amount };
      log.push(entry);
      debt += amount;
      left.amount -= amount;
      return (real) => {
        debt = Math.max(0, debt + real - entry.amount);
        entry.amount = real;
      };
    },
    learn: (told, now) => {
      if (told.limit === undefined) return;
      forget(now);
      if (limit === undefined) [debt, debtAt] = [recent(), now];
      settle(now);
      limit = told.limit;
      learnPeriod(limit, told);
      const { remaining, resetMs = 0 } = told;
      if (remaining === undefined) return;
      debt = Math.max(debt, limit - remaining);
      left = { amount: remaining, until: now + resetMs };
    },
  };
};
