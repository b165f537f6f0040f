import type { ChannelRegistry } from '../../core/channel.ts';
import { errorText } from '../../core/errors.ts';
import type { Stores } from '../../core/stores.ts';
import { findPicked, type ShowParts, updatePosted } from './posted.ts';

/** Milliseconds between edits. Slack allows about 50 edits a minute, and several votes often come together. */
const pauseMs = 1_500;

type CountParts = Omit<ShowParts, 'stores'> & {
  stores: ShowParts['stores'] & Pick<Stores, 'digests'>;
  channels: Pick<ChannelRegistry, 'find'>;
  signal: AbortSignal;
};

type Counts = {
  /** Soon shows the new numbers of votes and saves in a paper's messages. */
  show(channel: string, paperId: string): void;
  /** Shows what is left at once, but waits for no edit once the signal is aborted. Call it before the stores are closed. */
  end(): Promise<void>;
};

/** Neither function rejects. Papers that change again while they wait are edited once. */
export const createCounts = (parts: CountParts): Counts => {
  const { stores, channels, clock, logger, signal } = parts;
  const waiting = new Map<string, { channel: string; paperId: string }>();
  const hurry = new AbortController();
  let working: Promise<void> | undefined;

  const update = async ({ channel: name, paperId }: { channel: string; paperId: string }): Promise<void> => {
    const channel = channels.find(name);
    const picked = channel && (await findPicked(channel, paperId, stores.digests));
    if (channel && picked) await updatePosted(channel, picked, parts, signal);
  };

  const work = async (): Promise<void> => {
    try {
      for (let next = [...waiting][0]; next; next = [...waiting][0]) {
        await clock.sleep(pauseMs, AbortSignal.any([signal, hurry.signal])).catch(() => signal.throwIfAborted());
        waiting.delete(next[0]);
        await update(next[1]).catch((error: unknown) => {
          if (signal.aborted) return;
          logger.warn({ paper: next[1].paperId, reason: errorText(error) }, 'votes not shown in the message');
        });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      working = undefined;
    }
  };

  return {
    show: (channel, paperId) => {
      waiting.set(`${channel} ${paperId}`, { channel, paperId });
      if (!signal.aborted) working ??= work();
    },
    end: async () => {
      hurry.abort();
      if (signal.aborted) return;
      const stopped = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => stopped.resolve(), { once: true });
      await Promise.race([working, stopped.promise]);
    },
  };
};
