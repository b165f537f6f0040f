import type { Paper } from '../../src/core/paper.ts';
import type { SearchHit, SearchQuery, SearchResult } from '../../src/core/stores.ts';
import type { Archive, Filter, Match, Matching } from './archive.ts';
import { createFrequencies } from './frequencies.ts';
import { mark, passageOf } from './marks.ts';
import { hitsIn, idfOf, type Ranked, rankPapers } from './rank.ts';
import { createSimilar } from './similar.ts';
import { allOf, anyOf, hasName, type NameParts, nameMatchOf, readName, readTerms, type Term } from './terms.ts';
import { createStems } from './text.ts';

export type ReadQuery = Omit<SearchQuery, 'words' | 'author'> & {
  terms: readonly Term[];
  author: NameParts | undefined;
};

/** An author's name is enough for a search. @throws UserError if there is neither a word nor a name. */
export const readQuery = ({ words, author, ...rest }: SearchQuery): ReadQuery => {
  const named = author?.trim() ? readName(author) : undefined;
  return { ...rest, terms: named && !words.trim() ? [] : readTerms(words), author: named };
};

/** Matches considered, newest first; fewer if each must pass a filter. */
const maxMatches = 3_000;
const maxPassing = 1_000;
/** Maximum number of papers to read for ranking, which takes about 50 ms. */
const maxPapersRead = 300;

/** Searches any archive. It keeps what it has learned about words, so each archive has an engine of its own. */
export const createSearchEngine = () => {
  const stems = createStems();
  const frequencies = createFrequencies();
  const nearest = createSimilar(frequencies, stems);

  const hitsOf = async (
    archive: Archive,
    ranked: readonly Ranked[],
    terms: readonly Term[],
    weights: readonly number[],
  ): Promise<SearchHit[]> => {
    const announced = await archive.announced(ranked.map(({ paper }) => paper.id));
    return ranked.map(({ paper, similarity }) => {
      const inAbstract = hitsIn(paper.abstract, terms, stems);
      const inComments = inAbstract.length === 0 ? hitsIn(paper.comments ?? '', terms, stems) : [];
      return {
        ...{ paper, similarity },
        announced: announced.get(paper.id),
        title: mark(paper.title, hitsIn(paper.title, terms, stems)),
        passage:
          inComments.length > 0
            ? passageOf(paper.comments ?? '', inComments, weights)
            : passageOf(paper.abstract, inAbstract, weights),
      };
    });
  };

  /**
   * Chooses which papers to read if there are too many matches: those with all words in the title, then those with some
   * in the authors or the title, then the newest.
   */
  const firstCut = async (
    archive: Archive,
    { searchIds, isMore }: Matching,
    terms: readonly Term[],
    filter: Filter | undefined,
  ): Promise<number[]> => {
    if (searchIds.length <= maxPapersRead && !isMore) return searchIds;
    const all = allOf(terms);
    const share = Math.floor(maxPapersRead / 3);
    const cuts: { match: Match; limit: number }[] = [
      { match: allOf(terms, 'title'), limit: share * 2 },
      { match: { all: [anyOf(terms, 'authors'), all] }, limit: share },
      ...(terms.length > 1 ? [{ match: { all: [anyOf(terms, 'title'), all] }, limit: share }] : []),
    ];
    const chosen = new Set<number>();
    // If all matches are known, they have already passed the filter.
    const known = isMore ? undefined : new Set(searchIds);
    for (const { match, limit } of cuts) {
      const found = await archive.matching(match, limit, known ? undefined : filter);
      for (const searchId of found.searchIds) if (known?.has(searchId) ?? true) chosen.add(searchId);
    }
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
    async search(archive: Archive, query: ReadQuery): Promise<SearchResult> {
      const { terms, author, limit } = query;
      const filter = filterOf(query);
      const match: Match = { all: [...terms.map((term) => ({ term })), ...(author ? [nameMatchOf(author)] : [])] };
      const matching = await archive.matching(match, filter ? maxPassing : maxMatches, filter);
      const { searchIds, isMore } = matching;
      const size = await archive.size();
      // Without words to rank by, an author's papers stay newest first.
      const chosen = terms.length === 0 ? searchIds.slice(0, limit) : await firstCut(archive, matching, terms, filter);
      const read = await archive.read(chosen);
      // A single term needs no weight, and counting a rare phrase takes as long as the search.
      const counts = terms.length === 1 ? [] : await frequencies(archive, terms, size);
      const weights = terms.length === 1 ? [1] : counts.map((count) => idfOf(count, size));
      const ranked = (await rankPapers(read, terms, weights, size, stems)).slice(0, limit);
      return { hits: await hitsOf(archive, ranked, terms, weights), found: searchIds.length, isMore };
    },

    async similar(archive: Archive, paper: Paper, limit: number): Promise<SearchHit[]> {
      const { ranked, terms, weights } = await nearest(archive, paper, limit);
      return hitsOf(archive, ranked, terms, weights);
    },

    async byAuthor(archive: Archive, author: NameParts, limit: number): Promise<Paper[]> {
      const accepts = ({ authors }: Pick<Paper, 'authors'>) => hasName(authors, author);
      const { searchIds } = await archive.matching(nameMatchOf(author), limit, { accepts });
      return (await archive.read(searchIds)).map(({ paper }) => paper);
    },
  };
};

export type SearchEngine = ReturnType<typeof createSearchEngine>;
