import { setTimeout as pause } from 'node:timers/promises';
import type { IsoDate } from '../../../src/core/paper.ts';
import type { Sqlite } from '../driver.ts';

/** Milliseconds between dates, in which other connections may write. */
const pauseMs = 50;

/**
 * The papers of a date that nobody can miss: not announced since the limit, not in a digest and not picked for one, not
 * on a reading list.
 */
const unneeded = `
  SELECT DISTINCT a.paper_id FROM announced_papers a
  WHERE a.date = @date AND a.paper_id NOT LIKE 'sample.%'
    AND NOT EXISTS (SELECT 1 FROM announced_papers n WHERE n.paper_id = a.paper_id AND n.date >= @before)
    AND NOT EXISTS (SELECT 1 FROM digest_entries e WHERE e.paper_id = a.paper_id)
    AND a.paper_id NOT IN (SELECT paper_id FROM saved_papers)
    AND a.paper_id NOT IN (
      SELECT s.paper_id FROM digests d JOIN announced_papers p ON p.date = d.date
      JOIN scores s ON s.paper_id = p.paper_id AND s.version = p.version AND s.rubric = d.rubric
      WHERE d.date = @date AND s.relevance >= d.cutoff_relevance AND s.novelty >= d.cutoff_novelty
    )`;

const ofUnneeded = 'paper_id IN (SELECT paper_id FROM unneeded)';

/** In this order, so that no row refers to one that is gone. */
const deletions = [
  ...['announced_papers', 'unlikely_papers', 'scores', 'summaries', 'paper_authors', 'read_papers'].map(
    (table) => `DELETE FROM ${table} WHERE ${ofUnneeded}`,
  ),
  `DELETE FROM papers_fts WHERE rowid IN (SELECT search_id FROM searched_papers WHERE ${ofUnneeded})`,
  `DELETE FROM searched_papers WHERE ${ofUnneeded}`,
  'DELETE FROM papers WHERE id IN (SELECT paper_id FROM unneeded)',
];

/**
 * Deletes papers that were last announced before a date, with their scores, unless they are needed. Announcements that
 * lose papers are marked. Each date is one transaction.
 * @returns how many papers were deleted.
 */
export const prunePapers = async (sqlite: Sqlite, before: IsoDate): Promise<number> => {
  sqlite.pragma('foreign_keys = ON');
  sqlite.exec('CREATE TEMP TABLE IF NOT EXISTS unneeded (paper_id TEXT PRIMARY KEY) WITHOUT ROWID');
  const dates = sqlite
    .prepare<[IsoDate], IsoDate>('SELECT DISTINCT date FROM announcements WHERE date < ? AND pruned = 0 ORDER BY date')
    .pluck()
    .all(before);
  const find = sqlite.prepare(`INSERT INTO unneeded ${unneeded}`);
  const mark = sqlite.prepare(
    `UPDATE announcements SET pruned = 1 WHERE (date, category) IN
      (SELECT a.date, a.category FROM unneeded u JOIN announced_papers a ON a.paper_id = u.paper_id)`,
  );
  const statements = deletions.map((deletion) => sqlite.prepare(deletion));
  const forget = sqlite.prepare('DELETE FROM unneeded');
  const prune = sqlite.transaction((date: IsoDate): number => {
    const found = find.run({ date, before }).changes;
    if (found > 0) {
      mark.run();
      for (const statement of statements) statement.run();
      forget.run();
    }
    return found;
  });
  let papers = 0;
  for (const date of dates) {
    const found = prune.immediate(date);
    papers += found;
    if (found > 0) await pause(pauseMs);
  }
  return papers;
};
