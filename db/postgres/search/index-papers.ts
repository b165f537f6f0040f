import { isSamplePaper } from '../../../src/core/paper.ts';
import { orm } from '../../drizzle.ts';
import type { Database } from '../client.ts';
import { createDocuments } from './document.ts';

const { sql } = orm;

/** Papers per statement. With their texts, they take about a megabyte. */
const papersAtOnce = 500;

type Row = {
  id: string;
  version: number;
  title: string;
  authors: string[];
  abstract: string;
  comments: string | null;
  fingerprint: string;
  isIndexed: boolean;
};

/** A transaction. */
type Writer = Pick<Database, 'execute'>;

const documentOf = createDocuments();

/** The newest versions of papers whose text is not in the index, in the order of the ids. */
const readUnindexed = async (tx: Writer, ids: readonly string[]): Promise<Row[]> => {
  const { rows } = await tx.execute<Row>(sql`
    SELECT p.id, p.version, p.title, p.authors, p.abstract, p.comments, f.fingerprint,
      s.paper_id IS NOT NULL AS "isIndexed"
    FROM unnest(${sql.param(ids)}::text[]) WITH ORDINALITY AS w (id, position)
    CROSS JOIN LATERAL (SELECT * FROM papers WHERE papers.id = w.id ORDER BY papers.version DESC LIMIT 1) p
    CROSS JOIN LATERAL (
      SELECT encode(sha256(convert_to(jsonb_build_array(p.title, p.authors, p.abstract, p.comments)::text, 'UTF8')), 'hex')
        AS fingerprint
    ) f
    LEFT JOIN searched_papers s ON s.paper_id = p.id
    WHERE s.paper_id IS NULL OR s.version <> p.version OR s.fingerprint <> f.fingerprint
    ORDER BY w.position`);
  return rows;
};

/** Rows as a table that a statement can read. */
const tableOf = (rows: readonly Row[]) => {
  const column = <T>(read: (row: Row) => T) => sql.param(rows.map(read));
  return sql`unnest(
    ${column(({ id }) => id)}::text[], ${column(({ version }) => version)}::int[],
    ${column(({ fingerprint }) => fingerprint)}::text[], ${column(documentOf)}::text[]
  ) WITH ORDINALITY AS n (paper_id, version, fingerprint, document, position)`;
};

/**
 * Updates the full-text index with the newest stored versions of papers, in the caller's transaction. Takes three
 * statements for 500 papers, and one if their texts have not changed.
 */
export const indexPapers = async (tx: Writer, paperIds: readonly string[]): Promise<void> => {
  const ids = [...new Set(paperIds)].filter((id) => !isSamplePaper({ id }));
  for (let start = 0; start < ids.length; start += papersAtOnce) {
    const rows = await readUnindexed(tx, ids.slice(start, start + papersAtOnce));
    const changed = rows.filter(({ isIndexed }) => isIndexed);
    const fresh = rows.filter(({ isIndexed }) => !isIndexed);
    // Another process may have indexed a newer version since the papers were read. It then stays.
    if (changed.length > 0)
      await tx.execute(sql`
        UPDATE searched_papers s
        SET version = n.version, fingerprint = n.fingerprint, document = n.document::tsvector
        FROM ${tableOf(changed)} WHERE s.paper_id = n.paper_id AND s.version <= n.version`);
    if (fresh.length > 0)
      await tx.execute(sql`
        INSERT INTO searched_papers AS s (paper_id, version, fingerprint, document)
        SELECT n.paper_id, n.version, n.fingerprint, n.document::tsvector FROM ${tableOf(fresh)} ORDER BY n.position
        ON CONFLICT (paper_id) DO UPDATE
        SET version = excluded.version, fingerprint = excluded.fingerprint, document = excluded.document
        WHERE s.version <= excluded.version`);
  }
};
