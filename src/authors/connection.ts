import PQueue from 'p-queue';
import type { Clock } from '../core/clock.ts';
import { ExternalError, errorText, UserError } from '../core/errors.ts';
import { isLoopback, retryAfterMs } from '../core/http.ts';
import type { Logger } from '../core/logger.ts';
import { countOf } from '../core/paper-text.ts';
import { retry } from '../core/retry.ts';
import type { Secret } from '../core/secret.ts';

type Details = Partial<Omit<ConstructorParameters<typeof ExternalError>[0], 'service' | 'message'>>;

/** A failure of Semantic Scholar, or of the way to it. Readers see the text, inside a sentence: it has no full stop. */
const scholarError = (what: string, details: Details = {}): ExternalError =>
  new ExternalError({ service: 'Semantic Scholar', message: `Semantic Scholar ${what}`, ...details });

const durationText = (ms: number): string =>
  ms < 120_000 ? countOf(Math.ceil(ms / 1_000), 'second') : countOf(Math.ceil(ms / 60_000), 'minute');

const statusText = (status: number, hasKey: boolean): string => {
  if (status === 429) return 'turned requests away';
  if (hasKey && (status === 401 || status === 403)) return 'refused the key';
  return status === 408 || status >= 500 ? 'failed' : 'refused the request';
};

/** An answer other than 2xx. */
const statusError = (response: Response, hasKey: boolean, now: number): ExternalError => {
  const { status } = response;
  const wait = retryAfterMs(response.headers.get('retry-after'), now);
  const asked = wait ? ` and asked to be left alone for ${durationText(wait)}` : '';
  return scholarError(`${statusText(status, hasKey)} (HTTP ${status})${asked}`, {
    status,
    retryAfterMs: wait,
    retryable: status === 429 || status === 408 || status >= 500,
  });
};

/** It asked to be left alone for longer than anybody waits here. */
const leftAloneError = (ms: number): ExternalError =>
  scholarError(`asked to be left alone for another ${durationText(ms)}`, { retryAfterMs: ms });

const timeoutError = (ms: number): ExternalError => scholarError(`did not answer within ${durationText(ms)}`);

/** No answer, or half of one. What fetch says itself is left out: it may quote a header, and so the key. */
const connectionError = (error: unknown): ExternalError => {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const reason = code ?? (cause instanceof Error ? errorText(cause) : 'the connection failed');
  return scholarError(`is out of reach (${reason})`, { cause });
};

/** A 2xx answer that cannot be used. */
export const answerError = (what: string, cause?: unknown): ExternalError => scholarError(what, { status: 200, cause });

/**
 * Time that may still be lost to failures, in milliseconds: to requests that fail, and to waiting after them. It is spent
 * by whoever it is given to. Sound answers cost nothing, however slow they are, and the first request is always made.
 */
export type Patience = { leftMs: number };

type ScholarRequest<T> = {
  /** Path and query, from the base on. */
  path: string;
  /** Sent as JSON by POST; a GET without it. */
  body?: object;
  /** Reads the answer. An ExternalError that it throws has it fetched again. */
  parse(body: string): T;
  /** Reads an answer other than 2xx that says something all the same; undefined where it does not. */
  parseRefusal?(status: number, body: string): T | undefined;
  patience: Patience;
  signal?: AbortSignal | undefined;
};

type Connection = {
  /** @throws ExternalError when no sound answer could be had; the reason of `signal` when aborted. */
  ask<T>(request: ScholarRequest<T>): Promise<T>;
};

export type ConnectionOptions = {
  /** Base of the service, without a slash at the end. */
  apiUrl: string;
  apiKey: Secret | undefined;
  fetch: typeof fetch;
  clock: Pick<Clock, 'realNow' | 'monotonic' | 'sleep'>;
  logger: Logger;
  /** Name and version of the program. */
  userAgent: string;
  /** 0 to 1, such as `Math.random`; spreads the retries. */
  random: () => number;
  /** How long to wait for one answer, in milliseconds. */
  timeoutMs?: number;
};

/** Between the end of a request and the next: one a second, https://www.semanticscholar.org/product/api#api-key-form. */
const gapMs = 1_000;

/** Half of the requests may be turned away, for without a key everybody shares one limit: 1 batch in 4,096 then fails. */
const maxAttempts = 12;

const delays = {
  local: { minDelayMs: 20, maxDelayMs: 400 },
  remote: { minDelayMs: 1_000, maxDelayMs: 5_000 },
};

const headersWith = (apiKey: Secret | undefined, userAgent: string): Record<string, string> => {
  const key = apiKey?.reveal();
  // fetch would refuse such a header by quoting it.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new UserError('S2_API_KEY holds a character that no key has; copy the key again.');
  return { accept: 'application/json', 'user-agent': userAgent, ...(key === undefined ? {} : { 'x-api-key': key }) };
};

/**
 * The one way to Semantic Scholar: a single connection, a second between requests unless they stay on this machine, and up
 * to twelve tries as far as patience goes. Make one a process.
 *
 * @throws UserError where the key cannot be sent.
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
      if (block > patience.leftMs) throw leftAloneError(block);
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
        // The key is for this host alone.
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return [response, await response.text()];
    } catch (error) {
      signal?.throwIfAborted();
      throw timeout.aborted ? timeoutError(timeoutMs) : connectionError(error);
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
          logger.debug({ attempt, delay: delayMs, error: error.message }, 'asking Semantic Scholar again'),
      });
    },
  };
};
