import type { Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Scorer, ScorerStop, ScoringTask, Verdict } from '../../core/score.ts';
import type { Ledger } from '../../core/stores.ts';
import type { PriceTable } from '../prices.ts';
import { parseAnswer } from './answer.ts';
import { attemptsPerBatch, createBackoff, maxPauseMs } from './backoff.ts';
import { completionBound, createBudget, createNotifier } from './budget.ts';
import { type ChatClient, type Completion, mayBeCharged } from './client.ts';
import { promptMessages, systemPrompt } from './prompt.ts';
import { type Batch, createWorkQueue } from './queue.ts';

/** How many failures in a row, with no success in between, mean that it is no use to go on. */
const limits = {
  /** Batches that nobody answered in all their tries. */
  unanswered: 3,
  /** Answers to several papers at once without a single valid verdict. */
  unreadable: 10,
  /** Single papers whose request was refused: then it is not the papers. */
  refused: 3,
};

/** Counts failures in a row; each note of one returns the reason to stop once there are too many. */
const createStreaks = (service: string) => {
  const count = { unanswered: 0, unreadable: 0, refused: 0 };
  let everAnswered = false;
  let lastRefusal: string | undefined;
  const refusal = (reason: string): ScorerStop => ({ kind: 'refused', reason });

  return {
    /** An answer with so many valid verdicts for so many papers. */
    answered: (papers: number, verdicts: number): ScorerStop | undefined => {
      everAnswered = true;
      count.unanswered = 0;
      count.refused = 0;
      if (verdicts > 0) count.unreadable = 0;
      else if (papers > 1) count.unreadable += 1;
      if (count.unreadable < limits.unreadable) return undefined;
      return { kind: 'outage', reason: `${service} gave ${limits.unreadable} answers in a row that held no scores` };
    },
    /** A batch is out of tries. */
    unanswered: (error: ExternalError): ScorerStop | undefined => {
      count.unanswered += 1;
      return count.unanswered < limits.unanswered ? undefined : { kind: 'outage', reason: error.message };
    },
    /** The server refused a request about so many papers. */
    refused: (papers: number, error: ExternalError): ScorerStop | undefined => {
      lastRefusal = error.message;
      if (papers === 1) count.refused += 1;
      return count.refused < limits.refused ? undefined : refusal(error.message);
    },
    /** At the end of all papers: the reason why there was never an answer, if there was none. */
    atEnd: (): ScorerStop | undefined => (everAnswered || !lastRefusal ? undefined : refusal(lastRefusal)),
  };
};

/** How far the bound of a completion may grow for a model that spends it on thinking. */
const allowances = { step: 4, most: 16 };

/** Statuses with which a server refuses one request for what is in it, rather than us or the model. */
const isAboutTheRequest = (status: number | undefined): boolean =>
  status !== undefined && [400, 413, 422].includes(status);

/** One scoring of a day's papers under way. */
type Run = {
  /** The verdicts that came since the last call, one list an answer. */
  take(): Verdict[][];
  changed(): Promise<void>;
  isFinished(): boolean;
  /** Resolves to the reason for stopping early when all work has ended; rejects if something broke. */
  result: Promise<ScorerStop | undefined>;
  abort(): void;
};

/** Starts workers that ask about the task's papers. `allowance` is remembered from run to run. */
const startRun = (options: LlmScorerOptions, task: ScoringTask, allowance: { factor: number }): Run => {
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
      if (retryAfterMs > maxPauseMs)
        return stop({
          kind: 'outage',
          reason: `${completion.message} for ${Math.round(retryAfterMs / 60_000)} minutes`,
        });
      if (tried === attemptsPerBatch) {
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
