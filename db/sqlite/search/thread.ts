import { Worker } from 'node:worker_threads';
import { ExternalError } from '../../../src/core/errors.ts';
import type { SearchRequest } from './requests.ts';
import type { WorkerData, WorkerReply } from './worker.ts';

const defaultTimeoutMs = 3_000;
const startTimeoutMs = 10_000;
/** About 10 MB is in use. Without a limit, garbage grows to 150 MB before it is collected. */
const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 };
const closeMs = 500;

type Job = { id: number; request: SearchRequest; resolve(result: unknown): void; reject(error: Error): void };

type Running = { worker: Worker; closed: Int32Array; isReady: boolean };

export type SearchThread = {
  /** @throws ExternalError if the query takes too long or the thread dies. The next query starts a new thread. */
  ask(request: SearchRequest): Promise<unknown>;
  /** Closes the thread's connection before returning, so that the whole database is in one file. */
  close(): void;
};

export type ThreadOptions = { script?: URL | undefined; timeoutMs?: number | undefined };

const failure = (message: string, cause?: unknown): ExternalError =>
  new ExternalError({ service: 'The search', message, retryable: false, cause });

/** Creates a thread that handles one query at a time. The first query starts it. */
export const createSearchThread = (
  file: string,
  { script = new URL('./worker.ts', import.meta.url), timeoutMs = defaultTimeoutMs }: ThreadOptions = {},
): SearchThread => {
  const queue: Job[] = [];
  let running: Running | undefined;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let lastId = 0;

  const finish = (end: (job: Job) => void): void => {
    clearTimeout(timer);
    const job = current;
    current = undefined;
    running?.worker.unref();
    if (job) end(job);
    next();
  };

  const abandon = (error: Error): void => {
    void running?.worker.terminate();
    running = undefined;
    finish((job) => job.reject(error));
  };

  const start = (): Running => {
    const closed = new Int32Array(new SharedArrayBuffer(4));
    const data: WorkerData = { file, closed };
    const worker = new Worker(script, { workerData: data, resourceLimits });
    const started: Running = { worker, closed, isReady: false };
    const died = (reason: string, cause?: unknown): void => {
      if (running === started) abandon(failure(`The search stopped (${reason}). Try again.`, cause));
    };
    worker.on('message', (reply: WorkerReply) => {
      if (reply === 'ready') {
        started.isReady = true;
        if (running === started && current) limit();
        return;
      }
      // An abandoned thread may still answer.
      if (reply.id !== current?.id) return;
      finish((job) => {
        if ('error' in reply) job.reject(new Error(`the search failed: ${reply.error}`));
        else job.resolve(reply.result);
      });
    });
    worker.on('error', (error) => died(error instanceof Error ? error.message : String(error), error));
    worker.on('exit', (code) => died(`its thread ended with ${code}`));
    return started;
  };

  /** A query's timeout starts when the thread is ready, because a busy machine takes seconds to start it. */
  const limit = (): void => {
    clearTimeout(timer);
    const wait = running?.isReady ? timeoutMs : startTimeoutMs;
    timer = setTimeout(() => {
      const seconds = wait / 1_000;
      abandon(failure(`The search took longer than ${seconds} seconds. Try more words, or rarer ones.`));
    }, wait);
  };

  const next = (): void => {
    if (current || isClosed) return;
    current = queue.shift();
    if (!current) return;
    running ??= start();
    // Only a running query keeps the process alive.
    running.worker.ref();
    limit();
    running.worker.postMessage({ id: current.id, request: current.request });
  };

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Error('the search is closed'));
        lastId += 1;
        queue.push({ id: lastId, request, resolve, reject });
        next();
      }),

    close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(timer);
      const ended = running;
      running = undefined;
      for (const job of [current, ...queue.splice(0)]) job?.reject(failure('The search was closed.'));
      current = undefined;
      if (!ended) return;
      ended.worker.unref();
      ended.worker.postMessage('close');
      // The last connection to close writes the log back into the database, so it must be the one that can write.
      Atomics.wait(ended.closed, 0, 0, closeMs);
      void ended.worker.terminate();
    },
  };
};
