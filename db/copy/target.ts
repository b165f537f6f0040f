import type { Pool, PoolClient } from 'pg';
import { UserError } from '../../src/core/errors.ts';
import { nodePostgres } from '../postgres/driver.ts';
import { copiedTables } from '../postgres/schema.ts';
import { indexPapers } from '../postgres/search/index-papers.ts';
import { createChecksum } from './checksum.ts';
import type { Source, SourceTable } from './source.ts';
import type { CopiedTable } from './tables.ts';

/** Any number that no other program uses on the same database. */
const lockKey = 7_032_917_306;

/** Rows, and about characters, per transaction. Neither Postgres nor this process has more in memory at once. */
const rowsAtOnce = 500;
const lengthAtOnce = 2_000_000;
/** Rows to read again at once. A row may be large. */
const readAtOnce = 100;
const papersAtOnce = 200;

const inTransaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let isDone = false;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    isDone = true;
    return result;
  } finally {
    // Closing the connection rolls back.
    client.release(!isDone);
  }
};

/**
 * Lets one copy at a time fill a database.
 * @returns a function that ends it.
 * @throws UserError if another copy fills it.
 */
export const claim = async (pool: Pool): Promise<() => void> => {
  const client = await pool.connect();
  // The lock ends with the connection.
  const end = (): void => client.release(true);
  try {
    const { rows } = await client.query<{ is: boolean }>('SELECT pg_try_advisory_lock($1) AS is', [lockKey]);
    if (rows[0]?.is) return end;
  } catch (error) {
    end();
    throw error;
  }
  end();
  throw new UserError('Another process copies into this Postgres database. Wait for it, or stop it.');
};

/** How far the copy of a table is. */
export type Progress = { copied: number; isWhole: boolean };

const insertSteps = async (client: PoolClient, { id, tables, index }: Source): Promise<void> => {
  const all = [...tables, index];
  await client.query(
    `INSERT INTO copied_tables (name, source, checksum, rows, copied, is_whole)
    SELECT t.name, $4, t.checksum, t.rows, 0, false
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS t (name, checksum, rows)`,
    [all.map(({ name }) => name), all.map(({ checksum }) => checksum), all.map(({ rows }) => rows), id],
  );
};

/**
 * Begins a copy, or finds how far an earlier one came.
 * @throws UserError if the database has other data.
 */
export const beginOrContinue = (pool: Pool, source: Source): Promise<Map<string, Progress>> =>
  inTransaction(pool, async (client) => {
    const readSteps = () => nodePostgres.drizzle(client).select().from(copiedTables);
    let steps = await readSteps();
    if (steps.some((step) => step.source !== source.id))
      throw new UserError(
        'The Postgres database has a copy of another SQLite database, or this one has changed since the copy began. Name an empty Postgres database.',
      );
    if (steps.length === 0) {
      for (const { name } of [...source.tables, source.index, { name: 'forgotten' }]) {
        const { rows } = await client.query<{ is: boolean }>(`SELECT EXISTS (SELECT FROM "${name}") AS is`);
        if (rows[0]?.is)
          throw new UserError(
            `The Postgres database already has data of Paperboy (in the table ${name}). Name an empty database.`,
          );
      }
      await insertSteps(client, source);
      steps = await readSteps();
    }
    return new Map(steps.map(({ name, copied, isWhole }) => [name, { copied, isWhole }]));
  });

/** Adds to the progress of a table in the transaction that adds the rows, so that none is ever added twice. */
const advance = async (client: PoolClient, name: string, from: number, rows: number): Promise<void> => {
  const { rowCount } = await client.query('UPDATE copied_tables SET copied = $3 WHERE name = $1 AND copied = $2', [
    name,
    from,
    from + rows,
  ]);
  if (rowCount !== 1) throw new Error(`another process has copied ${name} meanwhile`);
};

/** Rows as columns, which is how Postgres gets many at once. */
const columnsOf = ({ columns }: CopiedTable, rows: readonly (readonly unknown[])[]): unknown[][] =>
  columns.map((_, column) => rows.map((row) => row[column]));

const lengthOf = (row: readonly unknown[]): number =>
  row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);

function* chunksOf(rows: Iterable<unknown[]>): Generator<unknown[][]> {
  let chunk: unknown[][] = [];
  let length = 0;
  for (const row of rows) {
    chunk.push(row);
    length += lengthOf(row);
    if (chunk.length < rowsAtOnce && length < lengthAtOnce) continue;
    yield chunk;
    chunk = [];
    length = 0;
  }
  if (chunk.length > 0) yield chunk;
}

/** Copies what is missing of a table, after `passed` rows. @yields how many rows are there. */
export async function* copyRows(
  pool: Pool,
  source: Source,
  table: SourceTable,
  passed: number,
): AsyncGenerator<number> {
  const { name, columns } = table;
  const names = columns.map((column) => `"${column.name}"`).join(', ');
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ');
  let copied = passed;
  for (const rows of chunksOf(source.read(table, passed))) {
    await inTransaction(pool, async (client) => {
      await client.query(`INSERT INTO "${name}" (${names}) SELECT * FROM unnest(${arrays})`, columnsOf(table, rows));
      await advance(client, name, copied, rows.length);
    });
    copied += rows.length;
    yield copied;
  }
}

/** Makes the search index, in the order of the old one. @yields how many papers are there. */
export async function* indexRows(pool: Pool, source: Source, passed: number): AsyncGenerator<number> {
  let copied = passed;
  for (;;) {
    const ids = source.indexedPapers(copied, papersAtOnce);
    if (ids.length === 0) return;
    const from = copied;
    await inTransaction(pool, async (client) => {
      await indexPapers(nodePostgres.drizzle(client), ids);
      await advance(client, source.index.name, from, ids.length);
    });
    copied += ids.length;
    yield copied;
  }
}

/** Reads a copied table again. @throws Error if it differs from the source. */
export const verify = (pool: Pool, table: SourceTable): Promise<void> =>
  inTransaction(pool, async (client) => {
    const names = table.columns.map((column) => `"${column.name}"`).join(', ');
    await client.query(`DECLARE copied NO SCROLL CURSOR FOR SELECT ${names} FROM "${table.name}"`);
    const checksum = createChecksum(table);
    for (;;) {
      const { rows } = await client.query<unknown[]>({ text: `FETCH ${readAtOnce} FROM copied`, rowMode: 'array' });
      for (const row of rows) checksum.add(row);
      if (rows.length === 0) break;
    }
    const found = checksum.result();
    if (found.rows !== table.rows || found.checksum !== table.checksum)
      throw new Error(
        `the copy of ${table.name} differs: ${found.rows} rows with checksum ${found.checksum} instead of ${table.rows} with ${table.checksum}`,
      );
    await client.query('UPDATE copied_tables SET is_whole = true WHERE name = $1', [table.name]);
  });

/** New rows get higher numbers than any row ever had. */
export const setSequences = (pool: Pool, source: Source): Promise<void> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns
      WHERE table_schema = current_schema() AND is_identity = 'YES'`,
    );
    for (const { table, column } of rows)
      await client.query(
        `SELECT setval(pg_get_serial_sequence($1, $2), greatest(highest, 1), highest > 0)
        FROM (SELECT greatest(coalesce(max("${column}"), 0), $3::bigint) AS highest FROM "${table}") found`,
        [`"${table}"`, column, table === source.index.name ? 0 : (source.highestId(table) ?? 0)],
      );
  });

/** Takes over who asked to be forgotten. */
export const copyForgotten = async (pool: Pool, { forgotten }: Source): Promise<void> => {
  await pool.query(
    `INSERT INTO forgotten (person, at) SELECT * FROM unnest($1::text[], $2::text[])
    ON CONFLICT (person) DO UPDATE SET at = greatest(forgotten.at, excluded.at)`,
    [forgotten.map(({ person }) => person), forgotten.map(({ at }) => at)],
  );
};
