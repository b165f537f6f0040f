import type BetterSqlite3 from 'better-sqlite3';
import type { IsoDate } from '../../../src/core/paper.ts';
import { paperOf } from '../../rules/papers.ts';
import type { Archive, Filter, Found, Match, Matching } from '../../search/archive.ts';
import { expressionOf } from './fts5.ts';

type Row = {
  searchId: number;
  id: string;
  version: number;
  title: string;
  authors: string;
  abstract: string;
  categories: string;
  comments: string | null;
  doi: string | null;
  journalReference: string | null;
  license: string | null;
};

const minPage = 500;
/** Maximum number of matches to filter. Filtering this many takes about 50 ms. */
const maxFiltered = 10_000;
const counted = 200;

/** Plain SQL for a separate connection, because drizzle would need most of the worker's memory. */
export const openArchive = (sqlite: BetterSqlite3.Database): Archive => {
  const page = sqlite
    .prepare<[string, number, number], number>(
      'SELECT rowid FROM papers_fts WHERE papers_fts MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?',
    )
    .pluck();
  // Each condition costs a lookup for every match, so unused ones are left out.
  const conditions = {
    since: `EXISTS (SELECT 1 FROM announced_papers a WHERE a.paper_id = s.paper_id AND a.date >= @since AND a.type IN ('new', 'cross'))`,
    category: 'instr(lower(p.categories), @category) + instr(lower(p.categories), @archive) > 0',
  };
  const passing = (filter: Filter) => {
    const chosen = (['since', 'category'] as const).filter((name) => filter[name]).map((name) => conditions[name]);
    const needsPaper = filter.category || filter.accepts;
    return sqlite.prepare<[Record<string, string>], { searchId: number; authors: string }>(
      `SELECT s.search_id AS searchId, ${filter.accepts ? 'p.authors' : `'[]' AS authors`}
      FROM json_each(@searchIds) j
      JOIN searched_papers s ON s.search_id = j.value
      ${needsPaper ? 'JOIN papers p ON p.id = s.paper_id AND p.version = s.version' : ''}
      ${chosen.length > 0 ? `WHERE ${chosen.join(' AND ')}` : ''}
      ORDER BY j.key`,
    );
  };
  const rows = sqlite.prepare<[string], Row>(
    `SELECT s.search_id AS searchId, p.id, p.version, p.title, p.authors, p.abstract, p.categories, p.comments, p.doi,
      p.journal_reference AS journalReference, p.license
    FROM json_each(?) j
    JOIN searched_papers s ON s.search_id = j.value
    JOIN papers p ON p.id = s.paper_id AND p.version = s.version
    ORDER BY j.key`,
  );
  const newest = sqlite.prepare<[], number | null>('SELECT max(search_id) FROM searched_papers').pluck();
  const numberOf = sqlite.prepare<[string], number>('SELECT search_id FROM searched_papers WHERE paper_id = ?').pluck();
  const dates = sqlite.prepare<[string], { id: string; date: IsoDate | null }>(
    `SELECT j.value AS id, (
      SELECT coalesce(max(date) FILTER (WHERE type IN ('new', 'cross')), max(date))
      FROM announced_papers WHERE paper_id = j.value
    ) AS date FROM json_each(?) j`,
  );

  const filterOf = (filter: Filter): ((searchIds: readonly number[]) => number[]) => {
    const { since = '', category = '', accepts } = filter;
    const statement = passing(filter);
    // A whole category, or an archive with all its categories.
    const name = JSON.stringify(category.toLowerCase());
    return (searchIds) =>
      statement
        .all({ searchIds: JSON.stringify(searchIds), since, category: name, archive: `${name.slice(0, -1)}.` })
        .filter(({ authors }) => accepts?.({ authors: JSON.parse(authors) }) ?? true)
        .map(({ searchId }) => searchId);
  };

  const size = (): number => newest.get() ?? 0;

  const matching = (match: Match, limit: number, filter?: Filter): Matching => {
    const expression = expressionOf(match);
    const searchIds: number[] = [];
    if (!filter) {
      searchIds.push(...page.all(expression, Number.MAX_SAFE_INTEGER, limit + 1));
      return { searchIds: searchIds.slice(0, limit), isMore: searchIds.length > limit };
    }
    const filtered = filterOf(filter);
    const pageSize = Math.max(minPage, limit);
    let before = Number.MAX_SAFE_INTEGER;
    for (let seen = 0; seen < maxFiltered; seen += pageSize) {
      const next = page.all(expression, before, pageSize);
      searchIds.push(...filtered(next));
      if (searchIds.length > limit) return { searchIds: searchIds.slice(0, limit), isMore: true };
      if (next.length < pageSize) return { searchIds, isMore: false };
      before = next.at(-1) ?? 0;
    }
    return { searchIds, isMore: true };
  };

  return {
    size,
    matching,
    newest: (matches, limit) => matches.map((match) => matching(match, limit).searchIds),

    // Estimated from the distance between the newest ones, because counting the matches of a common word takes as long
    // as a whole search.
    frequencies: (terms, papers) =>
      terms.map((term) => {
        const found = page.all(expressionOf({ term }), Number.MAX_SAFE_INTEGER, counted);
        const span = papers - (found.at(-1) ?? 0) + 1;
        return found.length < counted ? found.length : Math.min(papers, Math.round((counted * papers) / span));
      }),

    read: (searchIds): Found[] =>
      rows.all(JSON.stringify(searchIds)).map(({ searchId, authors, categories, ...row }) => ({
        searchId,
        paper: paperOf({ ...row, authors: JSON.parse(authors), categories: JSON.parse(categories) }),
      })),

    has: (paperId) => numberOf.get(paperId) !== undefined,

    announced: (paperIds) =>
      new Map(dates.all(JSON.stringify(paperIds)).flatMap(({ id, date }) => (date === null ? [] : [[id, date]]))),
  };
};
