import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/core/clock.ts';

/** A clock for simulations: time passes only in `run`, from one sleep's end to the next. */
export type VirtualClock = Pick<Clock, 'monotonic' | 'sleep'> & {
  /** Runs what sleeps until the work is done. @throws Error if it waits for something else */
  run<T>(work: Promise<T>): Promise<T>;
};

type Sleeper = { until: number; wake(): void };

export const createVirtualClock = (): VirtualClock => {
  let time = 0;
  const sleepers = new Set<Sleeper>();
  return {
    monotonic: () => time,
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { until: time + ms, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        sleepers.delete(sleeper);
        reject(signal.reason);
      });
      return promise;
    },
    run: async (work) => {
      let isDone = false;
      const end = (): void => {
        isDone = true;
      };
      work.then(end, end);
      for (;;) {
        await turn();
        if (isDone) return work;
        const next = [...sleepers].reduce<Sleeper | undefined>(
          (first, one) => (first && first.until <= one.until ? first : one),
          undefined,
        );
        if (!next) throw new Error('nothing sleeps, and the work is not done');
        sleepers.delete(next);
        time = Math.max(time, next.until);
        next.wake();
      }
    },
  };
};
