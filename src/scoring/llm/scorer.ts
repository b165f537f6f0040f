import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Scorer } from '../../core/score.ts';
import type { Ledger } from '../../core/stores.ts';
import type { PriceTable } from '../prices.ts';
import type { ChatClient } from './client.ts';
import { startRun } from './run.ts';

export type LlmScorerOptions = {
  client: ChatClient;
  model: string;
  /** Most papers in one call. */
  batchSize: number;
  /** Most calls at a time. */
  concurrency: number;
  /** US dollars that the calls since `dayStart` may cost, those of other channels included. */
  dailyBudgetUsd: number;
  ledger: Pick<Ledger, 'book' | 'settle' | 'release'>;
  prices: PriceTable;
  clock: Clock;
  logger: Logger;
  /** A number of 0 to below 1, for jitter. */
  random: () => number;
  /** Told time, ISO 8601, at which the budget's day began. */
  dayStart: () => string;
  onProgress?: (progress: { scored: number; total: number }) => void;
};

/**
 * The scorer behind an OpenAI-compatible server. Batches are asked about in parallel and each answer's verdicts yielded
 * as it comes; papers without a valid verdict are asked about again. Stops early when the server is out, refuses, or
 * the budget is spent; a paper for which the model never gives a valid verdict stays without one.
 * An abort of the task's signal makes it throw the signal's reason, after the verdicts that are there. Leaving the
 * generator early ends the calls under way.
 */
export const createLlmScorer = (options: LlmScorerOptions): Scorer => {
  const allowance = { factor: 1 };
  return {
    engine: 'openai',
    model: () => options.model,
    score: async function* (task) {
      task.signal.throwIfAborted();
      if (options.prices.of(options.model) === undefined)
        options.logger.warn({ model: options.model }, 'the price of the model is unknown: its cost is not limited');
      const run = startRun(options, task, allowance);
      try {
        while (true) {
          const changed = run.changed();
          const ready = run.take();
          for (const verdicts of ready) yield verdicts;
          if (ready.length > 0) continue;
          if (run.isFinished()) break;
          await changed;
        }
        task.signal.throwIfAborted();
        return await run.result;
      } finally {
        run.abort();
        await run.result.catch(() => undefined);
      }
    },
  };
};
