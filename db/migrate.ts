import type BetterSqlite3 from 'better-sqlite3';
import { migrator } from './drizzle.ts';

/**
 * Runs the generated migrations that the database has not seen, all in one exclusive transaction, so that two processes
 * that start together do not collide. drizzle's own runner is not used: a generated migration may rebuild a table under
 * `PRAGMA foreign_keys=OFF`, which does nothing inside a transaction, and dropping the old table would then delete every
 * row that refers to it. So foreign keys are off on the connection while migrating, and checked before the commit.
 *
 * @throws Error when a row refers to nothing after the migrations; the database is then as it was.
 */
export const migrate = (sqlite: BetterSqlite3.Database, folder: string): void => {
  const migrations = migrator.readMigrationFiles({ migrationsFolder: folder });
  sqlite.pragma('foreign_keys = OFF');
  sqlite
    .transaction(() => {
      sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (created_at INTEGER PRIMARY KEY, hash TEXT NOT NULL)');
      const last = sqlite.prepare('SELECT max(created_at) FROM migrations').pluck().get() as number | null;
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
