import type { Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import { findInjections } from '../../core/injection.ts';
import type { Logger } from '../../core/logger.ts';
import { retry } from '../../core/retry.ts';
import type { ModelVerdict, Scorer, ScorerStop, ScoringTask } from '../../core/score.ts';
import type { Ledger } from '../../core/stores.ts';
import {
  completionBound,
  completionFactors,
  createBudget,
  createNotifier,
  type PriceTable,
  spentReason,
} from './budget.ts';
import { CallError, isAboutTheRequest, mayBeCharged } from './call-error.ts';
import { type ChatClient, retryDelays } from './client.ts';
import { createObedienceCheck } from './obedience.ts';
import { type AnswerContent, answerSchema, briefly, promptMessages } from './prompt.ts';
import { type Batch, createPace, createWorkQueue } from './queue.ts';
import type { ChatCompletion } from './response.ts';
import { createServerPause } from './server-pause.ts';
import { createStreaks } from './streaks.ts';
import { parseAnswer } from './verdicts.ts';

const maxAttempts = 5;

/** Further batches get fewer attempts after one has run out of them. */
const maxLaterAttempts = 2;

/** A server that sends something else than a chat completion rarely sends one later. */
const maxUnreadable = 3;

const maxPauseMs = 5 * 60_000;

/** Milliseconds for which a server that hung is not asked again. Another timeout would delay the digest. */
const hangingMs = 60_000;

/** A limit that was not reached is not the request's: the model has come to the end of its context. */
const reachedShare = 0.9;

type Run = {
  take(): ModelVerdict[][];
  changed(): Promise<void>;
  isFinished(): boolean;
  isHanging(): boolean;
  result: Promise<ScorerStop | undefined>;
  abort(): void;
};

/** Starts the workers that score the task's papers. */
const startRun = (
  options: LlmScorerOptions,
  task: ScoringTask,
  injections: ReadonlySet<string>,
  hasHung: boolean,
): Run => {
  const { client, logger, clock, random } = options;
  const { habits, timeoutMs } = client;
  const { channel, priority = 'digest' } = task;
  const seat = client.limiter.join(priority);
  const changed = createNotifier();
  const content: AnswerContent = task.withComments ? 'scores and comments' : 'scores';
  const pace = createPace({
    ...{ ...options, papers: task.papers.length, habits, timeoutMs, hasHung },
    onOpened: changed.notify,
  });
  const papers = task.papers.map((paper) => (task.brief?.has(paper.id) ? briefly(paper) : paper));
  const queue = createWorkQueue(papers, pace.size, ({ id }) => injections.has(id));
  const obedience = createObedienceCheck();
  const streaks = createStreaks(client.service, hasHung);
  const pause = createServerPause(clock);
  const budget = createBudget({ ...options, now: clock.now }, task, content, changed);
  const aborter = new AbortController();
  const signal = AbortSignal.any([task.signal, aborter.signal]);
  let ready: ModelVerdict[][] = [];
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

  const giveUp = (papers: Batch) => {
    if (papers.length === 0) return;
    logger.warn({ papers: papers.map(({ id }) => id) }, 'the model gave no valid verdict for some papers');
  };

  /** @returns true if the answer was cut off and its papers are asked for again with more room. */
  const hasMoreRoom = (batch: Batch, { cutOff, tokens, limit }: ChatCompletion, verdicts: number): boolean => {
    if (!cutOff) return false;
    const { factor = completionFactors[0], maxTokens = Number.POSITIVE_INFINITY } = habits.current();
    const isReached = !tokens || tokens.completion >= limit * reachedShare;
    const nextFactor = completionFactors.find((each) => each > factor);
    const wasLower = limit < Math.min(maxTokens, completionBound(batch.length, factor, content));
    if (isReached && (wasLower || (nextFactor && limit < maxTokens))) {
      if (!wasLower && nextFactor) habits.change({ factor: nextFactor });
      logger.info({ model: options.model, factor: habits.current().factor }, 'the model needs longer answers');
      if (verdicts === 0) queue.next(batch);
      return verdicts === 0;
    }
    if (verdicts > 0) pace.hadRoomFor(verdicts);
    if (verdicts > 0 || batch.length === 1) return false;
    pace.wasTooLong(batch.length);
    queue.restart(batch);
    return true;
  };

  const onAnswer = (batch: Batch, completion: ChatCompletion) => {
    const { verdicts, missing, rejected } = parseAnswer(completion.text, batch);
    const ids = batch.map(({ id }) => id);
    if (obedience.isSuspicious(ids, verdicts)) {
      logger.warn(
        { papers: ids },
        'nearly all papers of a request got the same top scores, scoring them again in halves',
      );
      pace.answered(batch.length, completion.elapsedMs);
      return queue.halve(batch);
    }
    if (verdicts.length > 0) ready.push(verdicts);
    scored += verdicts.length;
    options.onProgress?.({ scored, total: task.papers.length });
    if (rejected.length > 0) logger.debug({ rejected: rejected.slice(0, 5) }, 'parts of an answer are invalid');
    if (verdicts.length > 0) {
      pace.answered(batch.length, completion.elapsedMs);
      if (completion.form === 'schema') habits.change({ isSchemaRead: true });
    }
    if (missing.length > 0 && hasMoreRoom(batch, completion, verdicts.length)) return;
    if (verdicts.length === 0 && completion.form === 'schema' && !habits.current().isSchemaRead) {
      logger.info({ model: options.model }, 'the model gave no verdicts with a schema, asking without');
      habits.change({ form: 'lines' });
      return queue.next(batch);
    }
    if (verdicts.length === 0) pace.failed(batch.length);
    giveUp(queue.answered(batch, new Set(missing)));
    stop(streaks.answered(batch.length, verdicts.length));
  };

  const onTimeout = (batch: Batch, error: CallError) => {
    pace.ranOutOfTime(batch.length);
    logger.warn({ papers: batch.length, batchSize: pace.size() }, 'a request ran out of time');
    if (batch.length > 1) queue.restart(batch);
    else giveUp(queue.answered(batch, new Set(batch.map(({ id }) => id))));
    stop(streaks.ranOutOfTime(batch.length, error));
  };

  const onRefusal = (batch: Batch, error: CallError) => {
    if (!isAboutTheRequest(error)) return stop({ kind: 'refused', reason: error.message, remedy: error.remedy });
    const papers = batch.map(({ id }) => id);
    logger.warn(
      { papers, status: error.status, detail: errorText(error.cause).slice(0, 300) },
      'a request was refused',
    );
    if (error.problem === 'length') pace.wasTooLong(batch.length);
    else pace.failed(batch.length);
    if (batch.length > 1 && error.problem === 'length') queue.restart(batch);
    else if (batch.length > 1) queue.halve(batch);
    stop(streaks.refused(batch.length, error));
  };

  const onOutage = (batch: Batch, error: CallError) => {
    pace.failed(batch.length);
    queue.postpone(batch);
    stop(streaks.unanswered(error));
  };

  const ask = async (whole: Batch): Promise<void> => {
    let batch = whole;

    const attempt = async (number: number): Promise<void> => {
      await pause.over(signal);
      const { factor = completionFactors[0] } = habits.current();
      const booking = await budget.book(batch, factor, signal);
      if (!booking)
        return stop({
          kind: 'budget',
          reason: spentReason(options.dailyBudgetUsd, priority),
          remedy: 'Raise scorer.dailyBudgetUsd, or choose a cheaper scorer.model.',
        });
      if (signal.aborted) return booking.release();
      const left = batch.slice(booking.papers.length);
      if (left.length > 0) {
        queue.next(left);
        batch = booking.papers;
      }
      const completion = await client
        .complete({
          messages: (form) => promptMessages(task.rubric, booking.papers, form, content),
          schema: answerSchema(content),
          maxTokens: completionBound(booking.papers.length, factor, content),
          minTokens: completionBound(booking.papers.length, completionFactors[0], content),
          ...{ timeoutMs: pace.timeoutMs(), channel, priority, signal },
        })
        .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      if (!(completion instanceof Error)) {
        await booking.settle(completion.tokens);
        return onAnswer(batch, completion);
      }
      if (completion instanceof CallError && !mayBeCharged(completion)) await booking.release();
      else booking.leave();
      if (!(completion instanceof CallError)) throw completion;
      const { status, retryAfterMs = 0, problem } = completion;
      logger.debug({ status, attempt: number, reason: completion.message }, 'a call to the model failed');
      if (problem === 'timeout') return onTimeout(batch, completion);
      const isLong = retryAfterMs > maxPauseMs;
      if (isLong || problem === 'refusing') {
        const pauseText = isLong ? ` for ${Math.round(retryAfterMs / 60_000)} minutes` : '';
        return stop({ kind: 'outage', reason: completion.message + pauseText, remedy: completion.remedy });
      }
      if (!completion.retryable || problem === 'length') return onRefusal(batch, completion);
      if (problem === 'unreadable' && number >= maxUnreadable) return onOutage(batch, completion);
      if (number < maxAttempts) pause.extend(retryAfterMs);
      throw completion;
    };

    const attempts = streaks.count().unanswered > 0 ? maxLaterAttempts : maxAttempts;
    try {
      await retry(attempt, { ...retryDelays, maxAttempts: attempts, clock, random, signal });
    } catch (error) {
      if (signal.aborted || !(error instanceof CallError)) throw error;
      onOutage(batch, error);
    }
  };

  const work = async (): Promise<void> => {
    while (!signal.aborted && !stopped) {
      const isAllowed = seat.mayAdd(inProgress) && inProgress < pace.concurrency();
      const batch = isAllowed ? queue.take(inProgress) : undefined;
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

  const workers = Array.from({ length: Math.max(1, options.concurrency) }, worker);
  const result = Promise.allSettled(workers).then((results) => {
    finished = true;
    pace.close();
    seat.leave();
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
    isHanging: streaks.isHanging,
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
  /** Maximum number of calls of one run at a time. The client's limiter usually allows fewer. */
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
export const createLlmScorer = (options: LlmScorerOptions): Scorer<ModelVerdict> => {
  /** Set if the server hung in the last run, so that the next day or channel does not wait as long. */
  let hung: { at: number; stop: ScorerStop | undefined } | undefined;
  return {
    ...{ engine: 'openai' as const, papersPerCall: options.batchSize },
    model: () => options.model,
    score: async function* (task) {
      task.signal.throwIfAborted();
      if (options.prices.of(options.model) === undefined)
        options.logger.warn({ model: options.model }, "the model's price is unknown, so its cost is not limited");
      const { clock, client } = options;
      const { habits, limiter } = client;
      if (hung && clock.monotonic() - hung.at < hangingMs) return hung.stop;
      await habits.load();
      // Before the first calls, which would otherwise start with the default number.
      limiter.resume(habits.current().concurrency);
      const injections = await findInjections(task.papers, task.signal);
      const run = startRun(options, task, injections, hung !== undefined || limiter.isSilent());
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
        const stop = await run.result.catch(() => undefined);
        hung = run.isHanging() ? { at: clock.monotonic(), stop } : undefined;
        await habits.save();
      }
    },
  };
};
