import PQueue from 'p-queue';
import { type MessageRef, platformOf, tenantOf } from '../core/addresses.ts';
import type { Clock } from '../core/clock.ts';
import { ExternalError, errorText } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Platform } from '../core/platform.ts';
import { retry } from '../core/retry.ts';
import type { Stores } from '../core/stores.ts';

/** Age in milliseconds up to which threads are read again, to find reactions that the bot missed while it was off. */
const catchUpMs = 14 * 86_400_000;
/** Maximum wait in milliseconds, summed over all pauses that one workspace requires. */
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

export type ReactionReader = (channel: string | undefined, signal?: AbortSignal) => Promise<void>;

/**
 * The readings that want threads of one workspace at the same time. They take turns, because it limits requests, and
 * share one wait.
 */
type Line = {
  readings: number;
  turns: PQueue;
  patience: { leftMs: number };
  /** Why no more threads are read, and how many were left. */
  refusal: { reason: string; left: number } | undefined;
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
 * @throws ExternalError if the platform requires longer pauses than `patience` allows.
 */
const readThreadPatiently = (
  thread: MessageRef,
  platform: Platform,
  parts: ReactionParts,
  patience: Line['patience'],
  signal: AbortSignal | undefined,
): Promise<void> =>
  retry(
    async () => {
      try {
        await readThread(thread, platform, parts);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ExternalError && error.retryAfterMs !== undefined) throw error;
        parts.logger.warn({ thread, reason: errorText(error) }, 'reactions could not be read');
      }
    },
    { maxAttempts: Infinity, minDelayMs: minPauseMs, maxDelayMs: minPauseMs, patience, clock: parts.clock, signal },
  );

/** When each thread was last read, on the monotonic clock. */
const createFreshness = (clock: Pick<Clock, 'monotonic'>) => {
  const readAt = new Map<string, number>();
  const keyOf = ({ destination, messageId }: MessageRef): string => `${destination} ${messageId}`;
  const isOver = (at: number): boolean => clock.monotonic() - at >= freshMs;
  return {
    has: (thread: MessageRef): boolean => !isOver(readAt.get(keyOf(thread)) ?? Number.NEGATIVE_INFINITY),
    add(thread: MessageRef): void {
      // The map is in order of time.
      for (const [key, at] of readAt) {
        if (!isOver(at)) break;
        readAt.delete(key);
      }
      readAt.delete(keyOf(thread));
      readAt.set(keyOf(thread), clock.monotonic());
    },
  };
};

/**
 * Creates a function that reads the reactions on threads of the last 14 days: those of a channel, or all. A thread is
 * read at most once a minute, however many readings want it. A thread that cannot be read keeps its stored reactions.
 * Waits as long as a workspace requires, up to a minute in all; after that, its remaining threads keep their stored
 * reactions. Other workspaces do not wait. If its signal is aborted, the function rejects with the signal's reason.
 */
export const createReactionReader = (parts: ReactionParts): ReactionReader => {
  const { platforms, stores, clock, logger } = parts;
  const lines = new Map<string, Line>();
  const fresh = createFreshness(clock);

  const readInTurn = async (
    thread: MessageRef,
    platform: Platform,
    line: Line,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    if (line.refusal || fresh.has(thread)) return;
    try {
      await readThreadPatiently(thread, platform, parts, line.patience, signal);
      fresh.add(thread);
    } catch (error) {
      if (signal?.aborted || !(error instanceof ExternalError)) throw error;
      line.refusal = { reason: error.message, left: 0 };
    }
  };

  const readAll = async (tenant: string, threads: readonly MessageRef[], signal: AbortSignal | undefined) => {
    const platform = platforms.get(platformOf(tenant));
    if (!platform || platform.isStoredHere) return;
    const line = lines.get(tenant) ?? {
      ...{ readings: 0, turns: new PQueue({ concurrency: 1 }), refusal: undefined },
      patience: { leftMs: maxWaitMs },
    };
    lines.set(tenant, line);
    line.readings += 1;
    try {
      for (const [index, thread] of threads.entries()) {
        if (!fresh.has(thread)) await line.turns.add(() => readInTurn(thread, platform, line, signal), { signal });
        if (!line.refusal) continue;
        line.refusal.left += threads.length - index;
        break;
      }
    } finally {
      line.readings -= 1;
      if (line.readings === 0) {
        lines.delete(tenant);
        if (line.refusal)
          logger.warn({ workspace: tenant, ...line.refusal }, 'reactions on the remaining threads were not read');
      }
    }
  };

  return async (channel, signal) => {
    signal?.throwIfAborted();
    const threads = await stores.outbox.threads(clock.realNow() - catchUpMs, channel);
    const byTenant = Map.groupBy(threads, ({ destination }) => tenantOf(destination));
    await Promise.all([...byTenant].map(([tenant, some]) => readAll(tenant, some, signal)));
  };
};
