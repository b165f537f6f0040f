import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type BetterSqlite3 from 'better-sqlite3';
import { UserError } from '../../src/core/errors.ts';
import { makeFolder } from '../../src/core/folder.ts';
import { requireDrizzle } from '../drizzle.ts';
import { copyBeforeUpdate } from './backup/before-update.ts';
import { forgetAgain } from './backup/forgotten.ts';
import { openSqlite, type Sqlite, writeLogBack } from './driver.ts';
import { blockingMs, busyMs } from './faults.ts';

export const sqliteCore: typeof import('drizzle-orm/sqlite-core') = requireDrizzle('drizzle-orm/sqlite-core');
const betterSqlite: typeof import('drizzle-orm/better-sqlite3') = requireDrizzle('drizzle-orm/better-sqlite3');
const migrator: typeof import('drizzle-orm/migrator') = requireDrizzle('drizzle-orm/migrator');

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
const keepStatements = (sqlite: Sqlite): void => {
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
 * @returns how many migrations were missing.
 * @throws UserError if a newer version has used the database, and Error if a row refers to a missing row after the
 * migrations. The database is then unchanged.
 */
export const migrate = (sqlite: Sqlite, folder: string): number => {
  const migrations = migrator.readMigrationFiles({ migrationsFolder: folder });
  sqlite.pragma('foreign_keys = OFF');
  const missing = sqlite
    .transaction(() => {
      sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (created_at INTEGER PRIMARY KEY, hash TEXT NOT NULL)');
      const last = sqlite.prepare('SELECT max(created_at) FROM migrations').pluck().get() as number | null;
      const newest = Math.max(...migrations.map(({ folderMillis }) => folderMillis));
      if (last !== null && last > newest)
        throw new UserError(
          `A newer version of Paperboy has used the database ${sqlite.name}, and this version cannot read it. Update Paperboy, or restore a backup from before that version.`,
        );
      const pending = migrations.filter((migration) => migration.folderMillis > (last ?? -1));
      if (pending.length === 0) return 0;
      for (const migration of pending) {
        for (const statement of migration.sql) sqlite.exec(statement);
        sqlite.prepare('INSERT INTO migrations VALUES (?, ?)').run(migration.folderMillis, migration.hash);
      }
      const broken = sqlite.pragma('foreign_key_check') as { table: string; parent: string }[];
      if (broken[0]) {
        const { table, parent } = broken[0];
        throw new Error(`migration leaves ${broken.length} rows that refer to nothing, such as ${table} to ${parent}`);
      }
      return pending.length;
    })
    .exclusive();
  sqlite.pragma('foreign_keys = ON');
  return missing;
};

export type Database = ReturnType<typeof openDatabase>;

/** Not from `import.meta.dirname`, which drizzle-kit does not provide. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** Opens a database file, again if `restore` replaced it meanwhile. */
const openInPlace = (file: string, options: BetterSqlite3.Options): Sqlite => {
  for (;;) {
    const sqlite = openSqlite(file, options);
    try {
      // From here on, this connection holds a lock, so `restore` finds the database in use.
      sqlite.pragma('journal_mode = WAL');
      return sqlite;
    } catch (error) {
      sqlite.close();
      if ((error as { code?: unknown }).code !== 'SQLITE_READONLY_DBMOVED') throw error;
    }
  }
};

export type DatabaseOptions = {
  /** For opening it. */
  busyTimeoutMs?: number;
  /** False to update an existing database without a copy of it. */
  isCopiedBeforeUpdate?: boolean;
  /** Called with every statement that runs, such as by tests that count them. */
  onStatement?: (sql: unknown) => void;
};

/**
 * Opens or creates the database file and migrates it. Readers and one writer can work at the same time (WAL). `onceFree`
 * waits for another process that writes.
 */
export const openDatabase = (
  file: string,
  { busyTimeoutMs = busyMs, isCopiedBeforeUpdate = true, onStatement }: DatabaseOptions = {},
) => {
  if (file !== ':memory:') makeFolder(dirname(file));
  const sqlite = openInPlace(file, { timeout: busyTimeoutMs, verbose: onStatement });
  try {
    // The status of a message being sent and the booking of a call must survive a power loss.
    sqlite.pragma('synchronous = FULL');
    if (isCopiedBeforeUpdate) copyBeforeUpdate(sqlite);
    // Otherwise, a new database would be in its log alone until the first run.
    if (migrate(sqlite, migrationsFolder) > 0) writeLogBack(sqlite, 0);
    if (!sqlite.memory) forgetAgain(sqlite, file);
    sqlite.pragma(`busy_timeout = ${blockingMs}`);
  } catch (error) {
    sqlite.close();
    throw error;
  }
  keepStatements(sqlite);
  return betterSqlite.drizzle(sqlite);
};

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** Runs a transaction that locks the database from its start, so that it never fails because another writer was first. */
export const write = <T>(db: Database, work: (tx: Transaction) => T): T =>
  db.transaction(work, { behavior: 'immediate' });
