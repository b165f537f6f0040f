import PQueue from 'p-queue';
import { BodyLimitError, readBody } from '../core/body.ts';
import type { Clock } from '../core/clock.ts';
import { ExternalError, UserError } from '../core/errors.ts';
import { isLoopback, retryAfterMs } from '../core/http.ts';
import type { Logger } from '../core/logger.ts';
import { networkReason } from '../core/network.ts';
import { countOf } from '../core/paper.ts';
import { retry } from '../core/retry.ts';
import type { Secret } from '../core/secret.ts';

type Details = Partial<Omit<ConstructorParameters<typeof ExternalError>[0], 'service' | 'message'>>;

/** The message becomes part of a sentence, so it has no period. */
const scholarError = (what: string, details: Details = {}): ExternalError =>
  new ExternalError({ service: 'Semantic Scholar', message: `Semantic Scholar ${what}`, ...details });

const durationText = (ms: number): string =>
  ms < 120_000 ? countOf(Math.ceil(ms / 1_000), 'second') : countOf(Math.ceil(ms / 60_000), 'minute');

const statusText = (status: number, hasKey: boolean): string => {
  if (status === 429) return 'turned requests away';
  if (hasKey && (status === 401 || status === 403)) return 'rejected the key';
  return status === 408 || status >= 500 ? 'failed' : 'refused the request';
};

const statusError = (response: Response, hasKey: boolean, now: number): ExternalError => {
  const { status } = response;
  const wait = retryAfterMs(response.headers.get('retry-after'), now);
  const pause = wait ? `; retry after ${durationText(wait)}` : '';
  return scholarError(`${statusText(status, hasKey)} (HTTP ${status})${pause}`, {
    status,
    retryAfterMs: wait,
    retryable: status === 429 || status === 408 || status >= 500,
  });
};

const pauseError = (ms: number): ExternalError =>
  scholarError(`limits requests for another ${durationText(ms)}`, { retryAfterMs: ms });

const timeoutError = (ms: number): ExternalError => scholarError(`did not answer within ${durationText(ms)}`);

/** Semantic Scholar limits its answers to 10 MB. */
const maxBytes = 16_000_000;

/** Omits fetch's own message, because it may quote a header with the key. */
const connectionError = (error: unknown, url: URL): ExternalError => {
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error ? networkReason(cause, { url }) : 'the connection failed';
  return scholarError(`cannot be reached (${reason})`, { cause });
};

export const answerError = (what: string, cause?: unknown): ExternalError => scholarError(what, { status: 200, cause });

/**
 * Milliseconds that may be lost to failed requests and the waits after them; calls reduce it. Successful requests cost
 * nothing, however slow. The first request is always made.
 */
export type Patience = { leftMs: number };

type ScholarRequest<T> = {
  path: string;
  body?: object;
  parse(body: string): T;
  /** The result if a response other than 2xx is not a failure; otherwise undefined. */
  parseRefusal?(status: number, body: string): T | undefined;
  patience: Patience;
  signal?: AbortSignal | undefined;
};

type Connection = {
  /** @throws ExternalError after the last attempt; the reason of `signal` if aborted. */
  ask<T>(request: ScholarRequest<T>): Promise<T>;
};

export type ConnectionOptions = {
  apiUrl: string;
  apiKey: Secret | undefined;
  fetch: typeof fetch;
  clock: Pick<Clock, 'realNow' | 'monotonic' | 'sleep'>;
  logger: Logger;
  userAgent: string;
  random: () => number;
  timeoutMs?: number;
};

/** Milliseconds between requests. https://www.semanticscholar.org/product/api#api-key-form allows one per second. */
const gapMs = 1_000;

/** Without a key, all users share one rate limit. If it rejects half of the requests, 1 batch in 4,096 fails. */
const maxAttempts = 12;

const delays = {
  local: { minDelayMs: 20, maxDelayMs: 400 },
  remote: { minDelayMs: 1_000, maxDelayMs: 5_000 },
};

const headersWith = (apiKey: Secret | undefined, userAgent: string): Record<string, string> => {
  const key = apiKey?.reveal();
  // fetch would quote an invalid header in its error.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new UserError('S2_API_KEY contains an invalid character. Copy the key again.');
  return { accept: 'application/json', 'user-agent': userAgent, ...(key === undefined ? {} : { 'x-api-key': key }) };
};

/**
 * All requests to Semantic Scholar go through one connection per process: one at a time, a second apart except on
 * loopback, with up to twelve attempts while `patience` lasts.
 * @throws UserError if the key cannot be sent.
 */
export const createConnection = (options: ConnectionOptions): Connection => {
  const { clock, logger, random, timeoutMs = 30_000 } = options;
  const isLocal = isLoopback(new URL(options.apiUrl));
  const headers = headersWith(options.apiKey, options.userAgent);
  const queue = new PQueue({ concurrency: 1 });
  let pacedUntil = Number.NEGATIVE_INFINITY;
  let blockedUntil = Number.NEGATIVE_INFINITY;

  const awaitTurn = async (patience: Patience, signal: AbortSignal | undefined): Promise<void> => {
    const now = clock.monotonic();
    const block = blockedUntil - now;
    if (block > 0) {
      if (block > patience.leftMs) throw pauseError(block);
      patience.leftMs -= block;
    }
    const wait = Math.ceil(Math.max(block, pacedUntil - now));
    if (wait > 0) await clock.sleep(wait, signal);
  };

  const exchange = async <T>({ path, body, signal }: ScholarRequest<T>): Promise<[Response, string]> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await options.fetch(`${options.apiUrl}${path}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        // The key must not go to another host.
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return [response, await readBody(response, maxBytes)];
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BodyLimitError) throw answerError(`sent ${error.message}`, error);
      throw timeout.aborted ? timeoutError(timeoutMs) : connectionError(error, new URL(options.apiUrl));
    } finally {
      if (!isLocal) pacedUntil = clock.monotonic() + gapMs;
    }
  };

  const askOnce = async <T>(request: ScholarRequest<T>): Promise<T> => {
    const { patience, signal } = request;
    await awaitTurn(patience, signal);
    signal?.throwIfAborted();
    const started = clock.monotonic();
    try {
      const [response, body] = await exchange(request);
      if (response.ok) return request.parse(body);
      const read = request.parseRefusal?.(response.status, body);
      if (read === undefined) throw statusError(response, options.apiKey !== undefined, clock.realNow());
      return read;
    } catch (error) {
      if (!(error instanceof ExternalError)) throw error;
      patience.leftMs -= clock.monotonic() - started;
      if (error.retryAfterMs !== undefined) blockedUntil = clock.monotonic() + error.retryAfterMs;
      throw error;
    }
  };

  return {
    ask: (request) => {
      const { patience, signal } = request;
      return retry(() => queue.add(() => askOnce(request), signal ? { signal } : {}), {
        maxAttempts,
        ...(isLocal ? delays.local : delays.remote),
        ...{ patience, clock, random, signal },
        onRetry: ({ error, attempt, delayMs }) =>
          logger.debug({ attempt, delay: delayMs, error: error.message }, 'retrying Semantic Scholar'),
      });
    },
  };
};
