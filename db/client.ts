import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { makeFolder } from '../src/core/folder.ts';
import { betterSqlite } from './drizzle.ts';
import { migrate } from './migrate.ts';
import { keepStatements } from './statements.ts';

const openSqlite: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3');

export type Database = ReturnType<typeof openDatabase>;

export const migrationsFolder = join(import.meta.dirname, 'migrations');

/**
 * Opens the database file, makes it if there is none, and brings its schema up to date. Readers and one writer work side
 * by side (WAL); a writer waits up to 10 s for another process's.
 */
export const openDatabase = (file: string) => {
  if (file !== ':memory:') makeFolder(dirname(file));
  const sqlite = openSqlite(file);
  sqlite.pragma('busy_timeout = 10000');
  sqlite.pragma('journal_mode = WAL');
  // A mark that a message is being sent, or a call booked, must outlive a loss of power.
  sqlite.pragma('synchronous = FULL');
  migrate(sqlite, migrationsFolder);
  keepStatements(sqlite);
  return betterSqlite.drizzle(sqlite);
};
