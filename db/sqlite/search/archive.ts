import type BetterSqlite3 from 'better-sqlite3';
import type { IsoDate, Paper } from '../../../src/core/paper.ts';

export type Found = { searchId: number; paper: Paper };

export type Filter = {
  since?: IsoDate | undefined;
  category?: string | undefined;
  accepts?: ((paper: Pick<Paper, 'authors'>) => boolean) | undefined;
};

export type Matching = {
  searchIds: number[];
  isMore: boolean;
};

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

const paperOf = (row: Row): Paper => ({
  ...{ id: row.id, version: row.version, title: row.title, abstract: row.abstract },
  authors: JSON.parse(row.authors),
  categories: JSON.parse(row.categories),
  ...(row.comments === null ? {} : { comments: row.comments }),
  ...(row.doi === null ? {} : { doi: row.doi }),
  ...(row.journalReference === null ? {} : { journalReference: row.journalReference }),
  ...(row.license === null ? {} : { license: row.license }),
});

const minPage = 500;
/** Maximum number of matches to filter. Filtering this many takes about 50 ms. */
const maxFiltered = 10_000;
const counted = 200;
const maxFrequencies = 8_000;

/** Plain SQL for a separate connection, because drizzle would need most of the worker's memory. */
export const openArchive = (sqlite: BetterSqlite3.Database) => {
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
  const date = sqlite
    .prepare<[string], string | null>(
      // Replacements do not count, because a new version does not make an old paper new.
      `SELECT coalesce(max(date) FILTER (WHERE type IN ('new', 'cross')), max(date)) FROM announced_papers WHERE paper_id = ?`,
    )
    .pluck();

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

  const frequencies = new Map<string, number>();
  let judgedAt = 0;

  const archive = {
    /** Id of the newest paper, which is about the number of papers. */
    size: (): number => newest.get() ?? 0,

    matching(expression: string, limit: number, filter?: Filter): Matching {
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
    },

    /**
     * Number of papers that match an FTS5 expression. Exact if there are few; otherwise estimated from the distance
     * between the newest ones, because counting the matches of a common word takes as long as a whole search.
     */
    frequency(expression: string): number {
      const size = archive.size();
      if (size > judgedAt * 1.05 || size < judgedAt || frequencies.size > maxFrequencies) {
        frequencies.clear();
        judgedAt = size;
      }
      const known = frequencies.get(expression);
      if (known !== undefined) return known;
      const found = page.all(expression, Number.MAX_SAFE_INTEGER, counted);
      const span = size - (found.at(-1) ?? 0) + 1;
      const frequency = found.length < counted ? found.length : Math.min(size, Math.round((counted * size) / span));
      frequencies.set(expression, frequency);
      return frequency;
    },

    read: (searchIds: readonly number[]): Found[] =>
      rows.all(JSON.stringify(searchIds)).map((row) => ({ searchId: row.searchId, paper: paperOf(row) })),

    searchIdOf: (paperId: string): number | undefined => numberOf.get(paperId),

    announced: (paperId: string): IsoDate | undefined => date.get(paperId) ?? undefined,
  };
  return archive;
};

export type Archive = ReturnType<typeof openArchive>;
