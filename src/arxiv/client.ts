import PQueue from 'p-queue';
import pRetry from 'p-retry';
import type { Clock } from '../core/clock.ts';
import { ExternalError } from '../core/errors.ts';
import { isLoopback, retryAfterMs } from '../core/http.ts';
import type { Logger } from '../core/logger.ts';
import { arxivError, unreachedText } from './failure.ts';
import { createPacer } from './pacing.ts';

type ArxivRequest<T> = {
  /** Value of the Accept header; without a sensible one arXiv answers 406. */
  accept: string;
  /** Reads the answer. An ExternalError that it throws, for a cut or contradictory answer, has it fetched again. */
  parse(body: string): T | Promise<T>;
  signal?: AbortSignal | undefined;
};

export type ArxivClient = {
  /**
   * Fetches and reads one address, politely and with retries.
   * @throws ExternalError when no sound answer could be had; the reason of `signal` when aborted.
   */
  get<T>(url: string, request: ArxivRequest<T>): Promise<T>;
};

export type ArxivClientDependencies = {
  fetch: typeof fetch;
  clock: Pick<Clock, 'realNow' | 'sleep'>;
  logger: Logger;
  /** Name and version of the program, as sent to arXiv. */
  userAgent: string;
  /** 0 to 1, such as `Math.random`; spreads the retries. */
  random: () => number;
};

const tries = 6;
const timeoutMs = 60_000;
const longestBackoffMs = 60_000;
/** A host that asks for more than this is not waited for here; the caller is told when to come back. */
const patienceMs = 300_000;

const throttled = new Set([406, 429, 503]);

const statusError = (url: URL, response: Response, now: number): ExternalError => {
  const { status } = response;
  const what = throttled.has(status) ? 'is turning requests away' : 'did not answer as hoped';
  return arxivError(`arXiv ${what}: HTTP ${status} for ${url.pathname}.`, {
    status,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now),
    retryable: throttled.has(status) || status === 408 || status >= 500,
  });
};

/**
 * The one way to arXiv: a single connection for all of its hosts, the distance between requests that arXiv asks for,
 * and six tries of fetching and reading together. Make one a process.
 */
export const createArxivClient = (dependencies: ArxivClientDependencies): ArxivClient => {
  const { clock, logger, random } = dependencies;
  const queue = new PQueue({ concurrency: 1 });
  const pacer = createPacer(clock);

  const ask = async (url: URL, accept: string, signal: AbortSignal | undefined): Promise<string> => {
    const wait = pacer.waitFor(url);
    if (wait > patienceMs) {
      const message = `arXiv asked to be left alone for another ${Math.ceil(wait / 60_000)} minutes.`;
      throw arxivError(message, { retryAfterMs: wait });
    }
    if (wait > 0) await clock.sleep(wait, signal);
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await dependencies.fetch(url, {
        headers: { accept, 'user-agent': dependencies.userAgent },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const body = await response.text();
      if (!response.ok) throw statusError(url, response, clock.realNow());
      if (body.length < 500 && /^\s*rate exceeded/i.test(body)) {
        throw arxivError('arXiv is turning requests away: "Rate exceeded."', { status: response.status });
      }
      return body;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ExternalError) {
        if (error.retryAfterMs !== undefined) pacer.blocked(url, error.retryAfterMs);
        throw error;
      }
      const reason = timeout.aborted
        ? `no answer from ${url.host} within ${timeoutMs / 1_000} seconds`
        : unreachedText(url.host, error);
      throw arxivError(`arXiv is out of reach: ${reason}.`, { cause: error });
    } finally {
      pacer.ended(url);
    }
  };

  const again = (error: Error): error is ExternalError =>
    error instanceof ExternalError && error.retryable && (error.retryAfterMs ?? 0) <= patienceMs;

  return {
    get: async (address, { accept, parse, signal }) => {
      const url = new URL(address);
      const shortestBackoffMs = isLoopback(url) ? 50 : 1_000;
      return pRetry(
        async () => {
          const body = await queue.add(() => ask(url, accept, signal), signal ? { signal } : {});
          return parse(body);
        },
        {
          retries: tries - 1,
          // The waiting is done below, by the clock that was passed in.
          minTimeout: 0,
          maxTimeout: 0,
          ...(signal ? { signal } : {}),
          shouldRetry: ({ error }) => again(error),
          onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
            if (!again(error) || retriesLeft === 0) return;
            const backoff = Math.min(longestBackoffMs, shortestBackoffMs * 2 ** (attemptNumber - 1));
            const delay = Math.max(error.retryAfterMs ?? 0, Math.round(backoff * (0.5 + random() / 2)));
            logger.warn({ url: address, attempt: attemptNumber, delay, error: error.message }, 'asking arXiv again');
            await clock.sleep(delay, signal);
          },
        },
      );
    },
  };
};
