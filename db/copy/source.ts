import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { UserError } from '../../src/core/errors.ts';
import { copyFailure, writeState } from '../sqlite/backup/copy.ts';
import { forgetAgain, readForgotten } from '../sqlite/backup/forgotten.ts';
import { inspectDatabase } from '../sqlite/backup/inspect.ts';
import { migrate, migrationsFolder } from '../sqlite/client.ts';
import { keepCacheSmall, openSqlite, type Sqlite } from '../sqlite/driver.ts';
import { storageFailure } from '../sqlite/faults.ts';
import { createChecksum } from './checksum.ts';
import { type CopiedTable, searchIndex } from './tables.ts';

/** Rows between two turns of the event loop. */
const rowsPerTurn = 500;

/**
 * Keeps every other process from opening a database as long as the connection is open, without changing the file. Each
 * process that uses one holds a lock on it as long as it is connected (WAL), so this fails if one does.
 * @throws UserError if a process uses the database.
 */
const lock = (file: string): Sqlite => {
  const sqlite = openSqlite(file, { fileMustExist: true, timeout: 0 });
  try {
    keepCacheSmall(sqlite);
    sqlite.pragma('locking_mode = EXCLUSIVE');
    sqlite.exec('BEGIN EXCLUSIVE; COMMIT');
    return sqlite;
  } catch (error) {
    sqlite.close();
    if (/^SQLITE_(?:BUSY|LOCKED)/.test(String((error as { code?: unknown }).code)))
      throw new UserError(`Paperboy is using ${file}. Stop the bot and any other command, then try again.`);
    throw error;
  }
};

type Lease = { name: string; owner: string };

/**
 * Frees the leases of dead processes.
 * @throws UserError if another process may hold one: then the file is a copy of a database that is in use.
 */
const freeLeases = (sqlite: Sqlite, file: string, isDead: (owner: string) => boolean): void => {
  const held = sqlite.prepare<[], Lease>("SELECT name, owner FROM leases WHERE owner <> ''").all();
  const live = held.find(({ owner }) => !isDead(owner));
  if (live)
    throw new UserError(
      `A Paperboy that may still run was working with ${file} (${live.name}). Stop it. If it was ended in the middle of its work, start it once more with this database and stop it with Ctrl-C, then try again.`,
    );
  sqlite.exec("UPDATE leases SET owner = ''");
};

export type SourceTable = CopiedTable & { rows: number; checksum: string };

/** Everything that is copied, as it will be in Postgres. */
export type Source = {
  /** A hash of all tables. */
  id: string;
  tables: readonly SourceTable[];
  /** Papers in the order in which they were indexed. */
  index: SourceTable;
  /** The rest of a table's rows, in the order in which they were stored. */
  read(table: CopiedTable, passed: number): Iterable<unknown[]>;
  indexedPapers(passed: number, limit: number): string[];
  /** The highest number that a table ever gave a row; undefined if it gives none. */
  highestId(table: string): number | undefined;
  forgotten: readonly { person: string; at: string }[];
  close(): void;
};

const summedOf = async (table: CopiedTable, rows: Iterable<unknown[]>, signal: AbortSignal): Promise<SourceTable> => {
  const checksum = createChecksum(table);
  let seen = 0;
  for (const row of rows) {
    checksum.add(row);
    seen += 1;
    if (seen % rowsPerTurn > 0) continue;
    await turn();
    signal.throwIfAborted();
  }
  return { ...table, ...checksum.result() };
};

/** Reads the whole copy of the database once. */
const readCopy = async (
  sqlite: Sqlite,
  tables: readonly CopiedTable[],
  signal: AbortSignal,
): Promise<Omit<Source, 'forgotten' | 'close'>> => {
  function* read({ name, columns }: CopiedTable, passed: number): Generator<unknown[]> {
    const names = columns.map((column) => `"${column.name}"`).join(', ');
    const rows = sqlite
      .prepare<[number], unknown[]>(`SELECT ${names} FROM "${name}" ORDER BY rowid LIMIT -1 OFFSET ?`)
      .raw();
    for (const row of rows.iterate(passed)) yield row.map((value, index) => columns[index]?.convert(value));
  }
  const summed: SourceTable[] = [];
  for (const table of tables) summed.push(await summedOf(table, read(table, 0), signal));
  const index = await summedOf(searchIndex, read(searchIndex, 0), signal);
  const indexed = sqlite
    .prepare<[number, number], string>('SELECT paper_id FROM searched_papers ORDER BY search_id LIMIT ? OFFSET ?')
    .pluck();
  const sequence = sqlite.prepare<[string], number>('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck();
  const id = createHash('sha256')
    .update([...summed, index].map(({ checksum }) => checksum).join(' '))
    .digest('hex');
  return {
    ...{ id, tables: summed, index, read },
    indexedPapers: (passed, limit) => indexed.all(limit, passed),
    highestId: (table) => sequence.get(table),
  };
};

/**
 * Copies a database into a file beside it and brings the copy up to date. Nobody else can use the database until the
 * source is closed.
 * @param isDead Whether the owner of a lease is a process that has ended.
 * @throws UserError if a process uses the database, or the file is no intact Paperboy database of this or an earlier
 * version.
 */
export const openSource = async (
  file: string,
  tables: readonly CopiedTable[],
  isDead: (owner: string) => boolean,
  signal: AbortSignal,
): Promise<Source> => {
  if (!existsSync(file)) throw new UserError(`There is no database at ${file}.`);
  // The lock makes sure that nobody else uses this name.
  const part = `${file}.copy.part`;
  let locked: Sqlite | undefined;
  let copy: Sqlite | undefined;
  const close = (): void => {
    copy?.close();
    locked?.close();
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${part}${end}`, { force: true });
  };
  try {
    locked = lock(file);
    rmSync(part, { force: true });
    try {
      writeState(locked, part);
    } catch (error) {
      throw copyFailure(error, file, part);
    }
    inspectDatabase(part, file);
    copy = openSqlite(part, { fileMustExist: true });
    keepCacheSmall(copy);
    migrate(copy, migrationsFolder);
    forgetAgain(copy, file);
    freeLeases(copy, file, isDead);
    const read = await readCopy(copy, tables, signal);
    return { ...read, forgotten: readForgotten(file), close };
  } catch (error) {
    close();
    throw storageFailure(error, file);
  }
};
