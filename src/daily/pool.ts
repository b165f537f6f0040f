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
      const runner = await served.promise;
      return queue.add(() => runner(request, signal), { signal });
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
