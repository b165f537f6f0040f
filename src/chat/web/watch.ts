import type { Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { LiveState } from '../../core/site.ts';

const checkMs = 500;

type WatchParts = {
  state(channel: string, date: string | undefined): Promise<LiveState | undefined>;
  clock: Clock;
  logger: Logger;
};

type Watch = {
  listeners: Set<(state: string) => void>;
  last: string;
  check(): Promise<void>;
  stop: AbortController;
};

/** Sends changes to open pages. Reads the stores, so that it includes changes by other processes. */
export type Watches = {
  /** Calls the listener with the state as JSON, now and after every change. @returns a function that unsubscribes. */
  follow(channel: string, date: string | undefined, listener: (state: string) => void): () => void;
  /** Checks at once, after a change by this process. Never rejects. */
  checkNow(): Promise<void>;
  size(): number;
  close(): void;
};

export const createWatches = ({ state, clock, logger }: WatchParts): Watches => {
  const watches = new Map<string, Watch>();

  const begin = (key: string, channel: string, date: string | undefined): Watch => {
    const stop = new AbortController();
    // Checks may overlap. The result of one is dropped if a later one has finished before it.
    let begun = 0;
    let reported = 0;
    let failure = '';
    const watch: Watch = {
      listeners: new Set(),
      last: '',
      stop,
      async check() {
        begun += 1;
        const turn = begun;
        try {
          const seen = JSON.stringify((await state(channel, date)) ?? {});
          if (stop.signal.aborted || turn < reported) return;
          reported = turn;
          failure = '';
          if (seen === watch.last) return;
          watch.last = seen;
          for (const listener of watch.listeners) listener(seen);
        } catch (error) {
          const reason = errorText(error);
          if (!stop.signal.aborted && reason !== failure) logger.error({ channel, reason }, 'live page failed');
          failure = reason;
        }
      },
    };
    const keepChecking = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await watch.check();
        await clock.sleep(checkMs, stop.signal).catch(() => {});
      }
    };
    watches.set(key, watch);
    keepChecking();
    return watch;
  };

  return {
    follow(channel, date, listener) {
      const key = JSON.stringify([channel, date]);
      const watch = watches.get(key) ?? begin(key, channel, date);
      watch.listeners.add(listener);
      if (watch.last !== '') listener(watch.last);
      return () => {
        watch.listeners.delete(listener);
        if (watch.listeners.size > 0) return;
        watch.stop.abort();
        if (watches.get(key) === watch) watches.delete(key);
      };
    },
    async checkNow() {
      await Promise.all([...watches.values()].map((watch) => watch.check()));
    },
    size: () => [...watches.values()].reduce((sum, { listeners }) => sum + listeners.size, 0),
    close() {
      for (const { stop } of watches.values()) stop.abort();
      watches.clear();
    },
  };
};
