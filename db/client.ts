import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type BetterSqlite3 from 'better-sqlite3';
import { UserError } from '../src/core/errors.ts';
import { makeFolder } from '../src/core/folder.ts';

/*
 * drizzle-orm's CommonJS build, because importing its ES modules peaks at more than 250 MB of memory. Everything in db/
 * imports drizzle from here.
 */
const require = createRequire(import.meta.url);

export const orm: typeof import('drizzle-orm') = require('drizzle-orm');
export const sqliteCore: typeof import('drizzle-orm/sqlite-core') = require('drizzle-orm/sqlite-core');
const betterSqlite: typeof import('drizzle-orm/better-sqlite3') = require('drizzle-orm/better-sqlite3');
const migrator: typeof import('drizzle-orm/migrator') = require('drizzle-orm/migrator');

/**
 * Limits the cached statements in number and in characters, because a query with a list of values needs one for each list
 * length. SQLite uses about 70 bytes for each character, so a few hundred long lists would take 100 MB.
 */
const maxKept = 500;
const maxKeptLength = 200_000;

/**
 * Makes a connection prepare each statement once. drizzle prepares a new one for every query and leaves it to the
 * garbage collector, which does not see SQLite's memory: a busy bot's memory grew by hundreds of megabytes.
 */
const keepStatements = (sqlite: BetterSqlite3.Database): void => {
  const kept = new Map<string, BetterSqlite3.Statement>();
  let keptLength = 0;
  const prepare = sqlite.prepare.bind(sqlite);
  const prepareOnce = (source: string): BetterSqlite3.Statement => {
    const known = kept.get(source);
    const statement = known ?? prepare(source);
    if (!known) keptLength += source.length;
    // Moves it to the end. The first entry is the least recently used.
    kept.delete(source);
    kept.set(source, statement);
    for (const oldest of kept.keys()) {
      if (kept.size <= maxKept && keptLength <= maxKeptLength) break;
      kept.delete(oldest);
      keptLength -= oldest.length;
    }
    return statement;
  };
  sqlite.prepare = prepareOnce as typeof sqlite.prepare;
};

/**
 * Runs the missing migrations in one exclusive transaction, so that two processes that start together do not collide.
 * drizzle's own runner is not used, because a migration may rebuild a table. `PRAGMA foreign_keys=OFF` does nothing
 * inside a transaction, so dropping the old table would delete every row that refers to it. This runner turns foreign
 * keys off before the transaction and checks them before the commit.
 * @throws UserError if a newer version has used the database, and Error if a row refers to a missing row after the
 * migrations. The database is then unchanged.
 */
export const migrate = (sqlite: BetterSqlite3.Database, folder: string): void => {
  const migrations = migrator.readMigrationFiles({ migrationsFolder: folder });
  sqlite.pragma('foreign_keys = OFF');
  sqlite
    .transaction(() => {
      sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (created_at INTEGER PRIMARY KEY, hash TEXT NOT NULL)');
      const last = sqlite.prepare('SELECT max(created_at) FROM migrations').pluck().get() as number | null;
      const newest = Math.max(...migrations.map(({ folderMillis }) => folderMillis));
      if (last !== null && last > newest)
        throw new UserError(
          `A newer version of Paperboy has used the database ${sqlite.name}, and this version cannot read it. Update Paperboy, or restore a backup from before that version.`,
        );
      const pending = migrations.filter((migration) => migration.folderMillis > (last ?? -1));
      if (pending.length === 0) return;
      for (const migration of pending) {
        for (const statement of migration.sql) sqlite.exec(statement);
        sqlite.prepare('INSERT INTO migrations VALUES (?, ?)').run(migration.folderMillis, migration.hash);
      }
      const broken = sqlite.pragma('foreign_key_check') as { table: string; parent: string }[];
      if (broken[0]) {
        const { table, parent } = broken[0];
        throw new Error(`migration leaves ${broken.length} rows that refer to nothing, such as ${table} to ${parent}`);
      }
    })
    .exclusive();
  sqlite.pragma('foreign_keys = ON');
};

const openSqlite: typeof BetterSqlite3 = require('better-sqlite3');

export type Database = ReturnType<typeof openDatabase>;

/** Not from `import.meta.dirname`, which drizzle-kit does not provide. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Opens or creates the database file and migrates it. Readers and one writer can work at the same time (WAL). A writer
 * waits up to 10 s for another process.
 */
export const openDatabase = (file: string, busyTimeoutMs = 10_000) => {
  if (file !== ':memory:') makeFolder(dirname(file));
  const sqlite = openSqlite(file);
  sqlite.pragma(`busy_timeout = ${busyTimeoutMs}`);
  sqlite.pragma('journal_mode = WAL');
  // The status of a message being sent and the booking of a call must survive a power loss.
  sqlite.pragma('synchronous = FULL');
  migrate(sqlite, migrationsFolder);
  keepStatements(sqlite);
  return betterSqlite.drizzle(sqlite);
};

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** Runs a transaction that locks the database from its start, so that it never fails because another writer was first. */
export const write = <T>(db: Database, work: (tx: Transaction) => T): T =>
  db.transaction(work, { behavior: 'immediate' });
