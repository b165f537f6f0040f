import type { AnnouncedPaper, AnnounceType, Paper } from '../core/paper.ts';
import type { Listing } from './catchup.ts';
import type { Feed } from './feed.ts';
import type { ListedPaper, SectionKind } from './listing.ts';

/** `cs` covers `cs.LG`, because a channel may read a whole archive. */
export const covers = (category: string, primary: string | undefined): boolean =>
  primary !== undefined && (primary === category || primary.startsWith(`${category}.`));

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

/** The feed has full author lists, addresses in abstracts, licence and references; the listing has the comments. */
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
