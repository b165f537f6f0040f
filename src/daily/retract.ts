import { platformOf } from '../core/addresses.ts';
import { paperboyItself } from '../core/changes.ts';
import type { Channel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import { longDate } from '../core/dates.ts';
import type { Digest, DigestSummary } from '../core/digest.ts';
import { ExternalError, UserError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Delivery } from '../core/outbox.ts';
import { countOf } from '../core/paper.ts';
import type { Platform } from '../core/platform.ts';
import { retry } from '../core/retry.ts';
import type { Services } from '../core/services.ts';
import type { ChangeStore, Stores } from '../core/stores.ts';
import { withChannelLease } from './lease.ts';
import { findMessage } from './publish/find.ts';
import { type PostedDigest, readPosted } from './publish/posted.ts';

/**
 * Retracted digests of a channel. Their dates count as posted, so that catching up skips them.
 * @param since Only retractions after the change with this id.
 */
export const retractedDays = async (
  channel: string,
  changes: Pick<ChangeStore, 'list'>,
  since = 0,
): Promise<Pick<DigestSummary, 'date' | 'remedial'>[]> =>
  (await changes.list(channel, 'retract'))
    .filter(({ changeId }) => changeId > since)
    .map(({ value: { date, remedial } }) => ({
      ...{ date, remedial: remedial ? { from: date, to: date, approximate: false } : undefined },
    }));

type RetractParts = {
  stores: Pick<Stores, 'changes' | 'digests' | 'leases' | 'outbox'>;
  platforms: ReadonlyMap<string, Platform>;
  clock: Clock;
  logger: Logger;
};

type Retraction = { removed: number; failed: { destination: string; messages: number; reason: string }[] };

/** The delivery's message. If sending it was interrupted, searches for it on the platform. */
const messageOf = async ({ message, ...delivery }: Delivery, { platform, thread }: PostedDigest) => {
  if (delivery.status !== 'sending') return message;
  const { destination, key, firstTriedAt = 0 } = delivery;
  const inside = delivery.rank === 0 ? undefined : thread;
  return findMessage(await platform.sent({ destination, thread: inside, since: firstTriedAt }), key);
};

const remove = (delivery: Delivery, posted: PostedDigest, clock: Clock, signal: AbortSignal): Promise<boolean> =>
  retry(
    async () => {
      const message = await messageOf(delivery, posted);
      if (message) await posted.platform.remove(message, delivery.rank === 0 ? undefined : posted.thread);
      return message !== undefined;
    },
    { maxAttempts: 4, minDelayMs: 1_000, maxDelayMs: 4_000, maxRetryAfterMs: 60_000, clock, signal },
  );

/** Removes papers first, because a thread cannot be found without its header. */
const retractFrom = async (
  digest: Digest,
  written: string,
  { platforms, stores, clock, logger }: RetractParts,
  signal: AbortSignal,
  retraction: Retraction,
): Promise<void> => {
  let left = digest.entries.length + 1;
  try {
    const posted = await readPosted(digest.digestId, written, platforms, stores.outbox);
    if (!posted) throw new UserError(`${platformOf(written)} is not connected`);
    const sent = posted.deliveries.filter(({ status }) => status === 'sending' || status === 'sent').reverse();
    left = sent.length;
    for (const delivery of sent) {
      if (await remove(delivery, posted, clock, signal)) retraction.removed += 1;
      left -= 1;
    }
  } catch (error) {
    if (!(error instanceof ExternalError || error instanceof UserError)) throw error;
    retraction.failed.push({ destination: written, messages: left, reason: error.message });
    logger.warn({ destination: written, left, reason: error.message }, 'messages could not be removed');
  }
};

const failureText = (date: string, { removed, failed }: Retraction): string => {
  const failures = failed.map(({ destination, messages, reason }) => {
    return `${countOf(messages, 'message')} in ${destination} (${reason})`;
  });
  const done =
    removed > 0
      ? `${countOf(removed, 'message')} ${removed === 1 ? 'was' : 'were'} removed, but not `
      : 'Not removed: ';
  return `${done}${failures.join(' and ')}. The digest stays. Fix that, then type /arxiv retract ${date} again.`;
};

/**
 * Removes the messages of a digest, then the digest with its deliveries and their reactions. If a message cannot be
 * removed, keeps the digest, so that retracting can be retried. The date still counts as posted; the digest is remade
 * only on request.
 */
export const createRetract =
  (parts: RetractParts): Services['retract'] =>
  (channel: Channel, date, signal, by = paperboyItself) => {
    const { stores, clock } = parts;
    return withChannelLease(channel.name, parts, signal, async (held) => {
      const digest = await stores.digests.find(channel.name, date);
      if (!digest) throw new UserError(`${channel.name} has no digest for ${longDate(date)}. Enter another date.`);
      const retraction: Retraction = { removed: 0, failed: [] };
      for (const written of channel.post) await retractFrom(digest, written, parts, held, retraction);
      if (retraction.failed.length > 0) throw new UserError(failureText(date, retraction));
      const { rubric, createdAt, usage } = digest;
      const paid = { rubric, createdAt, costUsd: usage.costUsd ?? null };
      const value = { date, remedial: digest.remedial !== undefined, messages: retraction.removed, ...paid };
      // Logged before the digest is removed, because a date with neither would be posted again.
      const at = clock.now().toISOString();
      await stores.changes.add({ at, person: by, channel: channel.name, action: 'retract', value });
      await stores.digests.remove(digest.digestId);
      return retraction.removed;
    });
  };
