import { covers } from '../core/category.ts';
import { ExternalError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { UnreachedError } from '../core/network.ts';
import type { AnnouncedPaper } from '../core/paper.ts';
import { parseAtom, type Slice } from './atom.ts';
import { type ArxivClient, arxivError, readConsistently } from './client.ts';

type QueryDependencies = {
  client: ArxivClient;
  apiUrl: string;
  logger: Logger;
};

type Window = { from: Date; to: Date };

const accept = 'application/atom+xml,application/xml;q=0.9,text/xml;q=0.8';

/**
 * arXiv allows 2,000, but large slices have come back short or empty:
 * https://github.com/ContentMine/getpapers/issues/179 and https://github.com/lukasschwab/arxiv.py/issues/43. arxiv.py
 * uses 100. A day has only a few slices.
 */
const sliceSize = 100;

/** arXiv's limit for one query: https://info.arxiv.org/help/api/user-manual.html#paging. */
const maxResults = 30_000;

/**
 * Number of empty responses in a row after which a result counts as empty. The query API sometimes finds nothing
 * although there are papers.
 */
const maxEmptyAnswers = 3;

const minuteMs = 60_000;

const minuteOf = (instant: Date): string => instant.toISOString().replace(/\D/g, '').slice(0, 12);

/** Rounds up to whole minutes, so whether arXiv includes the last minute does not matter. */
const rangeOf = ({ from, to }: Window): string => {
  const end = new Date(Math.ceil(to.getTime() / minuteMs) * minuteMs);
  return `[${minuteOf(from)} TO ${minuteOf(end)}]`;
};

const addressOf = (apiUrl: string, category: string, window: Window, start: number): string => {
  const parameters = new URLSearchParams({
    search_query: `cat:${category} AND submittedDate:${rangeOf(window)}`,
    sortBy: 'submittedDate',
    sortOrder: 'ascending',
    start: String(start),
    max_results: String(sliceSize),
  });
  return `${apiUrl}/api/query?${parameters}`;
};

/** @throws ExternalError unless a slice has the expected length and continues the earlier slices. */
const provenNext = (before: Slice, slice: Slice): Slice => {
  const start = before.ids.length;
  const { total } = slice;
  if (total > maxResults) {
    const message = `arXiv's query API finds ${total} papers but shows only ${maxResults}. Choose a shorter date range.`;
    throw arxivError(message, { retryable: false });
  }
  if (start > 0 && total !== before.total) {
    throw arxivError(`arXiv's query API found ${before.total} papers at first and ${total} later.`);
  }
  const due = Math.min(sliceSize, total - start);
  if (slice.ids.length !== due) {
    throw arxivError(
      `arXiv's query API returned ${slice.ids.length} papers instead of ${due}, starting at ${start + 1}.`,
    );
  }
  const ids = [...before.ids, ...slice.ids];
  if (new Set(ids).size !== ids.length) throw arxivError("arXiv's query API shows a paper twice.");
  return {
    total,
    ids,
    papers: [...before.papers, ...slice.papers],
    unreadable: [...before.unreadable, ...slice.unreadable],
  };
};

const readRound = async (
  { client, apiUrl }: QueryDependencies,
  category: string,
  window: Window,
  signal: AbortSignal | undefined,
): Promise<Slice> => {
  let known: Slice = { total: 0, ids: [], papers: [], unreadable: [] };
  do {
    const before = known;
    known = await client.get(addressOf(apiUrl, category, window, before.ids.length), {
      accept,
      signal,
      parse: (xml) => provenNext(before, parseAtom(xml)),
    });
  } while (known.ids.length < known.total);
  return known;
};

/**
 * The papers in a category, including cross-lists, that were first submitted in a time window (`to` excluded). Ordered
 * by submission time, in their newest version. The counts in the query API's responses prove that none is missing. A
 * paper is `new` if its primary category is `category` or covered by it; otherwise `cross`.
 * @throws ExternalError if responses remain truncated, incomplete or contradictory, or list more than 30,000 papers.
 */
export const readSubmitted = async (
  dependencies: QueryDependencies,
  category: string,
  window: Window,
  signal?: AbortSignal,
): Promise<AnnouncedPaper[]> => {
  const { logger } = dependencies;
  const range = `from ${window.from.toISOString()} to ${window.to.toISOString()}`;
  if (window.from >= window.to) return [];

  const readWhole = (): Promise<Slice> =>
    readConsistently(
      () => readRound(dependencies, category, window, signal),
      (round, { message }) =>
        logger.warn(
          { category, range, round, error: message },
          "responses from arXiv's query API disagree, reading them again",
        ),
    );

  const readCertain = async (): Promise<Slice> => {
    for (let round = 1; ; round += 1) {
      const whole = await readWhole();
      if (whole.total > 0 || round === maxEmptyAnswers) return whole;
    }
  };

  try {
    const { papers, unreadable } = await readCertain();
    if (unreadable.length > 0)
      logger.warn({ category, range, unreadable }, 'entries of the query API could not be read');
    // The query's range is in minutes, but arXiv's mirrors round it to days.
    const within = papers.filter(({ submitted }) => submitted >= window.from && submitted < window.to);
    return within
      .sort((one, other) => one.submitted.getTime() - other.submitted.getTime())
      .map(({ paper }) => ({ paper, type: covers(category, paper.categories[0]) ? 'new' : 'cross' }));
  } catch (error) {
    if (!(error instanceof ExternalError) || error instanceof UnreachedError) throw error;
    throw arxivError(`The papers submitted to ${category} ${range} could not be read: ${error.message}`, {
      status: error.status,
      retryAfterMs: error.retryAfterMs,
      retryable: error.retryable,
      cause: error,
    });
  }
};
