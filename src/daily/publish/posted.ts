import { type MessageRef, platformOf } from '../../core/addresses.ts';
import type { Channel } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { dateIn } from '../../core/dates.ts';
import type { DigestEntry } from '../../core/digest.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Platform, SendRequest } from '../../core/platform.ts';
import { retry } from '../../core/retry.ts';
import type { Score } from '../../core/score.ts';
import type { Delivery, Stores } from '../../core/stores.ts';
import { paperMessage } from '../../digest/text.ts';

export type PostedDigest = { platform: Platform; deliveries: Delivery[]; thread: MessageRef | undefined };

/**
 * @returns undefined if the platform is not connected.
 * @throws ExternalError or UserError if the destination cannot be reached.
 */
export const readPosted = async (
  digestId: number,
  written: string,
  platforms: ReadonlyMap<string, Platform>,
  outbox: Stores['outbox'],
): Promise<PostedDigest | undefined> => {
  const platform = platforms.get(platformOf(written));
  if (!platform) return undefined;
  const deliveries = await outbox.list(digestId, await platform.resolve(written));
  const header = deliveries.find(({ rank, status }) => rank === 0 && status === 'sent');
  return { platform, deliveries, thread: header?.message };
};

type Picked = { digestId: number; entry: DigestEntry };

export const findPicked = async (
  channel: Pick<Channel, 'name'>,
  paperId: string,
  digests: Stores['digests'],
): Promise<Picked | undefined> => {
  const [newest] = await digests.withPaper(channel.name, paperId);
  const digest = newest && (await digests.find(channel.name, newest.date));
  return digest && { digestId: digest.digestId, entry: newest.entry };
};

export type ShowParts = {
  platforms: ReadonlyMap<string, Platform>;
  stores: Pick<Stores, 'outbox'>;
  clock: Clock;
  logger: Logger;
};

const editPatiently = (
  platform: Platform,
  request: SendRequest,
  messageId: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> =>
  retry(() => platform.edit({ destination: request.destination, messageId }, request), {
    maxAttempts: 3,
    minDelayMs: 1_000,
    maxDelayMs: 2_000,
    // Somebody is waiting for the answer.
    maxRetryAfterMs: 15_000,
    ...{ clock, signal },
  });

/**
 * Shows a new score in the posted messages of a paper, except those that cannot be edited.
 * @returns true if the paper was posted and all of its messages show the score.
 */
export const showRescored = async (
  channel: Channel,
  { digestId, entry }: Picked,
  score: Score,
  { platforms, stores, clock, logger }: ShowParts,
  signal: AbortSignal,
): Promise<boolean> => {
  const message = paperMessage({ ...entry, rescored: { score, on: dateIn(clock.now(), channel.timezone) } });
  let shown = 0;
  let failed = 0;
  for (const written of channel.post) {
    try {
      const posted = await readPosted(digestId, written, platforms, stores.outbox);
      if (!posted) {
        failed += 1;
        continue;
      }
      const sent = posted.deliveries.find(({ paperId, status }) => paperId === entry.paper.id && status === 'sent');
      if (!sent?.message) continue;
      const { destination, key } = sent;
      const request = { destination, thread: posted.thread, message, key };
      await editPatiently(posted.platform, request, sent.message.messageId, clock, signal);
      shown += 1;
    } catch (error) {
      if (!(error instanceof ExternalError || error instanceof UserError)) throw error;
      failed += 1;
      logger.warn(
        { destination: written, paper: entry.paper.id, reason: error.message },
        'posted message not updated with its new score',
      );
    }
  }
  return shown > 0 && failed === 0;
};
