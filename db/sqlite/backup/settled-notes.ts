import { migrate, migrationsFolder } from '../client.ts';
import type { Sqlite } from '../driver.ts';

type Row = { note: string; sentAt: string | null };

const read = (sqlite: Sqlite): Row[] => {
  try {
    return sqlite.prepare<[], Row>('SELECT note, sent_at AS sentAt FROM update_notes').all();
  } catch {
    // The database is older than the table, or damaged.
    return [];
  }
};

/**
 * Marks the update notes that were settled in the previous database as settled in the one that replaces it, so that nobody
 * gets them again. Updates the schema of the new database first, because an older one cannot store this.
 */
export const keepSettledNotes = (previous: Sqlite | undefined, next: Sqlite): void => {
  const rows = previous ? read(previous) : [];
  if (rows.length === 0) return;
  migrate(next, migrationsFolder);
  const settle = next.prepare('INSERT OR IGNORE INTO update_notes (note, sent_at) VALUES (@note, @sentAt)');
  for (const row of rows) settle.run(row);
};
