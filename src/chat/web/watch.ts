import type { Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { LiveState } from '../../core/site.ts';

/** Between two looks at what a page shows, in milliseconds; only while somebody has the page open. */
const lookMs = 500;

type WatchParts = {
  state(channel: string, date: string | undefined): Promise<LiveState | undefined>;
  clock: Clock;
  logger: Logger;
};

type Watch = {
  listeners: Set<(state: string) => void>;
  last: string;
  /** Never rejects. */
  look(): Promise<void>;
  stop: AbortController;
};

/** Tells open pages what changes on them. It looks into the stores, so that it sees what another process does too. */
export type Watches = {
  /** Calls the listener with the state as JSON now and at every change, until the returned function is called. */
  follow(channel: string, date: string | undefined, listener: (state: string) => void): () => void;
  /** Looks at once, for those who wait for what was just done here. Never rejects. */
  lookNow(): Promise<void>;
  /** How many pages are followed. */
  size(): number;
  close(): void;
};

export const createWatches = ({ state, clock, logger }: WatchParts): Watches => {
  const watches = new Map<string, Watch>();

  const begin = (key: string, channel: string, date: string | undefined): Watch => {
    const stop = new AbortController();
    // Looks may overlap; one that began before another that has told already tells nothing.
    let begun = 0;
    let told = 0;
    let failure = '';
    const watch: Watch = {
      listeners: new Set(),
      last: '',
      stop,
      async look() {
        begun += 1;
        const turn = begun;
        try {
          const seen = JSON.stringify((await state(channel, date)) ?? {});
          if (stop.signal.aborted || turn < told) return;
          told = turn;
          failure = '';
          if (seen === watch.last) return;
          watch.last = seen;
          for (const listener of watch.listeners) listener(seen);
        } catch (error) {
          const reason = errorText(error);
          if (!stop.signal.aborted && reason !== failure)
            logger.error({ channel, reason }, 'page could not be followed');
          failure = reason;
        }
      },
    };
    const keepLooking = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await watch.look();
        await clock.sleep(lookMs, stop.signal).catch(() => {});
      }
    };
    watches.set(key, watch);
    keepLooking();
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
    async lookNow() {
      await Promise.all([...watches.values()].map((watch) => watch.look()));
    },
    size: () => [...watches.values()].reduce((sum, { listeners }) => sum + listeners.size, 0),
    close() {
      for (const { stop } of watches.values()) stop.abort();
      watches.clear();
    },
  };
};
