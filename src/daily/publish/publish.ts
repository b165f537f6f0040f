import { type Destination, type MessageRef, platformOf } from '../../core/addresses.ts';
import type { Digest } from '../../core/digest.ts';
import { ExternalError, StorageFailure, UserError } from '../../core/errors.ts';
import type { Held } from '../../core/lease.ts';
import type { Platform } from '../../core/platform.ts';
import { type DeliverParts, deliver, settledMs, type Target } from './deliver.ts';
import { removeDoubles } from './doubles.ts';
import { createFinder, postedSince } from './find.ts';

export type Published = {
  sent: Set<string>;
  headers: number;
  failed: { destination: string; reason: string }[];
};

export type PublishParts = DeliverParts & {
  platforms: ReadonlyMap<string, Platform>;
  outages: ReadonlyMap<string, string>;
};

const publishTo = async (
  digest: Digest,
  destination: Destination,
  platform: Platform,
  parts: PublishParts,
  held: Held,
  published: Published,
): Promise<void> => {
  const { outbox, clock } = parts;
  const since = postedSince(digest.date, clock);
  const changedAt = (await outbox.changedAt()) ?? Number.NEGATIVE_INFINITY;
  const searchAt = changedAt + (platform.lagMs ?? 0);
  const header: Target = {
    platform,
    thread: undefined,
    find: createFinder(platform, { destination, since }, clock),
    ...{ since, searchAt },
  };
  let target = header;
  let resentAt: number | undefined;
  const enter = (thread: MessageRef, isNew: boolean): void => {
    if (target !== header) return;
    const find = createFinder(platform, { destination, thread, since }, clock);
    target = { platform, thread, find, since, searchAt: isNew ? undefined : searchAt };
  };

  for (const delivery of await outbox.list(digest.digestId, destination)) {
    if (delivery.status === 'refused') continue;
    if (delivery.status === 'sent' && delivery.message) {
      enter(delivery.message, false);
      continue;
    }
    const done = await deliver(delivery, digest, target, parts, held);
    if (!done) continue;
    if (done.isNew && !done.isNote && delivery.paperId !== undefined) published.sent.add(delivery.paperId);
    if (done.isNew && delivery.rank === 0) published.headers += 1;
    resentAt = done.resentAt ?? resentAt;
    enter(done.ref, done.isNew);
  }
  if (resentAt === undefined || !target.thread) return;
  await clock.sleep(Math.max(0, resentAt + settledMs(platform) - clock.monotonic()), held);
  await held.check();
  await removeDoubles(digest, destination, target.thread, platform, parts);
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
  held: Held,
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
        await publishTo(digest, destination, platform, parts, held, published);
      } catch (error) {
        if (!(error instanceof ExternalError || error instanceof UserError)) throw error;
        if (error instanceof StorageFailure) throw error;
        parts.logger.error({ destination: written, reason: error.message }, 'digest not sent to destination');
        published.failed.push({ destination: written, reason: error.message });
      }
    }),
  );
  // Thrown only after every destination is done, because nothing may still be sending when the caller's lease ends.
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return published;
};
