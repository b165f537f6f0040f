import type { Channel } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { addDays } from '../../core/dates.ts';
import type { Logger } from '../../core/logger.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Stores } from '../../core/stores.ts';
import type { Collected, Collector } from '../collect/collect.ts';
import { catchupDays, latestMailingDate, previousMailingDate } from '../collect/mailing.ts';

/** With more dates, the built-in scorer hardly improves. */
const enoughDates = 10;
const maxDates = 20;
/** Milliseconds between checks and after a failure. */
const checkEveryMs = 60_000;
const retryAfterMs = 60 * 60_000;
const watchEveryMs = 250;

export type ArchiveParts = {
  stores: Pick<Stores, 'announcements' | 'digests'>;
  collector: Pick<Collector, 'on'>;
  /** True during any run. Runs take priority, because arXiv allows only one request at a time. */
  isRunning(): boolean;
  clock: Clock;
  logger: Logger;
};

const collectWhileIdle = async (
  date: IsoDate,
  category: string,
  { collector, isRunning, clock }: ArchiveParts,
  signal: AbortSignal,
): Promise<Collected> => {
  for (;;) {
    while (isRunning()) await clock.sleep(watchEveryMs, signal);
    const interruption = new AbortController();
    const done = new AbortController();
    const watching = (async () => {
      for (const until = AbortSignal.any([signal, done.signal]); ; ) {
        await clock.sleep(watchEveryMs, until);
        if (isRunning()) return interruption.abort(new Error('a run goes first'));
      }
    })().catch(() => {});
    try {
      return await collector.on(date, [category], AbortSignal.any([signal, interruption.signal]));
    } catch (error) {
      if (signal.aborted || !interruption.signal.aborted) throw error;
    } finally {
      done.abort();
      await watching;
    }
  }
};

/**
 * Collects announcements older than the channel's newest, most recent first, until ten dates with papers are stored.
 * @returns false if arXiv failed for one of them.
 */
const fillFor = async (
  { name, categories }: Pick<Channel, 'name' | 'categories'>,
  parts: ArchiveParts,
  signal: AbortSignal,
): Promise<boolean> => {
  const { announcements } = parts.stores;
  const { clock, logger } = parts;
  const newest = await announcements.newestDate(categories);
  if (newest === undefined) return false;
  const oldest = addDays(latestMailingDate(clock.now()), -catchupDays);
  let [date, dates, asked] = [previousMailingDate(newest), 0, 0];
  for (let checked = 0; dates < enoughDates && checked < maxDates && date >= oldest; checked += 1) {
    const missing: string[] = [];
    for (const category of categories) if (!(await announcements.has(date, [category]))) missing.push(category);
    for (const category of missing) {
      const collected = await collectWhileIdle(date, category, parts, signal);
      if (collected.kind !== 'incomplete') continue;
      logger.warn(
        { channel: name, date, category, reason: collected.reason },
        'archive not filled, trying again later',
      );
      return false;
    }
    if ((await announcements.count(date, categories)) > 0) dates += 1;
    if (missing.length > 0) {
      asked += 1;
      logger.info({ channel: name, date, dates, of: enoughDates }, 'archive: date added');
    }
    date = previousMailingDate(date);
  }
  if (asked > 0) logger.info({ channel: name, dates }, 'archive filled');
  return true;
};

/**
 * Fills the archive of each channel that has a digest, so that the built-in scorer has papers to learn from. Runs in
 * the background until the signal is aborted.
 */
export const keepArchive = async (
  channels: () => readonly Pick<Channel, 'name' | 'categories'>[],
  parts: ArchiveParts,
  signal: AbortSignal,
): Promise<void> => {
  const { stores, clock, logger } = parts;
  const keyOf = ({ categories }: Pick<Channel, 'categories'>): string => categories.toSorted().join(' ');
  /** When to check categories again, on the monotonic clock. */
  const nextAt = new Map<string, number>();
  const isDue = (channel: Pick<Channel, 'categories'>): boolean =>
    clock.monotonic() >= (nextAt.get(keyOf(channel)) ?? 0);
  // Nothing else needs the archive, so a failure ends nothing.
  const failed = (error: unknown, channel?: string): undefined => {
    if (!signal.aborted) logger.error({ channel, err: error }, 'archive not filled');
  };
  while (!signal.aborted) {
    await clock.sleep(checkEveryMs, signal).catch(() => {});
    const due = signal.aborted ? [] : channels().filter(isDue);
    if (due.length === 0) continue;
    const newest = await stores.digests.newestDates(due.map(({ name }) => name)).catch(failed);
    for (const channel of due) {
      if (signal.aborted || parts.isRunning()) break;
      if (!newest?.has(channel.name) || !isDue(channel)) continue;
      const isFull = await fillFor(channel, parts, signal).catch((error) => failed(error, channel.name));
      nextAt.set(keyOf(channel), isFull ? Number.POSITIVE_INFINITY : clock.monotonic() + retryAfterMs);
    }
  }
};
