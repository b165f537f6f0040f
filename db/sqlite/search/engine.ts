import type BetterSqlite3 from 'better-sqlite3';
import type { Paper } from '../../../src/core/paper.ts';
import type { SearchHit, SearchQuery, SearchResult } from '../../../src/core/stores.ts';
import { type Filter, type Matching, openArchive } from './archive.ts';
import { mark, passageOf } from './marks.ts';
import { hitsIn, idfOf, type Ranked, rankPapers } from './rank.ts';
import { createSimilar } from './similar.ts';
import { allOf, anyOf, hasName, matchOf, type NameParts, nameMatchOf, type Term } from './terms.ts';
import { createStems } from './text.ts';

export type ReadQuery = Omit<SearchQuery, 'words' | 'author'> & {
  terms: readonly Term[];
  author: NameParts | undefined;
};

/** Matches considered, newest first; fewer if each must pass a filter. */
const maxMatches = 3_000;
const maxPassing = 1_000;
/** Maximum number of papers to read for ranking, which takes about 50 ms. */
const maxPapersRead = 300;

export const createSearchEngine = (sqlite: BetterSqlite3.Database) => {
  const archive = openArchive(sqlite);
  const stems = createStems();
  const nearest = createSimilar(archive, stems);

  const hitOf = ({ paper, similarity }: Ranked, terms: readonly Term[], weights: readonly number[]): SearchHit => {
    const inAbstract = hitsIn(paper.abstract, terms, stems);
    const inComments = inAbstract.length === 0 ? hitsIn(paper.comments ?? '', terms, stems) : [];
    return {
      ...{ paper, similarity },
      announced: archive.announced(paper.id),
      title: mark(paper.title, hitsIn(paper.title, terms, stems)),
      passage:
        inComments.length > 0
          ? passageOf(paper.comments ?? '', inComments, weights)
          : passageOf(paper.abstract, inAbstract, weights),
    };
  };

  /**
   * Chooses which papers to read if there are too many matches: those with all words in the title, then those with some
   * in the authors or the title, then the newest.
   */
  const firstCut = ({ searchIds, isMore }: Matching, terms: readonly Term[], filter: Filter | undefined): number[] => {
    if (searchIds.length <= maxPapersRead && !isMore) return searchIds;
    const all = allOf(terms);
    const any = anyOf(terms);
    const share = Math.floor(maxPapersRead / 3);
    const cuts = [
      { expression: `title : (${all})`, limit: share * 2 },
      { expression: `authors : (${any}) AND ${all}`, limit: share },
      ...(terms.length > 1 ? [{ expression: `title : (${any}) AND ${all}`, limit: share }] : []),
    ];
    const chosen = new Set<number>();
    // If all matches are known, they have already passed the filter.
    const known = isMore ? undefined : new Set(searchIds);
    for (const { expression, limit } of cuts)
      for (const searchId of archive.matching(expression, limit, known ? undefined : filter).searchIds)
        if (known?.has(searchId) ?? true) chosen.add(searchId);
    for (const searchId of searchIds) {
      if (chosen.size >= maxPapersRead) break;
      chosen.add(searchId);
    }
    return [...chosen].slice(0, maxPapersRead);
  };

  const filterOf = ({ since, category, author }: ReadQuery): Filter | undefined => {
    if (!since && !category && !author) return undefined;
    return { since, category, ...(author ? { accepts: ({ authors }) => hasName(authors, author) } : {}) };
  };

  return {
    search(query: ReadQuery): SearchResult {
      const { terms, author, limit } = query;
      const filter = filterOf(query);
      const expression = [...terms.map(matchOf), ...(author ? [nameMatchOf(author)] : [])].join(' AND ');
      const matching = archive.matching(expression, filter ? maxPassing : maxMatches, filter);
      const { searchIds, isMore } = matching;
      const size = archive.size();
      // Without words to rank by, an author's papers stay newest first.
      const read = archive.read(terms.length === 0 ? searchIds.slice(0, limit) : firstCut(matching, terms, filter));
      // A single term needs no weight, and counting a rare phrase takes as long as the search.
      const weights = terms.length === 1 ? [1] : terms.map((term) => idfOf(archive.frequency(matchOf(term)), size));
      const ranked = rankPapers(read, terms, weights, size, stems).slice(0, limit);
      return { hits: ranked.map((one) => hitOf(one, terms, weights)), found: searchIds.length, isMore };
    },

    similar(paper: Paper, limit: number): SearchHit[] {
      const { ranked, terms, weights } = nearest(paper, limit);
      return ranked.map((one) => hitOf(one, terms, weights));
    },

    byAuthor(author: NameParts, limit: number): Paper[] {
      const accepts = ({ authors }: Pick<Paper, 'authors'>) => hasName(authors, author);
      const { searchIds } = archive.matching(nameMatchOf(author), limit, { accepts });
      return archive.read(searchIds).map(({ paper }) => paper);
    },
  };
};

export type SearchEngine = ReturnType<typeof createSearchEngine>;

export type SearchRequest = {
  [Method in keyof SearchEngine]: { method: Method; args: Parameters<SearchEngine[Method]> };
}[keyof SearchEngine];

export const answer = (engine: SearchEngine, request: SearchRequest): ReturnType<SearchEngine[keyof SearchEngine]> => {
  if (request.method === 'search') return engine.search(...request.args);
  if (request.method === 'similar') return engine.similar(...request.args);
  return engine.byAuthor(...request.args);
};
