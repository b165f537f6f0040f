import type { MessageRef } from '../../core/addresses.ts';
import { longDate } from '../../core/dates.ts';
import type { Digest, DigestEntry } from '../../core/digest.ts';
import type { EarlyHeaderStore } from '../../core/early-header.ts';
import { ExternalError } from '../../core/errors.ts';
import type { Held } from '../../core/lease.ts';
import type { Logger } from '../../core/logger.ts';
import { heading, type Message, message as messageWith, paragraph } from '../../core/message.ts';
import type { Delivery } from '../../core/outbox.ts';
import { paperLinks } from '../../core/paper.ts';
import type { Platform } from '../../core/platform.ts';
import { retry } from '../../core/retry.ts';
import { headerMessage, paperMessage } from '../../digest/messages.ts';
import { describeCounts } from '../../digest/text.ts';
import { leaseLost } from '../lease.ts';
import { type DoubleParts, removeIfDouble } from './doubles.ts';
import type { Finder } from './find.ts';

/** Milliseconds after which a message counts as missing if sending was interrupted. */
const arrivalMs = 2_000;

/** If a platform takes this many milliseconds to fail, the next search for the message is much later. */
const slowMs = 5_000;
const slowArrivalMs = 30_000;

/** True if the message may have arrived despite the error, unlike a refused message. */
const mayHaveArrived = (error: ExternalError): boolean => error.status === undefined || error.status >= 500;

/** A proxy between may repeat an old answer, so that the message was never sent. */
const repeated = ({ name }: Platform): ExternalError =>
  new ExternalError({ service: name, message: 'The answer is about another message. Check the proxy.' });

const messageOf = (digest: Digest, delivery: Delivery, { hasThreads = true }: Platform): Message => {
  if (delivery.rank === 0) return headerMessage(digest, { listsPapers: hasThreads });
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

export type DeliverParts = DoubleParts & { earlyHeaders: EarlyHeaderStore; logger: Logger; random: () => number };

export type Target = {
  platform: Platform;
  /** Undefined for the header. */
  thread: MessageRef | undefined;
  find: Finder;
  /** See `SentQuery`. */
  since: number;
  /**
   * Monotonic time from which on a search sees everything that was sent before the database was last replaced; undefined
   * if nothing can have been sent.
   */
  searchAt: number | undefined;
};

type Done = {
  ref: MessageRef;
  isNew: boolean;
  isNote: boolean;
  /** Monotonic time at which it was sent although an earlier attempt may still arrive. */
  resentAt: number | undefined;
};

const shortLag = ({ lagMs = 0 }: Platform): number[] => (lagMs > arrivalMs ? [arrivalMs, lagMs] : [arrivalMs]);

/** How long after an unclear attempt its message is surely visible, unless it is very late. */
export const settledMs = (platform: Platform): number => Math.max(...shortLag(platform));

/**
 * Sends one delivery under the lease. Searches for it first if it may have been sent: by another process, by this one
 * with an unclear answer, or before the database was restored from a copy. So neither killing nor pausing the process
 * loses or repeats a message.
 * @returns undefined if the platform refuses the message, its plain text and the note in its place.
 * @throws ExternalError if the platform refuses for another reason, or fails too often; Error if the lease is lost.
 */
export const deliver = async (
  delivery: Delivery,
  digest: Digest,
  { platform, thread, find, since, searchAt }: Target,
  parts: DeliverParts,
  held: Held,
): Promise<Done | undefined> => {
  const { outbox, earlyHeaders, clock, random, logger } = parts;
  const { destination, key, deliveryId } = delivery;
  let message = messageOf(digest, delivery, platform);
  let form: 'full' | 'plain' | 'note' = 'full';
  let isNew = false;
  /** The last attempt that may have succeeded. */
  let attempt: { message: MessageRef | undefined } | undefined;
  let early = delivery.rank === 0 ? await earlyHeaders.find(key) : undefined;
  /** True if an attempt may have succeeded. */
  let isUnclear = delivery.status === 'sending' || (early !== undefined && !early.message);
  let resentAt: number | undefined;
  // Monotonic times of the searches before the next attempt. What another process was sending may just be arriving.
  const began = clock.monotonic() - (delivery.triedMsAgo ?? 0);
  let searches = isUnclear ? shortLag(platform).map((wait) => began + wait) : searchAt === undefined ? [] : [searchAt];

  const lost = async (): Promise<Error> => {
    await held.check();
    return leaseLost(held.fence.name);
  };

  const send = async (): Promise<MessageRef> => {
    if (!(await outbox.sending(deliveryId, clock.realNow(), held.fence))) throw await lost();
    isNew = true;
    const sentFrom = clock.monotonic();
    try {
      const ref = await platform.send({ destination, thread, message, key, ready: held.check });
      const known = await outbox.about(ref);
      if (known && (known.paperId !== delivery.paperId || known.channel !== digest.channel)) throw repeated(platform);
      attempt = { message: ref };
      if (isUnclear) resentAt = clock.monotonic();
      return ref;
    } catch (error) {
      if (error instanceof ExternalError && error.retryable && mayHaveArrived(error)) {
        const failedAt = clock.monotonic();
        const isSlow = failedAt - sentFrom > slowMs;
        searches = (isSlow ? [arrivalMs, slowArrivalMs] : shortLag(platform)).map((wait) => failedAt + wait);
        isUnclear = true;
        attempt = { message: undefined };
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

  const search = async (): Promise<MessageRef | undefined> => {
    try {
      for (const notBefore of searches) {
        const ref = await find(key, notBefore, held);
        if (ref) return ref;
      }
    } catch (error) {
      // The right to read may be missing. Without a reason to search, that does not keep the digest from being posted.
      if (isUnclear || !(error instanceof ExternalError) || error.retryable) throw error;
      logger.warn({ destination, key, reason: error.message }, 'not searched for an earlier message');
    }
    searches = [];
    return undefined;
  };

  /** A header that is found may be an early one. @returns undefined if it must be sent anew. */
  const complete = async (found: MessageRef | undefined): Promise<MessageRef | undefined> => {
    if (!found || delivery.rank > 0 || attempt) return found;
    await held.check();
    try {
      await platform.edit(found, { destination, message, key });
    } catch (error) {
      if (!(error instanceof ExternalError) || error.retryable) throw error;
      logger.warn({ destination, key, reason: error.message }, early ? 'early header replaced' : 'header not edited');
      if (!early) return found;
      await platform.remove(found, undefined);
      early = undefined;
      return undefined;
    }
    isNew ||= early !== undefined;
    return found;
  };

  const deliverOnce = async (): Promise<Done> => {
    const ref = (await complete(early?.message ?? (await search()))) ?? (await sendOrPlain());
    if (!(await outbox.sent(deliveryId, ref, clock.realNow(), held.fence))) throw await lost();
    if (delivery.rank === 0) await earlyHeaders.completed(key);
    return { ref, isNew, isNote: form === 'note', resentAt };
  };

  return retry(deliverOnce, {
    ...{ maxAttempts: 6, minDelayMs: 500, maxDelayMs: 30_000, clock, random, signal: held },
    onRetry: ({ error, attempt }) =>
      logger.warn({ key, attempt, status: error.status, reason: error.message }, 'message not delivered, trying again'),
  }).catch(async (error: unknown) => {
    // The run may have been taken before this process noticed that its lease was.
    if (attempt && (await held.isLost())) {
      const standing = async () => {
        const now = await outbox.find(deliveryId);
        return now && now.status !== 'sent' ? undefined : { message: now?.message };
      };
      const { message } = attempt;
      const late = { destination, key, thread, message, since, settledMs: settledMs(platform), standing };
      await removeIfDouble(late, platform, parts);
    }
    // Without a header there is no thread to continue.
    if (!(error instanceof ExternalError) || !error.isAboutMessage || delivery.rank === 0) throw error;
    logger.error({ key, paper: delivery.paperId, destination, reason: error.message }, 'message given up');
    await outbox.refused(deliveryId, held.fence);
    return undefined;
  });
};
