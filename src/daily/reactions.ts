import { type MessageRef, platformOf } from '../core/addresses.ts';
import type { Clock } from '../core/clock.ts';
import { ExternalError, errorText } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Platform } from '../core/platform.ts';
import { retry } from '../core/retry.ts';
import type { Stores } from '../core/stores.ts';

/** Age in milliseconds up to which threads are read again, to find reactions that the bot missed while it was off. */
const catchUpMs = 14 * 86_400_000;
/** Maximum wait in milliseconds, summed over all platforms that require a pause. */
const maxWaitMs = 60_000;
/** Minimum pause in milliseconds, so that a requested pause of 0 does not cause an endless loop. */
const minPauseMs = 1_000;
const freshMs = 60_000;

type ReactionParts = {
  platforms: ReadonlyMap<string, Platform>;
  stores: Pick<Stores, 'outbox' | 'reactions'>;
  clock: Clock;
  logger: Logger;
};

const readThread = async (
  thread: MessageRef,
  platform: Platform,
  { stores: { reactions }, clock }: ReactionParts,
): Promise<void> => {
  const readAt = clock.now().toISOString();
  const before = await reactions.ofThread(thread);
  await reactions.replaceThread(thread, { before, listed: await platform.reactions(thread), readAt });
};

/**
 * @throws The signal's reason if it is aborted.
 * @throws ExternalError if platforms require longer pauses than `patience` allows.
 */
const readThreadPatiently = (
  thread: MessageRef,
  parts: ReactionParts,
  patience: { leftMs: number },
  signal: AbortSignal | undefined,
): Promise<void> =>
  retry(
    async () => {
      const platform = parts.platforms.get(platformOf(thread.destination));
      try {
        if (platform) await readThread(thread, platform, parts);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ExternalError && error.retryAfterMs !== undefined) throw error;
        parts.logger.warn({ thread, reason: errorText(error) }, 'reactions could not be read');
      }
    },
    { maxAttempts: Infinity, minDelayMs: minPauseMs, maxDelayMs: minPauseMs, patience, clock: parts.clock, signal },
  );

const readAll = async (parts: ReactionParts, signal: AbortSignal | undefined): Promise<void> => {
  const { stores, clock, logger } = parts;
  const threads = await stores.outbox.threads(clock.realNow() - catchUpMs);
  const patience = { leftMs: maxWaitMs };
  for (const [index, thread] of threads.entries())
    try {
      await readThreadPatiently(thread, parts, patience, signal);
    } catch (error) {
      if (signal?.aborted || !(error instanceof ExternalError)) throw error;
      const left = threads.length - index;
      return logger.warn({ left, reason: error.message }, 'reactions on the remaining threads were not read');
    }
};

/**
 * Creates a function that reads the reactions on threads of the last 14 days. Calls within a minute share one
 * reading, unless another platform has connected since. A thread that cannot be read keeps its stored reactions.
 * Waits as long as platforms require, up to a minute in all; after that, the remaining threads keep their stored
 * reactions. If its signal is aborted, the function rejects with the signal's reason.
 */
export const createReactionReader = (parts: ReactionParts): ((signal?: AbortSignal) => Promise<void>) => {
  const { platforms, clock } = parts;
  let shared: { of: string; reading: Promise<void>; doneAt: number | undefined } | undefined;

  const begin = (of: string, signal: AbortSignal | undefined) => {
    const begun = { of, reading: readAll(parts, signal), doneAt: undefined as number | undefined };
    shared = begun;
    begun.reading.then(
      () => {
        begun.doneAt = clock.monotonic();
      },
      () => {
        if (shared === begun) shared = undefined;
      },
    );
    return begun;
  };

  return async (signal) => {
    for (;;) {
      signal?.throwIfAborted();
      const of = [...platforms.keys()].sort().join(' ');
      const isFresh = shared?.of === of && (shared.doneAt === undefined || clock.monotonic() - shared.doneAt < freshMs);
      const known = isFresh ? shared : undefined;
      if (!known) return begin(of, signal).reading;
      try {
        return await known.reading;
      } catch {
        // The first caller was stopped or failed, so this one starts its own reading.
        if (shared === known) shared = undefined;
      }
    }
  };
};
