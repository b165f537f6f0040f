import type { Clock } from '../../core/clock.ts';

/** The pause that a server asked for, which all calls of a run wait for. */
export const createServerPause = (clock: Pick<Clock, 'monotonic' | 'sleep'>) => {
  let until = 0;
  return {
    extend: (ms: number): void => {
      until = Math.max(until, clock.monotonic() + ms);
    },
    over: async (signal: AbortSignal): Promise<void> => {
      for (let leftMs = until - clock.monotonic(); leftMs > 0; leftMs = until - clock.monotonic())
        await clock.sleep(leftMs, signal);
      signal.throwIfAborted();
    },
  };
};
