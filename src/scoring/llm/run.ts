import { ExternalError, errorText } from '../../core/errors.ts';
import type { ScorerStop, ScoringTask, Verdict } from '../../core/score.ts';
import { parseAnswer } from './answer.ts';
import { createBackoff, longestPauseMs, triesPerBatch } from './backoff.ts';
import { completionBound } from './bounds.ts';
import { createBudget } from './budget.ts';
import type { Completion } from './client.ts';
import { mayBeCharged } from './failure.ts';
import { createNotifier } from './notifier.ts';
import { promptMessages, systemPrompt } from './prompt.ts';
import { type Batch, createWorkQueue } from './queue.ts';
import type { LlmScorerOptions } from './scorer.ts';
import { createStreaks } from './streaks.ts';

/** How far the bound of a completion may grow for a model that spends it on thinking. */
const allowances = { step: 4, most: 16 };

/** Statuses with which a server refuses one request for what is in it, rather than us or the model. */
const isAboutTheRequest = (status: number | undefined): boolean =>
  status !== undefined && [400, 413, 422].includes(status);

/** One scoring of a day's papers under way. */
export type Run = {
  /** The verdicts that came since the last call, one list an answer. */
  take(): Verdict[][];
  changed(): Promise<void>;
  isFinished(): boolean;
  /** Resolves to the reason for stopping early when all work has ended; rejects if something broke. */
  result: Promise<ScorerStop | undefined>;
  abort(): void;
};

/** Starts workers that ask about the task's papers. `allowance` is remembered from run to run. */
export const startRun = (options: LlmScorerOptions, task: ScoringTask, allowance: { factor: number }): Run => {
  const { client, logger, concurrency } = options;
  const changed = createNotifier();
  const queue = createWorkQueue(task.papers, options.batchSize);
  const streaks = createStreaks(client.service);
  const backoff = createBackoff(options.clock, options.random);
  const budget = createBudget({ ...options, now: options.clock.now }, task, systemPrompt(task.rubric), changed);
  const aborter = new AbortController();
  const signal = AbortSignal.any([task.signal, aborter.signal]);
  let ready: Verdict[][] = [];
  let scored = 0;
  let atWork = 0;
  let stopped: ScorerStop | undefined;
  let finished = false;

  const stop = (reason: ScorerStop | undefined) => {
    if (!reason || stopped) return;
    stopped = reason;
    // Calls under way that were booked within the budget are worth waiting for; with the others it is no use.
    if (reason.kind !== 'budget') aborter.abort(new Error(reason.reason));
  };

  const onAnswer = (batch: Batch, completion: Completion, factor: number) => {
    const { verdicts, missing, rejected } = parseAnswer(completion.text, batch.papers);
    if (verdicts.length > 0) ready.push(verdicts);
    scored += verdicts.length;
    options.onProgress?.({ scored, total: task.papers.length });
    if (rejected.length > 0) logger.debug({ rejected: rejected.slice(0, 5) }, 'part of an answer was not taken');
    if (verdicts.length === 0 && completion.cutOff && factor < allowances.most) {
      allowance.factor = Math.max(allowance.factor, factor * allowances.step);
      logger.info({ model: options.model, factor: allowance.factor }, 'the model needs more room for its answers');
      queue.postpone(batch);
      streaks.answered(0, 0);
      return;
    }
    const givenUp = queue.answered(batch, new Set(missing));
    if (givenUp.length > 0)
      logger.warn({ papers: givenUp.map(({ id }) => id) }, 'papers are left without a verdict by the model');
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

  /** Asks about a batch until it is answered, refused, or out of tries. */
  const ask = async (whole: Batch): Promise<void> => {
    let batch = whole;
    for (let tried = 1; ; tried += 1) {
      await backoff.pauseOver(signal);
      const { factor } = allowance;
      const booking = await budget.book(batch.papers, factor, signal);
      if (!booking)
        return stop({ kind: 'budget', reason: `the daily budget of ${dollars(options.dailyBudgetUsd)} is spent` });
      if (signal.aborted) return booking.release();
      const left = batch.papers.slice(booking.papers.length);
      if (left.length > 0) {
        queue.next(left);
        batch = { ...batch, papers: booking.papers, fruitless: 0 };
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
      logger.debug({ status, tried, reason: completion.message }, 'a call to the model failed');
      if (!completion.retryable) return onRefusal(batch, completion);
      if (retryAfterMs > longestPauseMs)
        return stop({
          kind: 'outage',
          reason: `${completion.message} for ${Math.round(retryAfterMs / 60_000)} minutes`,
        });
      if (tried === triesPerBatch) {
        queue.postpone(batch);
        return stop(streaks.unanswered(completion));
      }
      await backoff.afterTry(tried, completion.retryAfterMs, signal);
    }
  };

  const work = async (): Promise<void> => {
    while (!signal.aborted && !stopped) {
      const batch = queue.take(atWork);
      if (!batch && atWork === 0) return;
      if (!batch) {
        await changed.wait();
        continue;
      }
      atWork += 1;
      try {
        await ask(batch);
      } finally {
        atWork -= 1;
        changed.notify();
      }
    }
  };

  const worker = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      // What ends because it was told to is no failure; anything else ends the others too.
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
  // It is awaited once all verdicts are taken; until then a rejection is not unhandled.
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

const dollars = (usd: number): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 }).format(usd);
