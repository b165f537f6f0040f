import type { CallPriority } from '../../core/call-limiter.ts';
import { paperboyItself } from '../../core/changes.ts';
import type { Channel, ChannelRegistry } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { topicsHash } from '../../core/score.ts';
import type { Stores } from '../../core/stores.ts';
import { withLease } from '../lease.ts';

/** Milliseconds between checks, and after a failure. */
const checkEveryMs = 5_000;
const retryAfterMs = 60 * 60_000;

export type ExpansionParts = {
  /**
   * Rewrites topics in structured English. `text` is empty if the answer is unusable.
   * @returns undefined if the budget is spent. Rejects if the model cannot be reached.
   */
  expand(
    topics: string,
    channel: string,
    priority: CallPriority,
    signal: AbortSignal,
  ): Promise<{ text: string; model: string; costUsd: number | undefined } | undefined>;
  channels: Pick<ChannelRegistry, 'find'> & { reload(): Promise<void> };
  stores: Pick<Stores, 'changes' | 'leases'>;
  clock: Clock;
  logger: Logger;
};

export type Expansions = {
  /**
   * The channel with its expansion. Asks the model if nobody has expanded these topics yet, or if `again`. If that
   * fails, returns the channel as it is.
   */
  ensure(channel: Channel, signal: AbortSignal, options?: { again: boolean }): Promise<Channel>;
};

/**
 * Expands the topics of channels, once for each text. Every answer is kept, also an unusable one, so that nothing is
 * paid for twice.
 */
export const createExpansions = (parts: ExpansionParts): Expansions => {
  const { expand, channels, stores, clock, logger } = parts;
  /** By the hash of the topics, on the monotonic clock. A run that has waited for one failure must not wait for a second. */
  const retryAt = new Map<string, number>();

  const ask = async (channel: Channel, again: boolean, signal: AbortSignal): Promise<void> => {
    const { name, rubric } = channel;
    const hash = topicsHash(rubric);
    const stored = await stores.changes.list(undefined, 'expansion');
    if (!again && stored.some(({ value, undoneBy }) => value.topicsHash === hash && undoneBy === undefined)) return;
    const expansion = await expand(rubric.topics, name, again ? 'person' : 'digest', signal);
    if (!expansion) {
      logger.warn({ channel: name }, 'topics not expanded, because the budget is spent');
      return;
    }
    const { text, model, costUsd } = expansion;
    await stores.changes.add({
      ...{ person: paperboyItself, at: clock.now().toISOString(), channel: undefined, action: 'expansion' },
      value: { kind: 'expansion', topicsHash: hash, text, model, askedFor: name, costUsd: costUsd ?? null },
    });
    if (text === '') logger.warn({ channel: name, model }, 'topics not expanded, because the answer is unusable');
    else logger.info({ channel: name, model, costUsd }, 'topics expanded');
  };

  return {
    async ensure(channel, signal, { again } = { again: false }) {
      if (channel.rubric.expansion !== undefined && !again) return channel;
      const hash = topicsHash(channel.rubric);
      if (!again && clock.monotonic() < (retryAt.get(hash) ?? 0)) return channel;
      try {
        await withLease(`topics ${hash}`, { leases: stores.leases, clock, logger }, signal, (held) =>
          ask(channel, again, held),
        );
        retryAt.delete(hash);
      } catch (error) {
        signal.throwIfAborted();
        retryAt.set(hash, clock.monotonic() + retryAfterMs);
        logger.warn({ channel: channel.name, reason: errorText(error) }, 'topics not expanded, trying again later');
      }
      await channels.reload();
      return channels.find(channel.name) ?? channel;
    },
  };
};

/** Expands new and edited topics in the background until the signal is aborted. */
export const keepExpansions = async (
  channels: () => readonly Channel[],
  { expansions, clock }: { expansions: Expansions; clock: Clock },
  signal: AbortSignal,
): Promise<void> => {
  const retryAt = new Map<string, number>();
  while (!signal.aborted) {
    for (const channel of channels()) {
      const hash = topicsHash(channel.rubric);
      if (channel.rubric.expansion !== undefined || clock.monotonic() < (retryAt.get(hash) ?? 0)) continue;
      retryAt.set(hash, clock.monotonic() + retryAfterMs);
      await expansions.ensure(channel, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    await clock.sleep(checkEveryMs, signal).catch(() => {});
  }
};
