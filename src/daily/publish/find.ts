import type { MessageRef } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { isDelivered } from '../../core/delivery-key.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Platform, SentMessage, SentQuery } from '../../core/platform.ts';

const hourMs = 3_600_000;
/** A digest is announced at midnight in UTC of its date, or an hour later in winter. */
const marginMs = 3 * hourMs;
/** Catching up reaches less far back. A busy channel has thousands of messages in this time. */
const maxLookBackMs = 14 * 24 * hourMs;

/**
 * The system time from which on the header of a digest may have been posted. A wrong clock does not change it, because it
 * depends on the date of the digest alone if time is not simulated.
 */
export const postedSince = (date: IsoDate, clock: Pick<Clock, 'now' | 'realNow'>): number => {
  const age = clock.now().getTime() - Date.parse(date) + marginMs;
  return clock.realNow() - Math.min(maxLookBackMs, Math.max(marginMs, age));
};

export const findMessage = (messages: readonly SentMessage[], key: string): MessageRef | undefined => {
  const found = messages.find((one) => one.key === key) ?? messages.findLast((one) => isDelivered(key, one.key));
  return found?.message;
};

export type Finder = (key: string, notBefore: number, signal: AbortSignal) => Promise<MessageRef | undefined>;

/**
 * Finds messages on a platform by their keys. Reads the place once, and again only to learn what is there at a later
 * time (`notBefore`, monotonic), for which it waits.
 */
export const createFinder = (
  platform: Platform,
  place: SentQuery,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
): Finder => {
  let read: { at: number; messages: readonly SentMessage[] } | undefined;
  return async (key, notBefore, signal) => {
    if (!read || read.at < notBefore) {
      const wait = notBefore - clock.monotonic();
      if (wait > 0) await clock.sleep(wait, signal);
      const at = clock.monotonic();
      read = { at, messages: await platform.sent(place) };
    }
    return findMessage(read.messages, key);
  };
};
