import { describe, expect, it } from 'vitest';
import { ExternalError } from '../../src/core/errors.ts';
import { type RetryOptions, retry } from '../../src/core/retry.ts';
import { createSteppingClock } from '../fakes/clock.ts';

const failure = (more: { retryable?: boolean; retryAfterMs?: number } = {}) =>
  new ExternalError({ service: 'arXiv', message: 'arXiv is busy', ...more });

/** Fails with each of the errors in turn, then succeeds. */
const run = async (errors: readonly Error[], options: Partial<RetryOptions> = {}) => {
  const clock = createSteppingClock('2025-07-08T13:00:00Z');
  const attempts: number[] = [];
  const work = async (attempt: number): Promise<string> => {
    attempts.push(attempt);
    const error = errors[attempt - 1];
    if (error) throw error;
    return 'done';
  };
  const limits = { maxAttempts: 4, minDelayMs: 1_000, maxDelayMs: 3_000 };
  const result = await retry(work, { ...limits, clock, ...options }).catch((error: unknown) => error);
  return { result, attempts, slept: clock.slept };
};

describe('retry', () => {
  it('doubles the wait up to the limit, then throws the last error', async () => {
    const last = failure();
    const { result, attempts, slept } = await run([failure(), failure(), failure(), last, failure()]);
    expect(result).toBe(last);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(slept).toEqual([1_000, 2_000, 3_000]);
  });

  it('returns the first success', async () => {
    expect(await run([failure()])).toMatchObject({ result: 'done', attempts: [1, 2] });
  });

  it.each([
    ['a refusal', failure({ retryable: false })],
    ['a bug', new Error('bug')],
    ['a TypeError', new TypeError('fetch failed')],
  ])('does not retry %s', async (_, error) => {
    expect(await run([error])).toEqual({ result: error, attempts: [1], slept: [] });
  });

  it('waits as long as Retry-After asks, and never less than the backoff', async () => {
    const { slept } = await run([failure({ retryAfterMs: 60_000 }), failure({ retryAfterMs: 10 })]);
    expect(slept).toEqual([60_000, 2_000]);
  });

  it('ends if Retry-After is longer than its limit', async () => {
    const long = failure({ retryAfterMs: 60_001 });
    expect(await run([long], { maxRetryAfterMs: 60_000 })).toMatchObject({ result: long, slept: [] });
  });

  it('waits up to five minutes if the remote asks for it, and gives up if it asks for more', async () => {
    expect(await run([failure({ retryAfterMs: 300_000 })])).toMatchObject({ result: 'done', slept: [300_000] });
    const longer = failure({ retryAfterMs: 300_001 });
    expect(await run([longer])).toMatchObject({ result: longer, slept: [] });
  });

  it('ends when the given patience is spent', async () => {
    const patience = { leftMs: 3_500 };
    const { attempts, slept } = await run([failure(), failure(), failure()], { patience });
    expect(slept).toEqual([1_000, 2_000]);
    expect(attempts).toEqual([1, 2, 3]);
    expect(patience.leftMs).toBe(500);
  });

  it('spreads each wait between half of it and all of it', async () => {
    const draws = [0, 0.5, 1];
    const { slept } = await run([failure(), failure(), failure()], { random: () => draws.shift() ?? 0 });
    expect(slept).toEqual([500, 1_500, 3_000]);
  });

  it('reports each failure before the wait', async () => {
    const seen: unknown[] = [];
    await run([failure()], { onRetry: ({ error, ...rest }) => void seen.push([error.message, rest]) });
    expect(seen).toEqual([['arXiv is busy', { attempt: 1, delayMs: 1_000 }]]);
  });

  it('throws the reason of a signal aborted before or during an attempt or a wait', async () => {
    const reason = new Error('lease lost');
    const signal = AbortSignal.abort(reason);
    expect(await run([], { signal })).toMatchObject({ result: reason, attempts: [] });
    const during = new AbortController();
    const options = { signal: during.signal, onRetry: () => during.abort(reason) };
    expect(await run([failure()], options)).toMatchObject({ result: reason, attempts: [1] });
    const stopped = new AbortController();
    const work = async (): Promise<never> => {
      stopped.abort(reason);
      throw failure();
    };
    const limits = { maxAttempts: 1, minDelayMs: 1, maxDelayMs: 1, clock: createSteppingClock('2025-07-08') };
    await expect(retry(work, { ...limits, signal: stopped.signal })).rejects.toBe(reason);
  });

  it('returns a result that came in time, although the signal was aborted meanwhile', async () => {
    const stopped = new AbortController();
    const work = (): string => {
      stopped.abort(new Error('too late'));
      return 'sent';
    };
    const limits = { maxAttempts: 1, minDelayMs: 1, maxDelayMs: 1, clock: createSteppingClock('2025-07-08') };
    expect(await retry(work, { ...limits, signal: stopped.signal })).toBe('sent');
  });
});
