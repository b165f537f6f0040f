import { type MessageRef, platformOf } from '../../core/addresses.ts';
import type { Channel } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { dateIn } from '../../core/dates.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Message } from '../../core/message.ts';
import type { Delivery } from '../../core/outbox.ts';
import type { Platform, SendRequest } from '../../core/platform.ts';
import { retry } from '../../core/retry.ts';
import type { Stores } from '../../core/stores.ts';
import { rescoredOf } from '../../digest/current-score.ts';
import { paperMessage } from '../../digest/messages.ts';

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

export type Picked = { digest: Digest; entry: DigestEntry };

export const findPicked = async (
  channel: Pick<Channel, 'name'>,
  paperId: string,
  digests: Stores['digests'],
): Promise<Picked | undefined> => {
  const [newest] = await digests.withPaper(channel.name, paperId);
  const digest = newest && (await digests.find(channel.name, newest.date));
  return digest && { digest, entry: newest.entry };
};

export type ShowParts = {
  platforms: ReadonlyMap<string, Platform>;
  stores: Pick<Stores, 'outbox' | 'reactions' | 'saved' | 'scores'>;
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

/** The message of a posted paper as it should be now: with its newest score, votes and saves. */
const currentMessage = async (
  channel: Pick<Channel, 'name' | 'timezone' | 'rubric'>,
  { digest, entry }: Picked,
  stores: ShowParts['stores'],
): Promise<Message> => {
  const { id } = entry.paper;
  const score = (await rescoredOf([entry], channel.rubric.hash, stores.scores)).get(id);
  const votes = (await stores.reactions.votes(channel.name, [id])).get(id) ?? { up: 0, down: 0 };
  const counts = { ...votes, saved: await stores.saved.count(id) };
  const rescored = score && { score, on: dateIn(new Date(score.createdAt), channel.timezone) };
  return paperMessage({ ...entry, rescored, counts }, digest);
};

/**
 * Edits the posted messages of a paper, except those that cannot be edited.
 * @returns true if the paper was posted and all of its messages were edited.
 */
export const updatePosted = async (
  channel: Pick<Channel, 'name' | 'timezone' | 'rubric' | 'post'>,
  picked: Picked,
  { platforms, stores, clock, logger }: ShowParts,
  signal: AbortSignal,
): Promise<boolean> => {
  const { digest, entry } = picked;
  const message = await currentMessage(channel, picked, stores);
  let shown = 0;
  let failed = 0;
  for (const written of channel.post) {
    try {
      const posted = await readPosted(digest.digestId, written, platforms, stores.outbox);
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
      logger.warn({ destination: written, paper: entry.paper.id, reason: error.message }, 'posted message not updated');
    }
  }
  return shown > 0 && failed === 0;
};
