import { type Destination, platformOf } from '../../core/addresses.ts';
import type { Digest } from '../../core/digest.ts';
import type { EarlyHeaderStore } from '../../core/early-header.ts';
import { ExternalError, UserError } from '../../core/errors.ts';
import type { Held } from '../../core/lease.ts';
import type { Platform } from '../../core/platform.ts';
import { earlyHeaderMessage } from '../../digest/messages.ts';
import { settledMs } from './deliver.ts';
import { removeIfDouble } from './doubles.ts';
import { createFinder, postedSince } from './find.ts';
import type { PublishParts } from './publish.ts';

/** Milliseconds after which readers are told that a digest is on its way. */
const earlyAfterMs = 60_000;

export type EarlyDigest = Pick<Digest, 'channel' | 'date'> & { papers: number };

export type EarlyHeaderParts = PublishParts & { earlyHeaders: EarlyHeaderStore };

const postTo = async (
  digest: EarlyDigest,
  destination: Destination,
  platform: Platform,
  parts: EarlyHeaderParts,
  held: Held,
): Promise<void> => {
  const { earlyHeaders, outbox, clock, logger } = parts;
  const { channel, date } = digest;
  const key = await earlyHeaders.begin(digest, destination, held.fence);
  if (key === undefined) return;
  const since = postedSince(date, clock);
  const changedAt = await outbox.changedAt();
  // The database may have been restored from a copy that is older than the header.
  const earlier =
    changedAt === undefined
      ? undefined
      : await createFinder(platform, { destination, since }, clock)(key, changedAt + (platform.lagMs ?? 0), held);
  const message = earlyHeaderMessage(digest);
  const ref = earlier ?? (await platform.send({ destination, message, key, ready: held.check }));
  if (await earlyHeaders.sent(key, ref, held.fence)) {
    logger.info({ channel, date, destination }, 'header posted before the digest');
    return;
  }
  if (earlier) return;
  const standing = async () => {
    const header = await outbox.header(channel, date, destination);
    return header && { message: header };
  };
  await removeIfDouble(
    { destination, key, thread: undefined, message: ref, since, settledMs: settledMs(platform), standing },
    platform,
    parts,
  );
};

const platformWith = (written: string, { platforms }: PublishParts): Platform | undefined => {
  const platform = platforms.get(platformOf(written));
  return platform?.hasEarlyHeaders ? platform : undefined;
};

const post = async (
  digest: EarlyDigest,
  destinations: readonly string[],
  parts: EarlyHeaderParts,
  held: Held,
): Promise<void> => {
  const served = new Set<Destination>();
  await Promise.all(
    destinations.map(async (written) => {
      const platform = platformWith(written, parts);
      if (!platform) return;
      try {
        const destination = await platform.resolve(written);
        if (served.has(destination)) return;
        served.add(destination);
        await postTo(digest, destination, platform, parts, held);
      } catch (error) {
        if (!(error instanceof ExternalError || error instanceof UserError)) throw error;
        // The complete header is searched for an early one that arrived nevertheless.
        parts.logger.info({ destination: written, reason: error.message }, 'no early header');
      }
    }),
  );
};

/**
 * Does the work of drafting a digest. If it takes over a minute, posts a header that names no paper; publishing the digest
 * completes it.
 */
export const withEarlyHeader = async <T>(
  digest: EarlyDigest,
  destinations: readonly string[],
  parts: EarlyHeaderParts,
  held: Held,
  work: () => Promise<T>,
): Promise<T> => {
  if (!destinations.some((written) => platformWith(written, parts))) return work();
  const drafted = new AbortController();
  const posting = parts.clock
    .sleep(earlyAfterMs, AbortSignal.any([held, drafted.signal]))
    .then(
      () => post(digest, destinations, parts, held),
      () => undefined,
    )
    .catch((error: unknown) => {
      if (!held.aborted) parts.logger.error({ channel: digest.channel, err: error }, 'no early header');
    });
  try {
    return await work();
  } finally {
    drafted.abort();
    // Publishing must know whether there is an early header.
    await posting;
  }
};
