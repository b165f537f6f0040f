import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { LiveSite } from '../../core/site.ts';

const checkMs = 500;

/** Milliseconds to wait for each millisecond that checking took, so that open pages never take most of the CPU. */
const restFactor = 4;

type WatchParts = Pick<LiveSite, 'version' | 'state'> & { clock: Clock; logger: Logger };

type Watch = {
  channel: string;
  listeners: Set<(state: string) => void>;
  last: string;
  hasFailed(): boolean;
  check(): Promise<void>;
  stop: AbortController;
};

/**
 * Sends changes to open pages. One loop looks whether anything has changed, in this process or in the stores, and only
 * then reads the states of the open pages.
 */
export type Watches = {
  /** Calls the listener with the state as JSON, now and after every change. @returns a function that unsubscribes. */
  follow(channel: string, date: string | undefined, listener: (state: string) => void): () => void;
  /** Checks the pages of a channel at once, after a change by this process. Never rejects. */
  checkNow(channel: string): Promise<void>;
  size(): number;
  close(): void;
};

export const createWatches = ({ version, state, clock, logger }: WatchParts): Watches => {
  const watches = new Map<string, Watch>();
  let looking: { stop: AbortController; version: Promise<number> } | undefined;

  const begin = (key: string, channel: string, date: string | undefined, after: Promise<unknown>): Watch => {
    const stop = new AbortController();
    // Checks may overlap. The result of one is dropped if a later one has finished before it.
    let begun = 0;
    let reported = 0;
    let failure = '';
    const watch: Watch = {
      ...{ channel, stop, listeners: new Set(), last: '' },
      hasFailed: () => failure !== '',
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
    watches.set(key, watch);
    after.then(watch.check);
    return watch;
  };

  const stopLooking = (): void => {
    looking?.stop.abort();
    looking = undefined;
  };

  /** If the version cannot be read, neither can the states, which say why. */
  const versionNow = (): Promise<number> => version().catch(() => Number.NaN);

  const keepLooking = async (first: Promise<number>, signal: AbortSignal): Promise<void> => {
    let [seen, took] = [await first, 0];
    while (!signal.aborted) {
      await clock.sleep(Math.max(checkMs, restFactor * took), signal).catch(() => {});
      const began = clock.monotonic();
      // Read before the states, so that a change meanwhile counts as later.
      const now = await versionNow();
      for (const watch of watches.values()) {
        if (now === seen && !watch.hasFailed()) continue;
        await watch.check();
        await nextTurn();
      }
      [seen, took] = [now, clock.monotonic() - began];
    }
  };

  return {
    follow(channel, date, listener) {
      const key = JSON.stringify([channel, date]);
      if (!looking) {
        looking = { stop: new AbortController(), version: versionNow() };
        keepLooking(looking.version, looking.stop.signal);
      }
      // Read before the state, so that a change meanwhile counts as later.
      const watch = watches.get(key) ?? begin(key, channel, date, looking.version);
      watch.listeners.add(listener);
      if (watch.last !== '') listener(watch.last);
      return () => {
        watch.listeners.delete(listener);
        if (watch.listeners.size > 0) return;
        watch.stop.abort();
        if (watches.get(key) === watch) watches.delete(key);
        if (watches.size === 0) stopLooking();
      };
    },
    async checkNow(channel) {
      const open = [...watches.values()].filter((watch) => watch.channel === channel);
      await Promise.all(open.map((watch) => watch.check()));
    },
    size: () => [...watches.values()].reduce((sum, { listeners }) => sum + listeners.size, 0),
    close() {
      for (const { stop } of watches.values()) stop.abort();
      watches.clear();
      stopLooking();
    },
  };
};
