import type { Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { retry } from '../../core/retry.ts';
import { dollars, type Scorer, type ScorerStop, type ScoringTask, type Verdict } from '../../core/score.ts';
import type { Ledger } from '../../core/stores.ts';
import { completionBound, completionFactors, createBudget, createNotifier, type PriceTable } from './budget.ts';
import { type ChatClient, type ChatCompletion, mayBeCharged, retryDelays } from './client.ts';
import { promptMessages, systemPrompt } from './prompt.ts';
import { type Batch, createWorkQueue } from './queue.ts';
import { parseAnswer } from './reader.ts';

const maxAttempts = 5;

const maxPauseMs = 5 * 60_000;

const maxInARow = {
  unanswered: 3,
  unreadable: 10,
  refused: 3,
};

/** Counts failures in a row. Each method returns the reason to stop once there are too many. */
const createStreaks = (service: string) => {
  const count = { unanswered: 0, unreadable: 0, refused: 0 };
  let everAnswered = false;
  let lastRefusal: string | undefined;
  const refusal = (reason: string): ScorerStop => ({ kind: 'refused', reason });

  return {
    answered: (papers: number, verdicts: number): ScorerStop | undefined => {
      everAnswered = true;
      count.unanswered = 0;
      count.refused = 0;
      if (verdicts > 0) count.unreadable = 0;
      else if (papers > 1) count.unreadable += 1;
      if (count.unreadable < maxInARow.unreadable) return undefined;
      return { kind: 'outage', reason: `${service} sent ${maxInARow.unreadable} answers in a row without scores` };
    },
    unanswered: (error: ExternalError): ScorerStop | undefined => {
      count.unanswered += 1;
      return count.unanswered < maxInARow.unanswered ? undefined : { kind: 'outage', reason: error.message };
    },
    refused: (papers: number, error: ExternalError): ScorerStop | undefined => {
      lastRefusal = error.message;
      if (papers === 1) count.refused += 1;
      return count.refused < maxInARow.refused ? undefined : refusal(error.message);
    },
    atEnd: (): ScorerStop | undefined => (everAnswered || !lastRefusal ? undefined : refusal(lastRefusal)),
  };
};

const createPause = (clock: Pick<Clock, 'monotonic' | 'sleep'>) => {
  let until = 0;
  return {
    extend: (ms: number): void => {
      until = Math.max(until, clock.monotonic() + ms);
    },
    over: async (signal: AbortSignal): Promise<void> => {
      for (let leftMs = until - clock.monotonic(); leftMs > 0; leftMs = until - clock.monotonic())
        await clock.sleep(leftMs, signal);
      signal.throwIfAborted();
    },
  };
};

/** True if the server rejected the content of one request rather than the key or the model. */
const isAboutTheRequest = (status: number | undefined): boolean =>
  status !== undefined && [400, 413, 422].includes(status);

type Run = {
  take(): Verdict[][];
  changed(): Promise<void>;
  isFinished(): boolean;
  result: Promise<ScorerStop | undefined>;
  abort(): void;
};

/** Starts the workers that score the task's papers. `room` keeps the completion factor from run to run. */
const startRun = (options: LlmScorerOptions, task: ScoringTask, room: { factor: number }): Run => {
  const { client, logger, concurrency, clock, random } = options;
  const changed = createNotifier();
  const queue = createWorkQueue(task.papers, options.batchSize);
  const streaks = createStreaks(client.service);
  const pause = createPause(clock);
  const budget = createBudget({ ...options, now: clock.now }, task, systemPrompt(task.rubric), changed);
  const aborter = new AbortController();
  const signal = AbortSignal.any([task.signal, aborter.signal]);
  let ready: Verdict[][] = [];
  let scored = 0;
  let inProgress = 0;
  let stopped: ScorerStop | undefined;
  let finished = false;

  const stop = (reason: ScorerStop | undefined) => {
    if (!reason || stopped) return;
    stopped = reason;
    // Calls in progress are within the budget, so wait for their answers. After other reasons to stop, they would fail.
    if (reason.kind !== 'budget') aborter.abort(new Error(reason.reason));
  };

  const onAnswer = (batch: Batch, completion: ChatCompletion, factor: number) => {
    const { verdicts, missing, rejected } = parseAnswer(completion.text, batch.papers);
    if (verdicts.length > 0) ready.push(verdicts);
    scored += verdicts.length;
    options.onProgress?.({ scored, total: task.papers.length });
    if (rejected.length > 0) logger.debug({ rejected: rejected.slice(0, 5) }, 'parts of an answer are invalid');
    const nextFactor = completionFactors.find((each) => each > factor);
    if (verdicts.length === 0 && completion.cutOff && nextFactor) {
      room.factor = Math.max(room.factor, nextFactor);
      logger.info({ model: options.model, factor: room.factor }, 'the model needs longer answers');
      queue.postpone(batch);
      streaks.answered(0, 0);
      return;
    }
    const givenUp = queue.answered(batch, new Set(missing));
    if (givenUp.length > 0)
      logger.warn({ papers: givenUp.map(({ id }) => id) }, 'the model gave no valid verdict for some papers');
    stop(streaks.answered(batch.papers.length, verdicts.length));
  };

  const onRefusal = (batch: Batch, error: ExternalError) => {
    if (!isAboutTheRequest(error.status)) return stop({ kind: 'refused', reason: error.message });
    const papers = batch.papers.map(({ id }) => id);
    logger.warn(
      { papers, status: error.status, detail: errorText(error.cause).slice(0, 300) },
      'a request was refused',
    );
    if (batch.papers.length > 1) queue.halve(batch);
    stop(streaks.refused(batch.papers.length, error));
  };

  const ask = async (whole: Batch): Promise<void> => {
    let batch = whole;

    const attempt = async (number: number): Promise<void> => {
      await pause.over(signal);
      const { factor } = room;
      const booking = await budget.book(batch.papers, factor, signal);
      if (!booking)
        return stop({ kind: 'budget', reason: `the daily budget of ${dollars(options.dailyBudgetUsd)} is spent` });
      if (signal.aborted) return booking.release();
      const left = batch.papers.slice(booking.papers.length);
      if (left.length > 0) {
        queue.next(left);
        batch = { ...batch, papers: booking.papers, emptyAnswers: 0 };
      }
      const completion = await client
        .complete({
          messages: (form) => promptMessages(task.rubric, booking.papers, form),
          maxTokens: completionBound(booking.papers.length, factor),
          signal,
        })
        .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      if (!(completion instanceof Error)) {
        await booking.settle(completion.tokens);
        return onAnswer(batch, completion, factor);
      }
      if (completion instanceof ExternalError && !mayBeCharged(completion)) await booking.release();
      else booking.leave();
      if (!(completion instanceof ExternalError)) throw completion;
      const { status, retryAfterMs = 0 } = completion;
      logger.debug({ status, attempt: number, reason: completion.message }, 'a call to the model failed');
      if (!completion.retryable) return onRefusal(batch, completion);
      if (retryAfterMs > maxPauseMs)
        return stop({
          kind: 'outage',
          reason: `${completion.message} for ${Math.round(retryAfterMs / 60_000)} minutes`,
        });
      if (number < maxAttempts) pause.extend(retryAfterMs);
      throw completion;
    };

    try {
      await retry(attempt, { ...retryDelays, maxAttempts, clock, random, signal });
    } catch (error) {
      if (signal.aborted || !(error instanceof ExternalError)) throw error;
      queue.postpone(batch);
      stop(streaks.unanswered(error));
    }
  };

  const work = async (): Promise<void> => {
    while (!signal.aborted && !stopped) {
      const batch = queue.take(inProgress);
      if (!batch && inProgress === 0) return;
      if (!batch) {
        await changed.wait();
        continue;
      }
      inProgress += 1;
      try {
        await ask(batch);
      } finally {
        inProgress -= 1;
        changed.notify();
      }
    }
  };

  const worker = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      // An abort is not a failure. Any other error also ends the other workers.
      if (signal.aborted) return;
      aborter.abort(error);
      throw error;
    }
  };

  const workers = Array.from({ length: Math.max(1, concurrency) }, worker);
  const result = Promise.allSettled(workers).then((results) => {
    finished = true;
    changed.notify();
    const broken = results.find((one) => one.status === 'rejected');
    if (broken) throw broken.reason;
    return stopped ?? streaks.atEnd();
  });
  // Awaited after the last verdict. Without this, an earlier rejection would count as unhandled.
  result.catch(() => undefined);

  return {
    take: () => {
      const verdicts = ready;
      ready = [];
      return verdicts;
    },
    changed: changed.wait,
    isFinished: () => finished,
    result,
    abort: () => {
      aborter.abort(new Error('the verdicts are no longer wanted'));
      changed.notify();
    },
  };
};

export type LlmScorerOptions = {
  client: ChatClient;
  model: string;
  batchSize: number;
  concurrency: number;
  /** US dollars for calls since `dayStart`, including those of other channels. */
  dailyBudgetUsd: number;
  ledger: Pick<Ledger, 'book' | 'settle' | 'release'>;
  prices: PriceTable;
  clock: Clock;
  logger: Logger;
  random: () => number;
  dayStart: () => string;
  onProgress?: (progress: { scored: number; total: number }) => void;
};

/**
 * Scores papers with a language model behind an OpenAI-compatible server. Sends batches in parallel, yields the
 * verdicts of each answer at once, and resends papers without a valid verdict up to a few times. Stops early if the
 * server fails or refuses requests, or if the budget is spent. If the task's signal is aborted, yields the verdicts
 * that have arrived and then throws the signal's reason. Leaving the generator early ends the calls in progress.
 */
export const createLlmScorer = (options: LlmScorerOptions): Scorer => {
  const room: { factor: number } = { factor: completionFactors[0] };
  return {
    engine: 'openai',
    model: () => options.model,
    score: async function* (task) {
      task.signal.throwIfAborted();
      if (options.prices.of(options.model) === undefined)
        options.logger.warn({ model: options.model }, "the model's price is unknown, so its cost is not limited");
      const run = startRun(options, task, room);
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
