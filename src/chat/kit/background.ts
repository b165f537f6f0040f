import { atMost, type Clock } from '../../core/clock.ts';

export type Background = {
  run(work: Promise<void>, what: string): Promise<void>;
  finish(timeoutMs: number): Promise<void>;
};

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
