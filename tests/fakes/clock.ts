import { type Clock, createClock } from '../../src/core/clock.ts';

/** A clock that only moves when something sleeps, and then at once. Simulated and system time are the same. */
export type SteppingClock = Clock & {
  slept: number[];
  /** Sets the time, now or during the n-th sleep, counted from 1. */
  set(instant: string, during?: number): void;
};

export const createSteppingClock = (start: string): SteppingClock => {
  let time = Date.parse(start);
  const slept: number[] = [];
  const jumps = new Map<number, number>();
  return {
    slept,
    set: (instant, during) => {
      if (during === undefined) time = Date.parse(instant);
      else jumps.set(during, Date.parse(instant));
    },
    now: () => new Date(time),
    realNow: () => time,
    monotonic: () => time,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      time = jumps.get(slept.length) ?? time + ms;
      // Lets other tasks run, as a real wait does.
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
};

/** A system clock whose sleeps are all short. */
export const createQuickClock = (toldStart?: string): Clock => {
  const clock = createClock(toldStart === undefined ? undefined : new Date(toldStart));
  return { ...clock, sleep: (ms, signal) => clock.sleep(Math.min(ms, 5), signal) };
};
