import type { Clock } from '../../core/clock.ts';

/** Tries of a batch in a row without any answer, before it is put back behind the others. */
export const attemptsPerBatch = 5;

/** A server that asks for a longer pause than this is out for the day's run. */
export const maxPauseMs = 5 * 60_000;

const firstDelayMs = 1000;

/**
 * Waits between tries: 1, 2, 4, 8 seconds with a quarter of jitter either way. A pause that the server asked for holds
 * for every call to it, not only for the one that was told.
 */
export const createBackoff = (clock: Pick<Clock, 'monotonic' | 'sleep'>, random: () => number) => {
  let pausedUntil = 0;
  return {
    /** Waits until no pause is in force. @throws the signal's reason. */
    pauseOver: async (signal: AbortSignal): Promise<void> => {
      for (let left = pausedUntil - clock.monotonic(); left > 0; left = pausedUntil - clock.monotonic())
        await clock.sleep(left, signal);
      signal.throwIfAborted();
    },
    /** Waits after the given try (1 for the first) failed. @throws the signal's reason. */
    afterTry: async (tried: number, retryAfterMs: number | undefined, signal: AbortSignal): Promise<void> => {
      const delay = firstDelayMs * 2 ** (tried - 1) * (0.75 + random() / 2);
      if (retryAfterMs === undefined) return clock.sleep(delay, signal);
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + retryAfterMs);
      await clock.sleep(Math.max(retryAfterMs, delay / 4), signal);
    },
  };
};
