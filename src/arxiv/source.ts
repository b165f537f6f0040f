import type { AnnouncementSource } from '../core/arxiv.ts';
import { isWeekend } from '../core/dates.ts';
import { ExternalError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { UnreachedError } from '../core/network.ts';
import type { Announcement } from '../core/paper.ts';
import { htmlAccept, type Listing, readCatchup } from './catchup.ts';
import { type ArxivClient, arxivError } from './client.ts';
import { type Feed, feedLimit, type Merged, mergeFeed, parseFeed } from './feed.ts';
import { isWhole, type ListingPage, parseListing } from './listing.ts';
import { readSubmitted } from './query.ts';

export type ArxivSourceOptions = {
  client: ArxivClient;
  rssUrl: string;
  webUrl: string;
  apiUrl: string;
  logger: Logger;
};

const feedAccept = 'application/rss+xml,application/xml;q=0.9,text/xml;q=0.8';

/**
 * Number of empty responses in a row after which an announcement counts as empty. The newest announcement has two
 * sources, read in turn: the listing and the feed. A past date has only the catch-up pages.
 */
const maxEmptyAnswers = { newest: 4, past: 6 };

const attempt = async <T>(promise: Promise<T>): Promise<T | ExternalError> => {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ExternalError) return error;
    throw error;
  }
};

/**
 * True if a feed may replace what a listing page does not show: all its items were read, it is shorter than arXiv's
 * limit, and the page confirms that it is not stale. Both must have the same date and the same numbers of new and
 * cross-listed papers, and every paper on the page must be in the feed.
 */
const isConfirmed = (feed: Feed, page: ListingPage): boolean => {
  const sections = page.sections.filter(({ kind }) => kind !== 'replace');
  return (
    feed.leftOut === 0 &&
    feed.papers.length < feedLimit &&
    feed.date === page.date &&
    sections.length > 0 &&
    sections.every(({ kind, total, papers }) => {
      const fed = new Set(feed.papers.filter(({ type }) => type === kind).map(({ paper: { id } }) => id));
      return fed.size === total && papers.every(({ id }) => fed.has(id));
    })
  );
};

const unreadable = (category: string, failure: ExternalError, retryable: boolean): ExternalError => {
  // It says all there is to say, for every category.
  if (failure instanceof UnreachedError) return failure;
  return arxivError(`arXiv's newest announcement in ${category} could not be read: ${failure.message}`, {
    status: failure.status,
    retryAfterMs: failure.retryAfterMs,
    retryable,
    cause: failure,
  });
};

/**
 * arXiv's announcements. The listing page gives an announcement's date, counts and papers; the RSS feed fills in the
 * fields. The catch-up pages cover past dates and days that do not fit on one page. The newest announcement cannot be
 * read without the listing page, because the feed always has the date of the request. The feed replaces the catch-up
 * pages only if they are unreachable and the listing page confirms the feed. Dates that the catch-up pages no longer
 * show come from the query API, by submission date.
 */
export const createArxivSource = (options: ArxivSourceOptions): AnnouncementSource => {
  const { client, logger } = options;
  const rssUrl = options.rssUrl.replace(/\/+$/, '');
  const webUrl = options.webUrl.replace(/\/+$/, '');
  const apiUrl = options.apiUrl.replace(/\/+$/, '');

  const readNewListing = (category: string, accepts: (page: ListingPage) => boolean, signal?: AbortSignal) =>
    client.get(`${webUrl}/list/${encodeURIComponent(category)}/new`, {
      accept: htmlAccept,
      signal,
      parse: (html) => {
        const page = parseListing(html);
        if (accepts(page)) return page;
        throw arxivError(`The listing of ${category} for ${page.date} is empty, but its RSS feed is not.`);
      },
    });

  const readFeed = (category: string, signal?: AbortSignal): Promise<Feed> =>
    client.get(`${rssUrl}/rss/${encodeURIComponent(category)}`, {
      accept: feedAccept,
      signal,
      parse: (xml) => parseFeed(xml, logger),
    });

  const withoutDoubt = async (
    category: string,
    page: ListingPage,
    feed: Feed | undefined,
    signal?: AbortSignal,
  ): Promise<{ page: ListingPage; feed: Feed | undefined }> => {
    let seen = { page, feed };
    for (let round = 1; seen.page.total === 0; round += 1) {
      const { date, papers } = seen.feed ?? { papers: [] };
      // A feed with an earlier date has not been updated.
      if (papers.length > 0 && date !== undefined && date >= seen.page.date) {
        return { feed: seen.feed, page: await readNewListing(category, ({ total }) => total > 0, signal) };
      }
      if (round === maxEmptyAnswers.newest) break;
      const answer = await attempt(readFeed(category, signal));
      seen = {
        feed: answer instanceof ExternalError ? seen.feed : answer,
        page: await readNewListing(category, () => true, signal),
      };
    }
    return seen;
  };

  const whole = async (category: string, page: ListingPage, signal?: AbortSignal): Promise<Listing> => {
    if (isWhole(page)) return page;
    logger.info(
      { category, date: page.date, total: page.total },
      'the listing has several pages, reading the catch-up',
    );
    return await readCatchup({ client, webUrl, logger }, category, page.date, { expected: page, signal });
  };

  const report = (category: string, listing: Listing, feed: Feed | undefined, merged: Merged): void => {
    const { onlyListed, onlyFed, unreadable } = merged;
    const fields = { category, date: listing.date };
    // The feed is empty on weekends, and in the evening between the new listing and midnight.
    if (feed && feed.papers.length > 0 && onlyListed.length + onlyFed.length > 0) {
      logger.warn(
        { ...fields, feedDate: feed.date, onlyListed: onlyListed.length, onlyFed: onlyFed.length },
        'the RSS feed and the listing disagree, using the listing',
      );
    }
    if (unreadable.length > 0) logger.warn({ ...fields, unreadable }, 'entries of the listing could not be read');
  };

  const announcement = (category: string, listing: Listing, feed: Feed | undefined): Announcement => {
    const merged = mergeFeed(category, listing, feed);
    report(category, listing, feed, merged);
    return { category, date: listing.date, papers: merged.papers };
  };

  const fromFeedAlone = (
    category: string,
    feed: Feed | undefined,
    failure: ExternalError,
    page: ListingPage,
  ): Announcement => {
    // Retryable, because the catch-up pages will show what the listing shows now.
    if (feed === undefined || !isConfirmed(feed, page)) throw unreadable(category, failure, true);
    logger.warn(
      { category, date: page.date, error: failure.message },
      'the catch-up pages cannot be read, using the RSS feed',
    );
    return { category, date: page.date, papers: feed.papers };
  };

  return {
    newest: async (category, signal) => {
      const page = await attempt(readNewListing(category, () => true, signal));
      if (page instanceof ExternalError) throw unreadable(category, page, page.retryable);
      const answer = await attempt(readFeed(category, signal));
      const feed = answer instanceof ExternalError ? undefined : answer;
      if (answer instanceof ExternalError)
        logger.warn({ category, error: answer.message }, 'the RSS feed cannot be read');
      const sure = await attempt(withoutDoubt(category, page, feed, signal));
      if (sure instanceof ExternalError) throw unreadable(category, sure, true);
      const listing = await attempt(whole(category, sure.page, signal));
      if (listing instanceof ExternalError) return fromFeedAlone(category, sure.feed, listing, sure.page);
      return announcement(category, listing, sure.feed);
    },

    on: async (category, date, signal) => {
      // No announcement is dated Saturday or Sunday.
      const rounds = isWeekend(date) ? 1 : maxEmptyAnswers.past;
      for (let round = 1; round <= rounds; round += 1) {
        const listing = await readCatchup({ client, webUrl, logger }, category, date, { signal });
        if (listing.total > 0) return announcement(category, listing, undefined);
      }
      return undefined;
    },

    submitted: (category, window, signal) => readSubmitted({ client, apiUrl, logger }, category, window, signal),
  };
};
