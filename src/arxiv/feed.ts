import * as z from 'zod';
import { covers } from '../core/category.ts';
import { arxivTimeZone, dateIn } from '../core/dates.ts';
import type { Logger } from '../core/logger.ts';
import { type AnnouncedPaper, type AnnounceType, announceTypes, type IsoDate, type Paper } from '../core/paper.ts';
import type { Listing } from './catchup.ts';
import { arxivError } from './client.ts';
import { splitBetween } from './elements.ts';
import type { ListedPaper, SectionKind } from './listing.ts';
import { splitAuthors, unicodeAbstract, unicodeTitle } from './text.ts';
import { createXmlReader } from './xml.ts';

/** One category's RSS feed. arXiv gives it the date of the request, so the date does not reveal a stale feed. */
export type Feed = {
  date: IsoDate | undefined;
  papers: AnnouncedPaper[];
  leftOut: number;
};

/**
 * arXiv truncates its feed at this many items and lists replacements first, so a feed of this length may lack new
 * papers.
 */
export const feedLimit = 2_000;

const text = z.union([z.string(), z.array(z.string()).transform((values) => values.join(', '))]);
const optionalText = text.optional().catch(undefined);

const feedSchema = z.object({
  rss: z.object({
    channel: z.object({
      title: z.string().optional().catch(undefined),
      description: z.string().optional().catch(undefined),
      pubDate: z.string().optional().catch(undefined),
    }),
  }),
});

const itemSchema = z.object({
  item: z.object({
    title: z.string().min(1),
    guid: z.string(),
    description: z.string(),
    category: z.array(z.string().min(1)).min(1),
    'arxiv:announce_type': optionalText,
    'dc:creator': optionalText,
    'dc:rights': optionalText,
    'arxiv:DOI': optionalText,
    'arxiv:journal_reference': optionalText,
  }),
});

const parseXml = createXmlReader("arXiv's RSS feed", { isArray: (name) => name === 'category' });

export const versionedIdForm = /([\w.-]+\/\d{7}|\d{4}\.\d{4,5})v(\d+)$/;
export const categoryForm = /^[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z-]+)?$/;
const descriptionForm = /^arXiv:\S+\s+Announce Type:\s*(\S+)\s*(?:\\n\s*)?Abstract:\s*([\s\S]*)$/;

const dateOf = (pubDate: string | undefined): IsoDate | undefined => {
  const instant = new Date(pubDate ?? Number.NaN);
  return Number.isNaN(instant.getTime()) ? undefined : dateIn(instant, arxivTimeZone);
};

/** @returns undefined if only the abstract changed; no listing has such entries. */
const announcedPaper = (raw: unknown): AnnouncedPaper | undefined => {
  const { item } = itemSchema.parse(raw);
  const description = descriptionForm.exec(item.description.trim());
  const name = item['arxiv:announce_type'] ?? description?.[1];
  const type = announceTypes.find((known): known is AnnounceType => known === name);
  if (!type) {
    if (name === 'absonly') return undefined;
    throw new Error(`unknown announce type "${name}"`);
  }
  const guid = versionedIdForm.exec(item.guid.trim());
  if (!guid?.[1]) throw new Error(`no id and version in "${item.guid}"`);
  if (!description) throw new Error('no abstract');
  // Authors may add subject classes from other schemes, such as 68T05 in mathematics.
  const categories = [...new Set(item.category)].filter((category) => categoryForm.test(category));
  if (categories.length === 0) throw new Error('no category');
  const paper: Paper = {
    id: guid[1],
    version: Number(guid[2]),
    title: unicodeTitle(item.title),
    authors: splitAuthors(item['dc:creator'] ?? ''),
    abstract: unicodeAbstract(description[2] ?? ''),
    categories,
    ...(item['arxiv:DOI'] ? { doi: item['arxiv:DOI'] } : {}),
    ...(item['arxiv:journal_reference'] ? { journalReference: unicodeTitle(item['arxiv:journal_reference']) } : {}),
    ...(/^https?:\/\/\S+$/.test(item['dc:rights'] ?? '') ? { license: item['dc:rights'] } : {}),
  };
  return { paper, type };
};

/**
 * Reads an RSS feed. Logs, counts and omits items that cannot be read.
 * @throws ExternalError if it is truncated or not a feed; not retryable if arXiv rejects the category.
 */
export const parseFeed = (xml: string, logger: Logger): Feed => {
  const trimmed = xml.trimEnd();
  if (!trimmed.endsWith('</rss>')) throw arxivError("arXiv's RSS feed was cut off.");
  const { parts: items, rest } = splitBetween(trimmed, /<item\b/g, /<\/item>/g);
  const feed = feedSchema.safeParse(parseXml(rest));
  if (!feed.success) throw arxivError("arXiv's RSS feed has no channel.", { cause: feed.error });
  const { channel } = feed.data.rss;
  if (channel.title?.startsWith('Feed error')) {
    throw arxivError(`arXiv rejected the feed request: ${channel.description ?? channel.title}`, { retryable: false });
  }
  const papers: AnnouncedPaper[] = [];
  let leftOut = 0;
  for (const [index, item] of items.entries()) {
    try {
      const found = announcedPaper(parseXml(item));
      if (found) papers.push(found);
    } catch (error) {
      leftOut += 1;
      logger.warn({ index, error }, 'an item of the RSS feed could not be read');
    }
  }
  const date = dateOf(/<pubDate>([^<]*)</.exec(items[0] ?? '')?.[1]) ?? dateOf(channel.pubDate);
  return { date, papers, leftOut };
};

const typeOf = (kind: SectionKind, paper: Pick<Paper, 'categories'>, category: string): AnnounceType => {
  if (kind !== 'replace') return kind;
  return covers(category, paper.categories[0]) ? 'replace' : 'replace-cross';
};

const kindOf = (type: AnnounceType): SectionKind => (type === 'new' || type === 'cross' ? type : 'replace');

/** If the listing gives no version, uses the lowest possible one: 1, or 2 for a replaced paper. */
const fromListing = (listed: ListedPaper, kind: SectionKind): Paper => ({
  ...listed,
  version: listed.version ?? (kind === 'replace' ? 2 : 1),
});

/** The feed has full author lists, addresses in abstracts, license and references; the listing has the comments. */
const enriched = (listed: ListedPaper, kind: SectionKind, fed: Paper): Paper => {
  const [primary] = listed.categories;
  return {
    ...fromListing(listed, kind),
    version: fed.version,
    title: fed.title || listed.title,
    authors: fed.authors.length > 0 ? fed.authors : listed.authors,
    abstract: fed.abstract || listed.abstract,
    categories: [...new Set([...(primary ? [primary] : []), ...fed.categories])],
    ...(fed.license ? { license: fed.license } : {}),
    ...(fed.doi ? { doi: fed.doi } : {}),
    ...(fed.journalReference ? { journalReference: fed.journalReference } : {}),
  };
};

export type Merged = {
  papers: AnnouncedPaper[];
  onlyListed: string[];
  onlyFed: string[];
  unreadable: string[];
};

/**
 * Merges a category's whole listing with its feed, if there is one. The listing decides which papers are new or
 * cross-listed. The feed fills in their fields, and adds replacements if it belongs to the same announcement.
 */
export const mergeFeed = (category: string, listing: Listing, feed: Feed | undefined): Merged => {
  const fed = new Map(feed?.papers.map((announced) => [announced.paper.id, announced]));
  const sameDate = feed?.date === listing.date;
  const papers = new Map<string, AnnouncedPaper>();
  const onlyListed: string[] = [];
  const unreadable: string[] = [];
  for (const { kind, papers: listed } of listing.sections) {
    for (const item of listed) {
      if (papers.has(item.id)) continue;
      const match = fed.get(item.id);
      const sameKind = match !== undefined && kindOf(match.type) === kind;
      const sameVersion = item.version === undefined || item.version === match?.paper.version;
      // A stale feed may have an older version of a replaced paper.
      const usable = sameKind && sameVersion && (kind !== 'replace' || sameDate);
      if (feed && !sameKind && kind !== 'replace') onlyListed.push(item.id);
      const paper = usable ? enriched(item, kind, match.paper) : fromListing(item, kind);
      if (paper.title && paper.categories.length > 0) {
        papers.set(item.id, { paper, type: typeOf(kind, paper, category) });
      } else unreadable.push(item.id);
    }
  }
  const onlyFed: string[] = [];
  for (const { paper, type } of feed?.papers ?? []) {
    if (papers.has(paper.id)) continue;
    if (kindOf(type) !== 'replace') onlyFed.push(paper.id);
    else if (sameDate) papers.set(paper.id, { paper, type: typeOf('replace', paper, category) });
  }
  return { papers: [...papers.values()], onlyListed, onlyFed, unreadable };
};
