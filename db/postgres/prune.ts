import type { IsoDate } from '../../src/core/paper.ts';
import { orm } from '../drizzle.ts';
import { type Database, type Transaction, write } from './client.ts';

const { sql } = orm;

/**
 * The papers of a date that nobody can miss: not announced since the limit, not in a digest and not picked for one, not
 * on a reading list.
 */
const unneeded = (date: IsoDate, before: IsoDate) => sql`
  SELECT DISTINCT a.paper_id FROM announced_papers a
  WHERE a.date = ${date} AND a.paper_id NOT LIKE 'sample.%'
    AND NOT EXISTS (SELECT 1 FROM announced_papers n WHERE n.paper_id = a.paper_id AND n.date >= ${before})
    AND NOT EXISTS (SELECT 1 FROM digest_entries e WHERE e.paper_id = a.paper_id)
    AND NOT EXISTS (SELECT 1 FROM saved_papers s WHERE s.paper_id = a.paper_id)
    AND NOT EXISTS (
      SELECT 1 FROM digests d
      JOIN announced_papers p ON p.date = d.date AND p.paper_id = a.paper_id
      JOIN scores s ON s.paper_id = p.paper_id AND s.version = p.version AND s.rubric = d.rubric
      WHERE d.date = ${date} AND s.relevance >= d.cutoff_relevance AND s.novelty >= d.cutoff_novelty
    )`;

const announcedAnywhere = sql`
  UPDATE announcements SET pruned = true WHERE (date, category) IN
    (SELECT a.date, a.category FROM unneeded u JOIN announced_papers a ON a.paper_id = u.paper_id)`;

/** In this order, so that no row refers to one that is gone. */
const deletions = [
  ...[
    'announced_papers',
    'unlikely_papers',
    'scores',
    'summaries',
    'paper_authors',
    'read_papers',
    'searched_papers',
  ].map((table) => sql`DELETE FROM ${sql.identifier(table)} WHERE paper_id IN (SELECT paper_id FROM unneeded)`),
  sql`DELETE FROM papers WHERE id IN (SELECT paper_id FROM unneeded)`,
];

const pruneDate = async (tx: Transaction, date: IsoDate, before: IsoDate): Promise<number> => {
  const found = await tx.execute(sql`CREATE TEMP TABLE unneeded ON COMMIT DROP AS ${unneeded(date, before)}`);
  if (!found.rowCount) return 0;
  await tx.execute(announcedAnywhere);
  for (const deletion of deletions) await tx.execute(deletion);
  return found.rowCount;
};

/** Each date is one transaction. */
export const prunePapers = async (db: Database, before: IsoDate, signal: AbortSignal): Promise<number> => {
  const dates = await db.execute<{ date: IsoDate }>(
    sql`SELECT DISTINCT date FROM announcements WHERE date < ${before} AND NOT pruned ORDER BY date`,
  );
  let papers = 0;
  for (const { date } of dates.rows) {
    signal.throwIfAborted();
    papers += await write(db, (tx) => pruneDate(tx, date, before));
  }
  return papers;
};
