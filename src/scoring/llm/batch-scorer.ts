import { randomUUID } from 'node:crypto';
import {
  type BatchedRequest,
  type BatchOutcome,
  type BatchScorer,
  type BatchStore,
  type BatchTask,
  type BatchWait,
  papersIn,
  type ScoringBatch,
} from '../../core/batch.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Ledger } from '../../core/stores.ts';
import type { BatchApi, BatchLine, BatchState } from './batch-api.ts';
import { dividedDays, type RequestPapers, readBatch, scoreRequest } from './batch-requests.ts';
import { batchPrice, callBoundUsd, completionFactors, type PriceTable, usageOf } from './budget.ts';
import { CallError, mayBeCharged } from './call-error.ts';
import type { Habits } from './habits.ts';
import { bodyOf } from './request-body.ts';

/** For fewer papers, a batch saves too little to wait for it. */
const minPapers = 20;

/** The answers to so many requests can be read at once. */
const maxRequests = 400;

/** Milliseconds between two looks at a batch. They get longer. */
const poll = { minMs: 5_000, maxMs: 60_000, factor: 1.3 };

/** In OpenAI's words, a batch is being cancelled for up to ten minutes. */
const maxCancelMs = 10 * 60_000;

/** A batch has ended a day after it was sent. One that cannot be read for longer is given up. */
const maxAgeMs = 26 * 3_600_000;

/** Statuses of servers that have no Batch API. */
const missing = [404, 405, 501];

export type BatchScorerOptions = {
  api: BatchApi;
  /** Base URL without credentials, empty for OpenAI's, as in the habits. */
  server: string;
  baseUrl: string;
  model: string;
  batchSize: number;
  maxWaitMs: number;
  dailyBudgetUsd: number;
  habits: Habits;
  batches: BatchStore;
  ledger: Pick<Ledger, 'book' | 'settle' | 'release' | 'spent'>;
  prices: PriceTable;
  clock: Clock;
  logger: Logger;
  dayStart: () => string;
};

const outOfTime = 'it was not finished in time';

/**
 * Scores papers in batches. Each request is booked at its bound and settled at half the price. What a batch leaves
 * without a score is no failure, because ordinary calls follow.
 */
export const createBatchScorer = (options: BatchScorerOptions): BatchScorer => {
  const { api, server, model, habits, batches, ledger, prices, clock, logger, dayStart } = options;
  const price = batchPrice(prices.of(model));
  const { service } = api;

  const outcomeOf = (asked: number, scored = 0, problem?: string, isFirst = false): BatchOutcome => ({
    ...{ asked, scored, problem, isFirst },
  });

  const releaseAll = async (requests: readonly BatchedRequest[]): Promise<void> => {
    for (const { callId } of requests) await ledger.release(callId);
  };

  /** Ends a batch that gave no answers. */
  const drop = async (batch: ScoringBatch, problem: string): Promise<BatchOutcome> => {
    await batches.remove(batch.key);
    logger.warn({ channel: batch.channel, batch: batch.remoteId, problem }, 'a batch gave no answers');
    return outcomeOf(papersIn(batch), 0, problem);
  };

  /** Ends a batch that the provider did not work on. */
  const dropUnpaid = async (batch: ScoringBatch, problem: string): Promise<BatchOutcome> => {
    await releaseAll(batch.requests);
    return drop(batch, problem);
  };

  const forgetBatches = async (): Promise<void> => {
    habits.change({ hasBatches: false });
    await habits.save();
  };

  /** Books as many requests as half of what is left of the budget allows, because the bounds are high. */
  const book = async (
    { channel, rubric }: Pick<BatchTask, 'channel' | 'rubric'>,
    requests: readonly RequestPapers[],
    factor: number,
  ): Promise<(RequestPapers & BatchedRequest)[]> => {
    const spent = await ledger.spent(dayStart());
    const limitUsd = spent + Math.max(0, options.dailyBudgetUsd - spent) / 2;
    const booked: (RequestPapers & BatchedRequest)[] = [];
    for (const [index, { date, papers }] of requests.entries()) {
      const boundUsd = callBoundUsd(rubric, papers, factor, price, 'scores');
      const at = clock.now().toISOString();
      const call = { rubric: rubric.hash, channel, date, model, at, boundUsd };
      const callId = await ledger.book(call, limitUsd, dayStart());
      if (callId === undefined) break;
      booked.push({ id: String(index), callId, date, papers });
    }
    return booked;
  };

  /** Undefined if it is not finished in time. */
  const awaited = async (
    batchId: string,
    { until, signal }: BatchWait,
  ): Promise<{ state: BatchState; wasCancelled: boolean } | 'lost' | undefined> => {
    let wasCancelled = false;
    for (let pause = poll.minMs; ; pause = Math.min(poll.maxMs, pause * poll.factor)) {
      const state = await api.state(batchId, signal).catch((error: unknown) => {
        if (!(error instanceof CallError)) throw error;
        logger.debug({ batch: batchId, reason: error.message }, 'the state of a batch is unknown');
        return error.status === 404 ? ('lost' as const) : undefined;
      });
      if (state === 'lost') return state;
      if (state?.isDone) return { state, wasCancelled };
      const now = clock.realNow();
      if (now >= until + maxCancelMs) return undefined;
      if (now >= until && !wasCancelled)
        try {
          await api.cancel(batchId, signal);
          [wasCancelled, pause] = [true, poll.minMs];
          logger.info({ batch: batchId }, 'batch cancelled');
          continue;
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
          logger.debug({ batch: batchId, reason: error.message }, 'a batch was not cancelled');
        }
      const left = (now < until ? until : until + maxCancelMs) - now;
      await clock.sleep(Math.min(pause, left), signal);
    }
  };

  const take = async (batch: ScoringBatch, state: BatchState, { store, signal }: BatchWait): Promise<BatchOutcome> => {
    const { answers, failure } = await api.answers(state, signal);
    const { verdicts, read, suspicious } = readBatch(batch.requests, answers);
    await store(verdicts);
    for (const { request, tokens } of read) {
      if (tokens) await ledger.settle(request.callId, usageOf(tokens, price), price);
      // An answer that does not count its tokens stays booked at its bound.
      else if (tokens === undefined) await ledger.release(request.callId);
    }
    await batches.remove(batch.key);
    const asked = papersIn(batch);
    const fields = { channel: batch.channel, batch: batch.remoteId, papers: asked, scored: verdicts.length };
    logger.info({ ...fields, ...(failure && { failure: failure.slice(0, 300) }) }, 'batch ended');
    if (suspicious.length > 0)
      logger.warn({ papers: suspicious }, 'nearly all papers of a request got the same top scores, scoring them again');
    const isFirst = verdicts.length > 0 && habits.current().hasBatches !== true;
    if (isFirst) habits.change({ hasBatches: true });
    await habits.save();
    await api.clean(state, signal).catch((error: unknown) => {
      if (!(error instanceof CallError)) throw error;
      logger.debug({ batch: batch.remoteId, reason: error.message }, 'the files of a batch were not deleted');
    });
    return outcomeOf(asked, verdicts.length, undefined, isFirst);
  };

  const waitFor = async (batch: ScoringBatch, batchId: string, wait: BatchWait): Promise<BatchOutcome> => {
    const ended = await awaited(batchId, wait);
    // Its requests may have been charged.
    if (ended === 'lost') return drop(batch, `${service} no longer has it`);
    if (!ended) return outcomeOf(papersIn(batch), 0, outOfTime);
    const { state, wasCancelled } = ended;
    if (state.refusal) {
      logger.warn({ batch: batchId, ...state.refusal }, 'a batch was refused');
      if (/model/i.test(state.refusal.code)) await forgetBatches();
      return dropUnpaid(batch, `${service} refused it`);
    }
    const outcome = await take(batch, state, wait);
    return wasCancelled && outcome.scored < outcome.asked ? { ...outcome, problem: outOfTime } : outcome;
  };

  const isTooOld = ({ createdAt }: ScoringBatch): boolean => clock.now().getTime() - Date.parse(createdAt) > maxAgeMs;

  const finish = async (batch: ScoringBatch, wait: BatchWait): Promise<BatchOutcome> => {
    await habits.load();
    try {
      const batchId = batch.remoteId ?? (await api.find(batch.key, wait.signal));
      if (batchId === undefined) return await dropUnpaid(batch, `${service} did not get it`);
      if (batch.remoteId === undefined) await batches.sent(batch.key, batchId);
      return await waitFor({ ...batch, remoteId: batchId }, batchId, wait);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      logger.warn({ batch: batch.remoteId, reason: error.message }, 'the answers of a batch could not be read');
      // Its calls stay booked, because they may have been charged.
      if (isTooOld(batch)) await batches.remove(batch.key);
      return outcomeOf(papersIn(batch), 0, error.message);
    }
  };

  /** An unknown id means that the batch may have been sent. */
  const send = async (
    batch: ScoringBatch,
    lines: readonly BatchLine[],
    signal: AbortSignal,
  ): Promise<Pick<ScoringBatch, 'remoteId'> | { failed: BatchOutcome }> => {
    let isUploaded = false;
    try {
      const fileId = await api.upload(batch.key, lines, signal);
      isUploaded = true;
      const remoteId = await api.create(batch.key, fileId, signal);
      await batches.sent(batch.key, remoteId);
      return { remoteId };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // Only a batch can be charged, not a file.
      if (isUploaded && mayBeCharged(error)) return { remoteId: undefined };
      const isMissing = missing.includes(error.status ?? 0) || error.problem === 'unreadable';
      if (isMissing) await forgetBatches();
      return { failed: await dropUnpaid(batch, isMissing ? `${service} has no Batch API` : error.message) };
    }
  };

  return {
    ...{ engine: 'openai', model, service, maxWaitMs: options.maxWaitMs },
    isOwn: (batch) => batch.server === server && batch.model === model,
    finish,
    async score(task) {
      const { channel, rubric, signal } = task;
      await habits.load();
      const known = habits.current();
      // What a model refuses is found out by ordinary calls, of which each tells at once.
      if (!known.isProven || known.hasBatches === false) return undefined;
      const factor = known.factor ?? completionFactors[0];
      const size = Math.min(options.batchSize, known.batchSize ?? options.batchSize);
      const divided = (await dividedDays(task.days, size, signal)).slice(0, maxRequests);
      const booked = await book(task, divided, factor);
      const asked = papersIn({ requests: booked });
      if (asked < minPapers) {
        await releaseAll(booked);
        return undefined;
      }
      const lines = booked.map(({ id, papers }) => ({
        ...{ id, body: bodyOf(options.baseUrl, model, known, scoreRequest(rubric, papers, factor)) },
      }));
      const requests = booked.map(({ id, callId, date, papers }) => ({
        ...{ id, callId, date, papers: papers.map((paper) => ({ id: paper.id, version: paper.version })) },
      }));
      const batch: ScoringBatch = {
        ...{ key: randomUUID(), server, model, rubric: rubric.hash, channel, requests, remoteId: undefined },
        createdAt: clock.now().toISOString(),
      };
      await batches.add(batch);
      const sent = await send(batch, lines, signal);
      if ('failed' in sent) return sent.failed;
      logger.info({ channel, batch: sent.remoteId, papers: asked, requests: requests.length }, 'batch sent');
      task.onSent(asked);
      return finish({ ...batch, ...sent }, task);
    },
  };
};
