import type { AnnouncedPaper, AnnounceType, Paper } from '../core/paper.ts';
import type { Listing } from './catchup.ts';
import type { Feed } from './feed.ts';
import type { ListedPaper, SectionKind } from './listing.ts';

/** `cs` covers `cs.LG`, as a whole archive can be asked for. */
export const covers = (category: string, primary: string | undefined): boolean =>
  primary !== undefined && (primary === category || primary.startsWith(`${category}.`));

const typeOf = (kind: SectionKind, paper: Pick<Paper, 'categories'>, category: string): AnnounceType => {
  if (kind !== 'replace') return kind;
  return covers(category, paper.categories[0]) ? 'replace' : 'replace-cross';
};

const kindOf = (type: AnnounceType): SectionKind => (type === 'new' || type === 'cross' ? type : 'replace');

/** A version that the listing does not name is the first; of a replaced paper the second, the lowest it can be. */
const fromListing = (listed: ListedPaper, kind: SectionKind): Paper => ({
  ...listed,
  version: listed.version ?? (kind === 'replace' ? 2 : 1),
});

/** The feed brings authors in full, addresses in abstracts, licence and references; the listing the comments. */
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
  /** New and cross-listed papers that only one of the two has. */
  onlyListed: string[];
  onlyFed: string[];
  /** Entries of the listing that lack a title or a category, and that the feed does not have either. */
  unreadable: string[];
};

/**
 * A category's announcement out of its whole listing and, where there is one, its feed. The listing decides which papers
 * are new or cross-listed. The feed fills in their fields, and adds replacements where it is of the same announcement.
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
      // A stale feed may hold an older version of a replaced paper.
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
