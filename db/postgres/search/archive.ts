import { setImmediate as turn } from 'node:timers/promises';
import type { SQL } from 'drizzle-orm';
import type { IsoDate } from '../../../src/core/paper.ts';
import { orm } from '../../drizzle.ts';
import { type PaperRow, paperOf } from '../../rules/papers.ts';
import type { Archive, Filter, Match, Matching } from '../../search/archive.ts';
import type { Reader } from '../client.ts';
import { storable } from '../columns.ts';
import { queryOf } from './document.ts';

const { sql } = orm;

/**
 * The newest papers, which are searched first. Most searches for common words end there; only for rarer words are all
 * papers searched. Comparing this many takes at most about 200 ms.
 */
const newestPapers = 20_000;
/** Maximum number of matches to filter. */
const maxFiltered = 10_000;
/** Maximum number of papers with all words of a phrase to read, newest first. */
const maxPhrases = 15_000;
/** Matches whose authors are compared at once. Their lists of authors may be long. */
const authorsAtOnce = 250;
const authorsPerTurn = 25;
/** Papers counted for each term. A higher number is an estimate. */
const maxCounted = 2_000;

/**
 * All papers that the index has for a query, which is a column of another table. Postgres cannot know how many there will
 * be. Without `OFFSET 0`, which keeps limits and orders outside, it hopes to find enough of them among the newest papers, and
 * reads paper after paper, which takes many seconds for rare words.
 */
const indexedBy = (query: SQL) => sql`(
  SELECT s.search_id FROM searched_papers s WHERE s.document @@ ${query} OFFSET 0
)`;

/** Reads the full-text index; see `document.ts`. */
export const openArchive = (db: Reader): Archive => {
  const size = async (): Promise<number> => {
    const { rows } = await db.execute<{ size: number }>(
      sql`SELECT coalesce(max(search_id), 0) AS size FROM searched_papers`,
    );
    return rows[0]?.size ?? 0;
  };

  const conditionsOf = (exact: string | undefined, { since, category }: Filter) => {
    // A whole category, or an archive with all its categories.
    const name = storable(JSON.stringify((category ?? '').toLowerCase()));
    return sql.join(
      [
        sql`true`,
        ...(exact ? [sql`m.document @@ ${exact}::tsquery`] : []),
        ...(since
          ? [
              sql`EXISTS (SELECT 1 FROM announced_papers a
                WHERE a.paper_id = m.paper_id AND a.date >= ${storable(since)} AND a.type IN ('new', 'cross'))`,
            ]
          : []),
        ...(category
          ? [
              sql`EXISTS (SELECT 1 FROM papers p WHERE p.id = m.paper_id AND p.version = m.version
                AND (position(${name} IN lower(p.categories::text)) > 0
                  OR position(${`${name.slice(0, -1)}.`} IN lower(p.categories::text)) > 0))`,
            ]
          : []),
      ],
      sql` AND `,
    );
  };

  /**
   * @param after If given, only papers with higher ids are searched. Postgres then chooses between the index and reading
   * these papers one by one, of which neither takes long.
   */
  const readMatches = async (
    { indexed, exact }: ReturnType<typeof queryOf>,
    { limit, considered, after }: { limit: number; considered: number; after: number | undefined },
    filter: Filter,
  ): Promise<{ searchIds: number[]; seen: number }> => {
    const newest =
      after === undefined
        ? sql`SELECT found.search_id
            FROM (SELECT ${indexed}::tsquery AS query OFFSET 0) q CROSS JOIN LATERAL ${indexedBy(sql`q.query`)} found
            ORDER BY found.search_id DESC LIMIT ${considered}`
        : sql`SELECT s.search_id FROM searched_papers s
            WHERE s.document @@ ${indexed}::tsquery AND s.search_id > ${after}
            ORDER BY s.search_id DESC LIMIT ${considered}`;
    // Costs a lookup for every match, so it is left out if nothing needs it. `OFFSET 0` makes Postgres look them up, instead
    // of first reading all papers that may have a phrase.
    const matches =
      exact || filter.since || filter.category
        ? sql`n CROSS JOIN LATERAL (
            SELECT s.paper_id, s.version, s.document FROM searched_papers s WHERE s.search_id = n.search_id OFFSET 0
          ) m`
        : sql`n`;
    const { rows } = await db.execute<{ searchIds: number[]; seen: number }>(sql`
      WITH n AS MATERIALIZED (${newest})
      SELECT
        ARRAY(
          SELECT n.search_id FROM ${matches} WHERE ${conditionsOf(exact, filter)} ORDER BY n.search_id DESC LIMIT ${limit}
        ) AS "searchIds",
        (SELECT count(*) FROM n) AS seen`);
    return rows[0] ?? { searchIds: [], seen: 0 };
  };

  /** Those of some papers that the filter accepts, up to one more than the limit. */
  const accepted = async (
    searchIds: readonly number[],
    accepts: NonNullable<Filter['accepts']>,
    limit: number,
  ): Promise<number[]> => {
    const found: number[] = [];
    for (let start = 0; start < searchIds.length && found.length <= limit; start += authorsAtOnce) {
      const { rows } = await db.execute<{ searchId: number; authors: string[] }>(sql`
        SELECT s.search_id AS "searchId", p.authors
        FROM unnest(${sql.param(searchIds.slice(start, start + authorsAtOnce))}::int[]) WITH ORDINALITY AS w (id, position)
        JOIN searched_papers s ON s.search_id = w.id
        JOIN papers p ON p.id = s.paper_id AND p.version = s.version
        ORDER BY w.position`);
      for (const [index, { searchId, authors }] of rows.entries()) {
        if (index % authorsPerTurn === authorsPerTurn - 1) await turn();
        if (accepts({ authors })) found.push(searchId);
      }
    }
    return found;
  };

  const matching = async (match: Match, limit: number, filter: Filter = {}): Promise<Matching> => {
    const query = queryOf(match);
    const { accepts } = filter;
    const isFiltered = filter.since || filter.category || accepts;
    const considered = query.exact ? maxPhrases : isFiltered ? maxFiltered : limit + 1;
    const wanted = { limit: accepts ? maxFiltered : limit + 1, considered };
    const search = async (after?: number): Promise<Matching> => {
      const { searchIds, seen } = await readMatches(query, { ...wanted, after }, filter);
      const found = accepts ? await accepted(searchIds, accepts, limit) : searchIds;
      return { searchIds: found.slice(0, limit), isMore: found.length > limit || seen === considered };
    };
    const newest = (await size()) - newestPapers;
    if (newest > 0 && !query.exact) {
      const found = await search(newest);
      if (found.isMore) return found;
    }
    return search();
  };

  return {
    size,
    matching,

    async newest(matches, limit) {
      const { rows } = await db.execute<{ searchIds: number[] }>(sql`
        SELECT ARRAY(
          SELECT found.search_id FROM ${indexedBy(sql`q.query::tsquery`)} found ORDER BY found.search_id DESC LIMIT ${limit}
        ) AS "searchIds"
        FROM unnest(${sql.param(matches.map((match) => queryOf(match).indexed))}::text[]) WITH ORDINALITY AS q (query, position)
        ORDER BY q.position`);
      return rows.map(({ searchIds }) => searchIds);
    },

    /**
     * The first papers in the table that contain a term are about the oldest, so their average id says how dense they
     * are. A phrase counts as its words, because Postgres would have to read every paper that has them.
     */
    async frequencies(terms, papers) {
      const { rows } = await db.execute<{ counted: number; average: number | null }>(sql`
        SELECT c.counted, c.average
        FROM unnest(${sql.param(terms.map((term) => queryOf({ term }).indexed))}::text[]) WITH ORDINALITY AS q (query, position)
        CROSS JOIN LATERAL (
          SELECT count(*) AS counted, avg(found.search_id)::float8 AS average
          FROM (SELECT indexed.search_id FROM ${indexedBy(sql`q.query::tsquery`)} indexed LIMIT ${maxCounted}) found
        ) c
        ORDER BY q.position`);
      return rows.map(({ counted, average }) =>
        counted < maxCounted ? counted : Math.min(papers, Math.round((counted * papers) / (2 * (average ?? papers)))),
      );
    },

    async read(searchIds) {
      const { rows } = await db.execute<PaperRow & { searchId: number }>(sql`
        SELECT s.search_id AS "searchId", p.id, p.version, p.title, p.authors, p.abstract, p.categories, p.comments,
          p.doi, p.journal_reference AS "journalReference", p.license
        FROM unnest(${sql.param(searchIds)}::int[]) WITH ORDINALITY AS w (id, position)
        JOIN searched_papers s ON s.search_id = w.id
        JOIN papers p ON p.id = s.paper_id AND p.version = s.version
        ORDER BY w.position`);
      return rows.map(({ searchId, ...row }) => ({ searchId, paper: paperOf(row) }));
    },

    async has(paperId) {
      const { rows } = await db.execute(sql`SELECT 1 FROM searched_papers WHERE paper_id = ${storable(paperId)}`);
      return rows.length > 0;
    },

    async announced(paperIds) {
      const { rows } = await db.execute<{ id: string; date: IsoDate }>(sql`
        SELECT paper_id AS id, coalesce(max(date) FILTER (WHERE type IN ('new', 'cross')), max(date)) AS date
        FROM announced_papers WHERE paper_id = ANY (${sql.param(paperIds.map(storable))}::text[]) GROUP BY paper_id`);
      return new Map(rows.map(({ id, date }) => [id, date]));
    },
  };
};
