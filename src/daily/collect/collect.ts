import type { AnnouncementSource } from '../../core/arxiv.ts';
import type { Clock } from '../../core/clock.ts';
import { ExternalError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Announcement, IsoDate } from '../../core/paper.ts';
import type { Stores } from '../../core/stores.ts';
import { isListingFinal, lastMailingDate, latestMailingDate, submissionWindow } from './mailing.ts';

export type Collected =
  | { kind: 'complete'; date: IsoDate }
  | { kind: 'none' }
  | { kind: 'incomplete'; reason: string; isFinal: boolean };

/** Stores announcements. Fetches and stores each one only once, however many channels need it at the same time. */
export type Collector = {
  /** @param onFound Called for each category but the last, while the next is requested, if arXiv shows the latest mailing. */
  newest(
    categories: readonly string[],
    signal: AbortSignal,
    onFound?: (announcement: Announcement) => void,
  ): Promise<Collected>;
  on(date: IsoDate, categories: readonly string[], signal: AbortSignal): Promise<Collected>;
  submitted(date: IsoDate, categories: readonly string[], signal: AbortSignal): Promise<Collected>;
};

type CollectorParts = {
  source: AnnouncementSource;
  announcements: Stores['announcements'];
  clock: Clock;
  logger: Logger;
};

/** Shares the result of the first call with each key. A failure is shared only with the calls that await it. */
const once = <T>() => {
  const results = new Map<string, Promise<T>>();
  return {
    share(key: string, work: () => Promise<T>): Promise<T> {
      const result = results.get(key) ?? work();
      results.set(key, result);
      result.catch(() => results.delete(key));
      return result;
    },
    forget: (key: string): void => void results.delete(key),
  };
};

export const createCollector = ({ source, announcements, clock, logger }: CollectorParts): Collector => {
  const [newestOnce, dateOnce, saveOnce] = [once<Announcement>(), once<Announcement | undefined>(), once<void>()];
  const newestOf = (category: string, signal: AbortSignal): Promise<Announcement> =>
    newestOnce.share(category, () => source.newest(category, signal));
  const onDate = (category: string, date: IsoDate, signal: AbortSignal): Promise<Announcement | undefined> =>
    dateOnce.share(`${category} ${date}`, () => source.on(category, date, signal));

  const save = (announcement: Announcement): Promise<void> => {
    const { category, date, papers } = announcement;
    const key = `${category} ${date}`;
    return saveOnce.share(key, async () => {
      if (!(await announcements.has(date, [category]))) {
        await announcements.save(announcement);
        logger.info({ category, date, papers: papers.length }, 'announcement collected');
      }
      // It is read from the store from now on. The archive's collector would keep months of papers.
      dateOnce.forget(key);
    });
  };

  const notListedYet = (category: string, date: IsoDate): Collected => {
    return { kind: 'incomplete', reason: `arXiv's page for ${category} does not show ${date} yet`, isFinal: false };
  };

  const incomplete = (error: unknown): Collected => {
    if (!(error instanceof ExternalError)) throw error;
    return { kind: 'incomplete', reason: error.message, isFinal: !error.retryable };
  };

  return {
    async newest(categories, signal, onFound) {
      const stored = await announcements.newestDate(categories);
      const latest = latestMailingDate(clock.now());
      if (stored !== undefined && stored >= latest) return { kind: 'complete', date: stored };
      try {
        const found: Announcement[] = [];
        for (const category of categories) {
          const announcement = await newestOf(category, signal);
          found.push(announcement);
          if (announcement.date !== latest || found.length === categories.length) continue;
          await save(announcement);
          onFound?.(announcement);
        }
        const date = found.reduce((latest, { date: one }) => (one > latest ? one : latest), '');
        for (const announcement of found) {
          if (announcement.date === date) {
            await save(announcement);
            continue;
          }
          const { category } = announcement;
          // Another channel may have stored it meanwhile.
          if (await announcements.has(date, [category])) continue;
          const later = await onDate(category, date, signal);
          if (later) await save(later);
          else if (isListingFinal(date, clock.now())) await save({ category, date, papers: [] });
          else return notListedYet(category, date);
        }
        return date === '' ? { kind: 'none' } : { kind: 'complete', date };
      } catch (error) {
        return incomplete(error);
      }
    },

    async on(date, categories, signal) {
      try {
        let any = false;
        const empty: string[] = [];
        for (const category of categories) {
          if (await announcements.has(date, [category])) {
            any = true;
            continue;
          }
          const announcement = await onDate(category, date, signal);
          if (announcement) await save(announcement);
          else empty.push(category);
          any ||= announcement !== undefined;
        }
        if (!any) {
          // A past date stays empty and is not requested again; today's announcement may only be late.
          if (date < lastMailingDate(clock.now()))
            for (const category of empty) await save({ category, date, papers: [] });
          return { kind: 'none' };
        }
        const [late] = empty;
        // A category stored as empty is never requested again.
        if (late !== undefined && !isListingFinal(date, clock.now())) return notListedYet(late, date);
        for (const category of empty) await save({ category, date, papers: [] });
        return { kind: 'complete', date };
      } catch (error) {
        return incomplete(error);
      }
    },

    async submitted(date, categories, signal) {
      try {
        for (const category of categories) {
          if (await announcements.has(date, [category])) continue;
          const papers = await source.submitted(category, submissionWindow(date), signal);
          await save({ category, date, papers, approximate: true });
        }
        return { kind: 'complete', date };
      } catch (error) {
        return incomplete(error);
      }
    },
  };
};

/** Shares one collector between all calls within `ms` milliseconds, so that simultaneous runs query arXiv once. */
export const sharedFor = (ms: number, clock: Pick<Clock, 'monotonic'>, create: () => Collector): (() => Collector) => {
  let shared: { collector: Collector; since: number } | undefined;
  return () => {
    const now = clock.monotonic();
    if (!shared || now - shared.since > ms) shared = { collector: create(), since: now };
    return shared.collector;
  };
};
