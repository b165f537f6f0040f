import { ExternalError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Announcement } from '../core/paper.ts';
import type { AnnouncementSource } from '../core/source.ts';
import { htmlAccept, type Listing, readCatchup } from './catchup.ts';
import { type ArxivClient, arxivError } from './client.ts';
import { type Feed, feedLimit, parseFeed } from './feed.ts';
import { isWhole, type ListingPage, parseListing } from './listing.ts';
import { type Merged, mergeFeed } from './merge.ts';
import { readSubmitted } from './query.ts';

export type ArxivSourceOptions = {
  client: ArxivClient;
  /** Base of the RSS feeds, such as `https://rss.arxiv.org`. */
  rssUrl: string;
  /** Base of the web pages, such as `https://arxiv.org`. */
  webUrl: string;
  /** Base of the query API, such as `https://export.arxiv.org`. */
  apiUrl: string;
  logger: Logger;
};

const feedAccept = 'application/rss+xml,application/xml;q=0.9,text/xml;q=0.8';

/**
 * An answer without a single paper is believed only when arXiv gives it this many times in a row: of the newest
 * announcement the listing and the feed in turn, of a past date, for which there is no second witness, the catch-up.
 */
const looksAtNothing = { newest: 4, past: 6 };

/** The value, or the ExternalError in its place; any other error is thrown. */
const attempt = async <T>(promise: Promise<T>): Promise<T | ExternalError> => {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ExternalError) return error;
    throw error;
  }
};

const isWeekend = (date: string): boolean => [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());

/**
 * True for a feed that may stand in for what a listing page does not show. Every item was read, it is not at the length
 * at which arXiv cuts it, and the page bears witness that it is not stale: of the date, of the number of new and of
 * cross-listed papers, where it names them, and of each of those that it shows.
 */
const isBorneOut = (feed: Feed, page: ListingPage): boolean => {
  const witnesses = page.sections.filter(({ kind }) => kind !== 'replace');
  return (
    feed.leftOut === 0 &&
    feed.papers.length < feedLimit &&
    feed.date === page.date &&
    witnesses.length > 0 &&
    witnesses.every(({ kind, total, papers }) => {
      const fed = new Set(feed.papers.filter(({ type }) => type === kind).map(({ paper: { id } }) => id));
      return fed.size === total && papers.every(({ id }) => fed.has(id));
    })
  );
};

/** The failure of what an announcement cannot be had without. */
const notHad = (category: string, failure: ExternalError, retryable: boolean): ExternalError =>
  arxivError(`arXiv's newest announcement in ${category} could not be had: ${failure.message}`, {
    status: failure.status,
    retryAfterMs: failure.retryAfterMs,
    retryable,
    cause: failure,
  });

/**
 * arXiv's announcements. The listing page says what must be there (date, counts, which papers), the RSS feed fills in
 * the fields, and the catch-up pages serve past dates and days that do not fit on one page. Without the listing page
 * there is no newest announcement, as the feed has the date of the request however old its papers are. The feed may
 * stand in only for catch-up pages that are out of reach, where the listing page bears it out. What the catch-up pages
 * no longer show comes from the query API, by its date of submission.
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
        throw arxivError(`The listing of ${category} for ${page.date} is empty, its RSS feed is not.`);
      },
    });

  const readFeed = (category: string, signal?: AbortSignal): Promise<Feed> =>
    client.get(`${rssUrl}/rss/${encodeURIComponent(category)}`, {
      accept: feedAccept,
      signal,
      parse: (xml) => parseFeed(xml, logger),
    });

  /** An empty listing is looked at again: until it has papers where the feed has some, else a few times. */
  const beyondDoubt = async (
    category: string,
    page: ListingPage,
    feed: Feed | undefined,
    signal?: AbortSignal,
  ): Promise<{ page: ListingPage; feed: Feed | undefined }> => {
    let seen = { page, feed };
    for (let look = 1; seen.page.total === 0; look += 1) {
      const { date, papers } = seen.feed ?? { papers: [] };
      // A feed of an earlier date is only not up to date yet.
      if (papers.length > 0 && date !== undefined && date >= seen.page.date) {
        return { feed: seen.feed, page: await readNewListing(category, ({ total }) => total > 0, signal) };
      }
      if (look === looksAtNothing.newest) break;
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
    // An empty feed says nothing: so it is at weekends, and from a new listing in the evening until midnight.
    if (feed && feed.papers.length > 0 && onlyListed.length + onlyFed.length > 0) {
      logger.warn(
        { ...fields, feedDate: feed.date, onlyListed: onlyListed.length, onlyFed: onlyFed.length },
        'the RSS feed and the listing disagree, the listing holds',
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
    // What the listing shows now, its catch-up pages will show too.
    if (feed === undefined || !isBorneOut(feed, page)) throw notHad(category, failure, true);
    logger.warn(
      { category, date: page.date, error: failure.message },
      'without the pages of its listing, the RSS feed stands alone',
    );
    return { category, date: page.date, papers: feed.papers };
  };

  return {
    newest: async (category, signal) => {
      const page = await attempt(readNewListing(category, () => true, signal));
      if (page instanceof ExternalError) throw notHad(category, page, page.retryable);
      const answer = await attempt(readFeed(category, signal));
      const feed = answer instanceof ExternalError ? undefined : answer;
      if (answer instanceof ExternalError) logger.warn({ category, error: answer.message }, 'no RSS feed could be had');
      const sure = await attempt(beyondDoubt(category, page, feed, signal));
      if (sure instanceof ExternalError) throw notHad(category, sure, true);
      const listing = await attempt(whole(category, sure.page, signal));
      if (listing instanceof ExternalError) return fromFeedAlone(category, sure.feed, listing, sure.page);
      return announcement(category, listing, sure.feed);
    },

    on: async (category, date, signal) => {
      // There is no announcement on Friday and Saturday evening, so none is dated Saturday or Sunday.
      const looks = isWeekend(date) ? 1 : looksAtNothing.past;
      for (let look = 1; look <= looks; look += 1) {
        const listing = await readCatchup({ client, webUrl, logger }, category, date, { signal });
        if (listing.total > 0) return announcement(category, listing, undefined);
      }
      return undefined;
    },

    submitted: (category, window, signal) => readSubmitted({ client, apiUrl, logger }, category, window, signal),
  };
};
