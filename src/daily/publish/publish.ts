import { type Destination, type MessageRef, platformOf } from '../../core/addresses.ts';
import type { Clock } from '../../core/clock.ts';
import { longDate } from '../../core/dates.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { heading, type Message, message as messageWith, paragraph } from '../../core/message.ts';
import { paperLinks } from '../../core/paper.ts';
import type { Platform } from '../../core/platform.ts';
import { retry } from '../../core/retry.ts';
import type { Delivery, Outbox } from '../../core/stores.ts';
import { headerMessage, paperMessage } from '../../digest/messages.ts';
import { describeCounts } from '../../digest/text.ts';

export type Published = {
  sent: Set<string>;
  headers: number;
  failed: { destination: string; reason: string }[];
};

export type PublishParts = {
  platforms: ReadonlyMap<string, Platform>;
  outages: ReadonlyMap<string, string>;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  random: () => number;
};

/** Milliseconds after which a message counts as missing if sending was interrupted. */
const arrivalMs = 2_000;

/** If a platform takes this many milliseconds to fail, the next search for the message is much later. */
const slowMs = 5_000;
const slowArrivalMs = 30_000;

/** True if the message may have arrived despite the error, unlike a refused message. */
const isUncertain = (error: ExternalError): boolean => error.status === undefined || error.status >= 500;

const messageOf = (digest: Digest, delivery: Delivery): Message => {
  if (delivery.rank === 0) return headerMessage(digest);
  const entry = digest.entries.find((one) => one.rank === delivery.rank);
  if (!entry) throw new Error(`delivery ${delivery.key} has no entry in its digest`);
  return paperMessage(entry, digest);
};

/** Replaces a message that is refused in every form that has the paper's text or links. */
const refusalMessage = ({ rank, paperId }: Delivery, reason: string): Message => {
  const what = paperId === undefined ? 'The header of this digest' : `Number ${rank}, paper ${paperId},`;
  const text = `${what} could not be posted here. ${reason}${paperId === undefined ? '' : ` Type /arxiv show ${paperId} to read it.`}`;
  return { summary: text, blocks: [{ type: 'paragraph', content: [text] }] };
};

/** The date and the counts, without the titles of papers. */
const plainHeader = (digest: Digest): Message => {
  const title = `${longDate(digest.date)} · ${digest.channel}`;
  return messageWith(title, [heading(title), paragraph(describeCounts(digest))]);
};

const plainPaper = ({ summary }: Message, entry: DigestEntry): Message => {
  return {
    summary,
    blocks: [
      { type: 'paragraph', content: [summary] },
      { type: 'note', content: paperLinks(entry.paper) },
    ],
  };
};

/**
 * Sends one delivery. After an unclear failure, searches for the message on the platform before sending it again, so
 * that killing the process at any point neither loses nor repeats it.
 * @returns undefined if the platform refuses the message, its plain text and the note in its place.
 * @throws ExternalError if the platform refuses for another reason, or fails too often.
 */
const deliver = async (
  delivery: Delivery,
  digest: Digest,
  thread: MessageRef | undefined,
  platform: Platform,
  { outbox, clock, random, logger }: PublishParts,
  signal: AbortSignal,
): Promise<{ ref: MessageRef; isNew: boolean; isNote: boolean } | undefined> => {
  const { destination, key, deliveryId } = delivery;
  const firstTriedAt = delivery.firstTriedAt ?? clock.realNow();
  let message = messageOf(digest, delivery);
  let form: 'full' | 'plain' | 'note' = 'full';
  let isNew = false;
  // Milliseconds to wait before each search. A delivery that another process was sending may have arrived.
  let searchDelays = delivery.status === 'sending' ? [arrivalMs] : [];
  let failedAt = clock.monotonic();
  const send = async (): Promise<MessageRef> => {
    await outbox.sending(deliveryId, clock.realNow());
    isNew = true;
    const sentFrom = clock.monotonic();
    try {
      return await platform.send({ destination, thread, message, key });
    } catch (error) {
      if (error instanceof ExternalError && error.retryable && isUncertain(error)) {
        failedAt = clock.monotonic();
        searchDelays = failedAt - sentFrom > slowMs ? [arrivalMs, slowArrivalMs] : [arrivalMs];
      }
      throw error;
    }
  };

  const sendOrPlain = (): Promise<MessageRef> =>
    send().catch((error: unknown) => {
      if (!(error instanceof ExternalError) || !error.isAboutMessage || form === 'note') throw error;
      const fields = { key, paper: delivery.paperId, destination, reason: error.message };
      if (form === 'full') {
        logger.error(fields, 'message refused, sending plain text');
        const entry = digest.entries.find(({ rank }) => rank === delivery.rank);
        message = entry ? plainPaper(message, entry) : plainHeader(digest);
        form = 'plain';
      } else {
        logger.error(fields, 'plain text refused, giving the message up with a note');
        message = refusalMessage(delivery, error.message);
        form = 'note';
      }
      return sendOrPlain();
    });

  const find = async (): Promise<MessageRef | undefined> => {
    for (const wait of searchDelays) {
      await clock.sleep(Math.max(0, failedAt + wait - clock.monotonic()), signal);
      const ref = await platform.find({ destination, thread, key, since: firstTriedAt });
      if (ref) return ref;
    }
    searchDelays = [];
    return undefined;
  };

  const sent = retry(
    async () => {
      const ref = (await find()) ?? (await sendOrPlain());
      await outbox.sent(deliveryId, ref, clock.realNow());
      return { ref, isNew, isNote: form === 'note' };
    },
    {
      ...{ maxAttempts: 6, minDelayMs: 500, maxDelayMs: 30_000, clock, random, signal },
      onRetry: ({ error, attempt }) =>
        logger.warn(
          { key, attempt, status: error.status, reason: error.message },
          'message not delivered, trying again',
        ),
    },
  );
  return sent.catch(async (error: unknown) => {
    // Without a header there is no thread to continue.
    if (!(error instanceof ExternalError) || !error.isAboutMessage || delivery.rank === 0) throw error;
    logger.error({ key, paper: delivery.paperId, destination, reason: error.message }, 'message given up');
    await outbox.refused(deliveryId);
    return undefined;
  });
};

const publishTo = async (
  digest: Digest,
  destination: Destination,
  platform: Platform,
  parts: PublishParts,
  signal: AbortSignal,
  published: Published,
): Promise<void> => {
  let thread: MessageRef | undefined;
  for (const delivery of await parts.outbox.list(digest.digestId, destination)) {
    let ref = delivery.message;
    if (delivery.status === 'refused') continue;
    if (delivery.status !== 'sent' || !ref) {
      const done = await deliver(delivery, digest, thread, platform, parts, signal);
      if (!done) continue;
      ref = done.ref;
      if (done.isNew && !done.isNote && delivery.paperId !== undefined) published.sent.add(delivery.paperId);
      if (done.isNew && delivery.rank === 0) published.headers += 1;
    }
    thread ??= ref;
  }
};

/**
 * Sends the unsent messages of a digest to all destinations in parallel; with `fill`, also to destinations added since
 * it was made. If one destination fails, the others continue, and its messages remain in the outbox for the next run. A
 * message that a platform refuses for its content is given up, and the rest follows.
 */
export const publish = async (
  digest: Digest,
  destinations: readonly string[],
  { fill, ...parts }: PublishParts & { fill: boolean },
  signal: AbortSignal,
): Promise<Published> => {
  const published: Published = { sent: new Set(), headers: 0, failed: [] };
  const served = new Set<string>();
  const ends = await Promise.allSettled(
    destinations.map(async (written) => {
      try {
        const platform = parts.platforms.get(platformOf(written));
        if (!platform)
          throw new ExternalError({
            service: platformOf(written),
            message: parts.outages.get(platformOf(written)) ?? `${platformOf(written)} is not connected`,
          });
        const destination = await platform.resolve(written);
        if (served.has(destination)) return;
        served.add(destination);
        if (destination !== written) await parts.outbox.readdress(digest.digestId, written, destination);
        if (fill) await parts.outbox.enqueue(digest, [destination]);
        await publishTo(digest, destination, platform, parts, signal, published);
      } catch (error) {
        if (!(error instanceof ExternalError || error instanceof UserError)) throw error;
        parts.logger.error({ destination: written, reason: error.message }, 'digest not sent to destination');
        published.failed.push({ destination: written, reason: error.message });
      }
    }),
  );
  // Thrown only after every destination is done, because nothing may still be sending when the caller's lease ends.
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return published;
};
