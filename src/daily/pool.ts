import PQueue from 'p-queue';
import type { Runner, Work } from '../core/work.ts';

/** Runs of this process at a time. Most of a run is waiting for platforms. */
const maxRuns = 100;

/** Does all runs in this process. */
export const createPool = (concurrency = maxRuns): Work => {
  const queue = new PQueue({ concurrency });
  let served = Promise.withResolvers<Runner>();
  return {
    async run(request, signal) {
      signal.throwIfAborted();
      const runner = await served.promise;
      // The queue's own signal would not wait for the end of a run that has begun.
      return queue.add(() => {
        signal.throwIfAborted();
        return runner(request, signal);
      });
    },
    async serve(runner, signal) {
      served.resolve(runner);
      const over = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => over.resolve(), { once: true });
      if (!signal.aborted) await over.promise;
      served = Promise.withResolvers();
      await queue.onIdle();
    },
    async supervise() {},
    failed: async () => [],
    async close() {},
  };
};
