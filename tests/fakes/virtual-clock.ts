import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/core/clock.ts';

/** A clock for simulations: time passes only in `run`, from one sleep's end to the next. All its times are the same. */
export type VirtualClock = Clock & {
  /** Runs what sleeps until the work is done. @throws Error if it waits for something else */
  run<T>(work: Promise<T>): Promise<T>;
};

type Sleeper = { until: number; wake(): void };

export type VirtualClockOptions = {
  start?: Date;
  /** Resolves when everything that does not sleep is done. By default, after a turn of the event loop. */
  settled?: () => Promise<unknown>;
  /** What a sleep may last longer in milliseconds, so that those that end at about the same time end together. */
  maxDelayMs?: () => number;
};

export const createVirtualClock = ({
  start = new Date(0),
  settled = turn,
  maxDelayMs = () => 0,
}: VirtualClockOptions = {}): VirtualClock => {
  let time = start.getTime();
  const sleepers = new Set<Sleeper>();
  return {
    now: () => new Date(time),
    realNow: () => time,
    monotonic: () => time,
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const stop = (): void => {
        sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const sleeper = { until: time + ms, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', stop);
      return promise;
    },
    run: async (work) => {
      let isDone = false;
      const end = (): void => {
        isDone = true;
      };
      work.then(end, end);
      for (;;) {
        await settled();
        if (isDone) return work;
        const [next, ...others] = [...sleepers].sort((one, other) => one.until - other.until);
        if (!next) throw new Error('nothing sleeps, and the work is not done');
        const delay = maxDelayMs();
        time = Math.max(time, next.until + delay);
        next.wake();
        if (delay > 0) for (const one of others) if (one.until <= time) one.wake();
      }
    },
  };
};
