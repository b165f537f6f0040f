import { atMost, type Clock } from '../../core/clock.ts';

/** Work that nobody waits for, such as handling an event. */
export type Background = {
  /** Reports a failure of the work instead of rejecting. */
  run(work: Promise<void>, what: string): Promise<void>;
  /** Waits until all work has finished, at most so many milliseconds. */
  finish(timeoutMs: number): Promise<void>;
};

/** @param onError Called with what `run` was told the work is. */
export const createBackground = (clock: Clock, onError: (error: unknown, what: string) => void): Background => {
  const running = new Set<Promise<void>>();
  return {
    run(work, what) {
      const caught = work.catch((error: unknown) => onError(error, what)).finally(() => running.delete(caught));
      running.add(caught);
      return caught;
    },
    finish: (timeoutMs) => atMost(timeoutMs, Promise.all(running), clock),
  };
};
