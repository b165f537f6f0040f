import { readFileSync } from 'node:fs';
import type { Pool, PoolClient } from 'pg';
import { UserError } from '../../src/core/errors.ts';
import type { SchemaState } from '../../src/core/stores.ts';
import { requireDrizzle } from '../drizzle.ts';
import { migrationsFolder, openPool } from './client.ts';
import { storageFailure, whenReachable } from './faults.ts';

const migrator: typeof import('drizzle-orm/migrator') = requireDrizzle('drizzle-orm/migrator');

/** Any number that no other program uses on the same database. */
const lockKey = 7_032_917_305;

const newer =
  'A newer version of Paperboy has used the Postgres database, and this version cannot read it. Update Paperboy.';

/** Names of this version's migrations, oldest first, with the times that identify them. */
const readJournal = (): { tag: string; when: number }[] =>
  (
    JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as {
      entries: { tag: string; when: number }[];
    }
  ).entries;

const inTransaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const done = await work(client);
    await client.query('COMMIT');
    client.release();
    return done;
  } catch (error) {
    // Closing the connection rolls back, even if it no longer answers.
    client.release(true);
    throw error;
  }
};

/** When the last applied migration was made; undefined if there is none. */
const lastApplied = async (client: Pick<PoolClient, 'query'>): Promise<number | undefined> => {
  const table = await client.query<{ is: boolean }>("SELECT to_regclass('migrations') IS NOT NULL AS is");
  if (!table.rows[0]?.is) return undefined;
  const newest = await client.query<{ at: number | null }>('SELECT max(created_at) AS at FROM migrations');
  return newest.rows[0]?.at ?? undefined;
};

/** How many of this version's migrations the database has. @throws UserError if it has been used by a newer version. */
export const readSchemaState = async (pool: Pool): Promise<SchemaState> => {
  const journal = readJournal();
  const last = await lastApplied(pool);
  if (last !== undefined && last > (journal.at(-1)?.when ?? 0)) throw new UserError(newer);
  const applied = journal.filter(({ when }) => when <= (last ?? -1)).length;
  return { applied, known: journal.length, last: journal[applied - 1]?.tag ?? '' };
};

/** @throws UserError if `paperboy copy` has begun to fill the database, but has not ended. */
const refuseHalfCopied = async (client: PoolClient): Promise<void> => {
  const found = await client.query<{ is: boolean }>(
    'SELECT EXISTS (SELECT FROM copied_tables WHERE NOT is_whole) AS is',
  );
  if (found.rows[0]?.is)
    throw new UserError(
      'The Postgres database is not complete: `paperboy copy` has not ended. Run it again; it continues where it stopped.',
    );
};

/**
 * Runs the missing migrations in one transaction. A lock lets one process at a time do it; the others then find nothing
 * missing.
 * @returns how many were missing.
 * @param options `isCopying` is true for `paperboy copy`, which works on a database that is not complete.
 * @throws UserError if a newer version has used the database or it is not complete. It is then unchanged.
 */
export const migrate = (pool: Pool, { isCopying = false } = {}): Promise<number> =>
  inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    await client.query('CREATE TABLE IF NOT EXISTS migrations (created_at bigint PRIMARY KEY, hash text NOT NULL)');
    const last = await lastApplied(client);
    const migrations = migrator.readMigrationFiles({ migrationsFolder });
    if (last !== undefined && last > Math.max(...migrations.map(({ folderMillis }) => folderMillis)))
      throw new UserError(newer);
    const pending = migrations.filter(({ folderMillis }) => folderMillis > (last ?? -1));
    for (const { sql, folderMillis, hash } of pending) {
      for (const statement of sql) await client.query(statement);
      await client.query('INSERT INTO migrations VALUES ($1, $2)', [folderMillis, hash]);
    }
    if (!isCopying) await refuseHalfCopied(client);
    return pending.length;
  });

/**
 * Migrates the database at a URL, as `paperboy migrate` does.
 * @returns how many migrations were missing, and what the database has now.
 * @throws UserError if it cannot be reached, or if a newer version has used it.
 */
export const migrateDatabase = async (url: string): Promise<{ missing: number; state: SchemaState }> => {
  const pool = openPool(url);
  try {
    const missing = await whenReachable(() => migrate(pool));
    return { missing, state: await readSchemaState(pool) };
  } catch (error) {
    throw storageFailure(error);
  } finally {
    await pool.end();
  }
};
