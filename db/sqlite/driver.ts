import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

export type Sqlite = BetterSqlite3.Database;

export const openSqlite: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3');

/** For a connection that reads a whole file once: a larger cache takes 30 MB and saves no time. */
export const keepCacheSmall = (sqlite: Sqlite): void => {
  sqlite.pragma('cache_size = -2000');
};

/**
 * Writes the log (`-wal`) back into the database file, so that a plain copy of the file is complete. Waits at most
 * `waitMs` for readers; after that, part of the log may remain.
 */
export const writeLogBack = (sqlite: Sqlite, waitMs: number): void => {
  const before = sqlite.pragma('busy_timeout', { simple: true });
  sqlite.pragma(`busy_timeout = ${waitMs}`);
  sqlite.pragma('wal_checkpoint(TRUNCATE)');
  sqlite.pragma(`busy_timeout = ${before}`);
};
