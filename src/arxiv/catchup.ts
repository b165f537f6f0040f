import { ExternalError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { IsoDate } from '../core/paper.ts';
import { type ArxivClient, arxivError, readConsistently } from './client.ts';
import { isWhole, type ListingPage, parseListing, type Section, sectionKinds } from './listing.ts';

export const htmlAccept = 'text/html,application/xhtml+xml;q=0.9';

export type Listing = ListingPage;

type Expected = { sections: readonly Section[] };

type CatchupDependencies = { client: ArxivClient; webUrl: string; logger: Logger };

/** Limits paging. arXiv puts 2,000 entries on a page, so no announcement reaches this limit. */
const maxPages = 100;

const addPage = (known: Map<string, Section>, page: ListingPage): void => {
  for (const section of page.sections) {
    const before = known.get(section.kind);
    if (before && before.total !== section.total) {
      throw arxivError(`arXiv's catch-up pages disagree about the size of a section: ${section.kind}.`);
    }
    known.set(section.kind, { ...section, papers: [...(before?.papers ?? []), ...section.papers] });
  }
};

const sizeOf = (sections: Iterable<Section>): number => {
  let size = 0;
  for (const section of sections) size += section.papers.length;
  return size;
};

const provenWhole = (date: IsoDate, total: number, known: ReadonlyMap<string, Section>): Listing => {
  const sections = sectionKinds.map((kind) => known.get(kind)).filter((section) => section !== undefined);
  const listing = { date, total, sections };
  const short = sections.find(
    ({ papers, total: size }) => papers.length !== size || new Set(papers.map(({ id }) => id)).size !== size,
  );
  if (short || !isWhole(listing)) {
    throw arxivError(`arXiv's catch-up for ${date} has only ${sizeOf(sections)} of ${total} entries.`);
  }
  return listing;
};

/**
 * Checks that the numbers of new and cross-listed papers match the listing page and that its papers are included.
 * Ignores replacements, which the two pages count differently.
 */
const asExpected = (listing: Listing, expected: Expected | undefined): void => {
  for (const { kind, total, papers } of expected?.sections ?? []) {
    if (kind === 'replace') continue;
    const section = listing.sections.find((other) => other.kind === kind);
    const found = section?.total ?? 0;
    if (found !== total) {
      throw arxivError(
        `arXiv's catch-up for ${listing.date} has ${found} papers of type ${kind}, but its listing has ${total}.`,
      );
    }
    const ids = new Set(section?.papers.map(({ id }) => id));
    const missing = papers.find(({ id }) => !ids.has(id));
    if (missing) throw arxivError(`arXiv's catch-up for ${listing.date} lacks ${missing.id}, which is in its listing.`);
  }
};

/**
 * Reads a category's announcement for a date from arXiv's catch-up pages, https://arxiv.org/catchup, and verifies its
 * counts. `total` is 0 if nothing was announced in the category.
 * @throws ExternalError if the pages remain truncated, incomplete or contradictory; not retryable if arXiv no longer
 *   shows the date.
 */
export const readCatchup = async (
  { client, webUrl, logger }: CatchupDependencies,
  category: string,
  date: IsoDate,
  options: { expected?: Expected | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Listing> => {
  const { expected, signal } = options;

  const readPage = (page: number, total: number | undefined): Promise<ListingPage> =>
    client.get(`${webUrl}/catchup/${encodeURIComponent(category)}/${date}?abs=True&page=${page}`, {
      accept: htmlAccept,
      signal,
      parse: (html) => {
        const read = parseListing(html);
        if (read.date !== date) throw arxivError(`arXiv answered with ${read.date} instead of ${date}.`);
        if (total !== undefined && read.total !== total) {
          throw arxivError(`arXiv's catch-up pages for ${date} disagree about its size.`);
        }
        if (read.total === 0 && expected && expected.sections.length > 0) {
          throw arxivError(`arXiv's catch-up for ${date} is empty, but its listing is not.`);
        }
        if (read.total > 0 && read.sections.length === 0) {
          throw arxivError(`A page of arXiv's catch-up for ${date} is empty.`);
        }
        return read;
      },
    });

  const readRound = async (): Promise<Listing> => {
    const first = await readPage(1, undefined);
    const known = new Map<string, Section>();
    addPage(known, first);
    for (let page = 2; sizeOf(known.values()) < first.total && page <= maxPages; page += 1) {
      addPage(known, await readPage(page, first.total));
    }
    const listing = provenWhole(date, first.total, known);
    asExpected(listing, expected);
    return listing;
  };

  try {
    return await readConsistently(readRound, (round, { message }) =>
      logger.warn({ category, date, round, error: message }, 'catch-up pages disagree, reading them again'),
    );
  } catch (error) {
    if (!(error instanceof ExternalError) || (error.status !== 400 && error.status !== 404)) throw error;
    const message =
      `arXiv has no catch-up page for ${category} on ${date} (HTTP ${error.status}). ` +
      'It has pages only for its own categories and the last 90 days.';
    throw arxivError(message, { status: error.status, retryable: false, cause: error });
  }
};
