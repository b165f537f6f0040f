import { Worker } from 'node:worker_threads';
import type { PlanPrefilter, PrefilterOutcome } from '../../core/prefilter.ts';

/** Plans in a thread of its own, which ends with the plan or when the signal is aborted. */
export const planInThread: PlanPrefilter = (task, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
    const abort = (): void => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });
    worker.once('message', (outcome: PrefilterOutcome) => resolve(outcome));
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', abort);
      // Without effect once it has answered.
      reject(new Error(`the thread of the prefilter ended with ${code}`));
    });
  });
