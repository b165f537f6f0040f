import pRetry from 'p-retry';
import type { Clock } from './clock.ts';
import { ExternalError } from './errors.ts';

/** Whoever waits may hold a lease, so a remote that asks for more is tried again by the next run. */
const defaultMaxRetryAfterMs = 5 * 60_000;

export type RetryOptions = {
  /** Includes the first attempt; `Infinity` for no limit. */
  maxAttempts: number;
  /** Wait after the first failure, in milliseconds. Doubles with each further failure. */
  minDelayMs: number;
  /** Maximum wait, in milliseconds, unless the remote asks for more with Retry-After. */
  maxDelayMs: number;
  /** A Retry-After longer than this ends the attempts. Default: five minutes. */
  maxRetryAfterMs?: number;
  /**
   * Milliseconds left for waiting; waits reduce it. The caller may share it between several calls and reduce it too.
   */
  patience?: { leftMs: number };
  clock: Pick<Clock, 'sleep'>;
  /**
   * Returns a number of at least 0 and below 1, to vary each wait between half and full length. If omitted, waits are
   * exact.
   */
  random?: () => number;
  signal?: AbortSignal | undefined;
  /** Asked about a retryable error. Default: always retry. */
  shouldRetry?(error: ExternalError): boolean;
  onRetry?(failure: { error: ExternalError; attempt: number; delayMs: number }): void;
};

/**
 * Runs `work` until it succeeds. This is the only place that retries a remote: the SDKs' own retries are off, because
 * they would repeat a request whose answer was lost. Only an `ExternalError` with `retryable` is retried. Each wait
 * is the longer of the backoff and the remote's Retry-After. To retry only some failures, or to act between attempts,
 * do that inside `work`:
 *
 *     await retry(() => platform.edit(ref, message), {
 *       maxAttempts: 3, minDelayMs: 1_000, maxDelayMs: 4_000, maxRetryAfterMs: 15_000, clock, random, signal,
 *     });
 *
 * @param work Called with the number of the attempt, 1 for the first.
 * @throws The last error, or the reason of `signal` if it is aborted before an attempt or during a wait.
 */
export const retry = <T>(work: (attempt: number) => T | Promise<T>, options: RetryOptions): Promise<T> => {
  const { maxAttempts, minDelayMs, maxDelayMs, patience, clock, random, signal, onRetry } = options;
  const { maxRetryAfterMs = defaultMaxRetryAfterMs } = options;

  const waitAfter = async (error: Error, attempt: number): Promise<boolean> => {
    if (!(error instanceof ExternalError) || !error.retryable || options.shouldRetry?.(error) === false) return false;
    const retryAfterMs = error.retryAfterMs ?? 0;
    if (retryAfterMs > maxRetryAfterMs) return false;
    const backoff = Math.min(maxDelayMs, minDelayMs * 2 ** (attempt - 1));
    const spread = Math.round(random ? backoff * (0.5 + random() / 2) : backoff);
    const delayMs = Math.max(retryAfterMs, spread);
    if (patience && delayMs > patience.leftMs) return false;
    if (patience) patience.leftMs -= delayMs;
    onRetry?.({ error, attempt, delayMs });
    await clock.sleep(delayMs, signal);
    return true;
  };

  return pRetry(
    (attempt) => {
      signal?.throwIfAborted();
      return work(attempt);
    },
    {
      retries: maxAttempts - 1,
      // No timeout, because waitAfter waits. No signal either, because p-retry would drop a result that arrived in
      // time.
      minTimeout: 0,
      onFailedAttempt: () => signal?.throwIfAborted(),
      shouldRetry: ({ error, attemptNumber }) => waitAfter(error, attemptNumber),
    },
  );
};
