import type { Channel } from '../../core/channel.ts';
import { addDays, type Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Stores } from '../../core/stores.ts';
import type { Collected, Collector } from '../collect/collect.ts';
import { catchupDays, latestMailingDate, previousMailingDate } from '../collect/mailing.ts';

/** The built-in scorer learns from the days before; from so many on, a further one adds little. */
const enoughDates = 10;
/** Holidays among the dates are passed over, but no more than this is looked through. */
const maxDates = 20;
/** How often it is seen whether there is something to fill, and how long a failure rests, in milliseconds. */
const lookEveryMs = 60_000;
const restMs = 60 * 60_000;
/** How soon a run that begins is made way for, in milliseconds. */
const watchEveryMs = 250;

export type ArchiveParts = {
  stores: Pick<Stores, 'announcements' | 'digests'>;
  collector(): Promise<Pick<Collector, 'on'>>;
  /** True while any channel is run: arXiv is asked one thing at a time, and a run goes first. */
  isRunning(): boolean;
  clock: Clock;
  logger: Logger;
};

/** Asks for a category's announcement while nothing is run; where a run begins meanwhile, once more after it. */
const collectWhileIdle = async (
  date: IsoDate,
  category: string,
  { collector, isRunning, clock }: ArchiveParts,
  signal: AbortSignal,
): Promise<Collected> => {
  for (;;) {
    while (isRunning()) await clock.sleep(watchEveryMs, signal);
    const way = new AbortController();
    const done = new AbortController();
    const watching = (async () => {
      for (const until = AbortSignal.any([signal, done.signal]); ; ) {
        await clock.sleep(watchEveryMs, until);
        if (isRunning()) return way.abort(new Error('a run goes first'));
      }
    })().catch(() => {});
    try {
      return await (await collector()).on(date, [category], AbortSignal.any([signal, way.signal]));
    } catch (error) {
      if (signal.aborted || !way.signal.aborted) throw error;
    } finally {
      done.abort();
      await watching;
    }
  }
};

/**
 * Collects announcements from before a channel's newest one, nearest first, until ten dates with papers are stored.
 *
 * @returns false where arXiv did not give one of them; what is stored by then stays.
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
  for (let looked = 0; dates < enoughDates && looked < maxDates && date >= oldest; looked += 1) {
    const missing: string[] = [];
    for (const category of categories) if (!(await announcements.has(date, [category]))) missing.push(category);
    for (const category of missing) {
      const collected = await collectWhileIdle(date, category, parts, signal);
      if (collected.kind !== 'incomplete') continue;
      logger.warn({ channel: name, date, category, reason: collected.reason }, 'archive not filled, tries again later');
      return false;
    }
    if ((await announcements.read(date, categories)).length > 0) dates += 1;
    if (missing.length > 0) {
      asked += 1;
      logger.info({ channel: name, date, dates, of: enoughDates }, 'archive: a day more');
    }
    date = previousMailingDate(date);
  }
  if (asked > 0) logger.info({ channel: name, dates }, 'archive filled');
  return true;
};

/**
 * Fills the archive of each channel that has posted a digest, so that the built-in scorer has statistics to learn from, in
 * the background until the signal is aborted. Channels are looked at as they are then; a full archive is not looked at again.
 */
export const keepArchive = async (
  channels: () => readonly Pick<Channel, 'name' | 'categories'>[],
  parts: ArchiveParts,
  signal: AbortSignal,
): Promise<void> => {
  const { stores, clock, logger } = parts;
  const full = new Set<string>();
  const restsUntil = new Map<string, number>();
  const look = async (channel: Pick<Channel, 'name' | 'categories'>): Promise<void> => {
    const key = channel.categories.toSorted().join(' ');
    if (full.has(key) || clock.monotonic() < (restsUntil.get(key) ?? 0)) return;
    if (!(await stores.digests.newest(channel.name))) return;
    if (await fillFor(channel, parts, signal)) full.add(key);
    else restsUntil.set(key, clock.monotonic() + restMs);
  };
  while (!signal.aborted) {
    await clock.sleep(lookEveryMs, signal).catch(() => {});
    for (const channel of channels()) {
      if (signal.aborted || parts.isRunning()) break;
      await look(channel).catch((error: unknown) => {
        if (signal.aborted) return;
        // Nothing else depends on the archive.
        logger.error({ channel: channel.name, err: error }, 'archive not filled');
        restsUntil.set(channel.categories.toSorted().join(' '), clock.monotonic() + restMs);
      });
    }
  }
};
