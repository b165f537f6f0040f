import { type Clock, createClock } from '../../src/core/clock.ts';

/** A clock that stands still except while something sleeps: sleeping moves it on at once. Both times are the same. */
export type SteppingClock = Clock & {
  /** Every sleep in milliseconds, in order. */
  slept: number[];
  /** Jumps, at once or during the sleep of that number, counted from 1. */
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
      // Others get their turn, as in a real wait.
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
};

/** A clock of real time whose sleeps are all short. */
export const createQuickClock = (toldStart?: string): Clock => {
  const clock = createClock(toldStart === undefined ? undefined : new Date(toldStart));
  return { ...clock, sleep: (ms, signal) => clock.sleep(Math.min(ms, 5), signal) };
};
