import { chmodSync, chownSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { UserError } from '../../../src/core/errors.ts';
import { fileTime } from '../../../src/core/file-size.ts';
import { makeFolder } from '../../../src/core/folder.ts';
import { openSqlite, type Sqlite } from '../driver.ts';
import { storageFailure } from '../faults.ts';
import { copyDatabase, isSameFile, moveInto, partOf } from './copy.ts';
import { forgetAgain } from './forgotten.ts';
import { type DatabaseSummary, inspectDatabase } from './inspect.ts';
import { keepSettledNotes } from './settled-notes.ts';

/** `previous` is where the previous database is now; undefined if there was none. */
export type Restored = DatabaseSummary & { previous: string | undefined };

const hasCode = (error: unknown, pattern: RegExp): boolean => pattern.test(String((error as { code?: unknown }).code));

/**
 * Locks a database so that no other process can open it, and writes its log back into its file. Every process that uses
 * a database holds a lock on it as long as it is connected (WAL), so this fails if one does.
 * @returns undefined if the file is too damaged to be locked.
 * @throws UserError if a process uses the database.
 */
const lock = (database: string): Sqlite | undefined => {
  const inUse = new UserError(`Paperboy is using ${database}. Stop the bot and any other command, then try again.`);
  const sqlite = openSqlite(database, { timeout: 0 });
  try {
    sqlite.pragma('journal_mode = DELETE');
    sqlite.exec('BEGIN EXCLUSIVE');
    // A process that connected in between has turned the log on again.
    if (sqlite.pragma('journal_mode', { simple: true }) !== 'delete') throw inUse;
    return sqlite;
  } catch (error) {
    sqlite.close();
    if (hasCode(error, /^SQLITE_(?:BUSY|LOCKED)/)) throw inUse;
    if (hasCode(error, /^SQLITE_(?:CORRUPT|NOTADB)/)) return undefined;
    throw error;
  }
};

const logFiles = ['-wal', '-shm', '-journal'];

/** Moves a database aside with its log, and the new one into its place. The path always has one of them. */
const swap = (database: string, previous: string, part: string): void => {
  // A log that stays would be read into the new database.
  for (const end of logFiles) if (existsSync(`${database}${end}`)) renameSync(`${database}${end}`, `${previous}${end}`);
  try {
    linkSync(database, previous);
  } catch {
    // Some file systems have no links.
    renameSync(database, previous);
  }
  moveInto(part, database);
};

/** The bot may run as another user than the one who restores. */
const giveToOwner = (part: string, database: string, isNew: boolean): void => {
  const { uid, gid, mode } = statSync(isNew ? dirname(database) : database);
  if (!isNew) chmodSync(part, mode & 0o777);
  try {
    chownSync(part, uid, gid);
  } catch {
    // Only root may give files away.
  }
};

const previousName = (database: string, now: Date): string => {
  const { dir, name, ext } = parse(database);
  return join(dir, `${name}-before-restore-${fileTime(now)}${ext}`);
};

/**
 * Replaces a database by a copy of a file. The previous database stays beside it. People who asked to be forgotten stay
 * forgotten.
 * @throws UserError if a process uses the database, or the file is no intact Paperboy database of this or an earlier
 * version. The database is then as it was.
 */
export const restoreDatabase = (source: string, database: string, now: Date): Restored => {
  if (!existsSync(source)) throw new UserError(`There is no file ${source}.`);
  const isNew = !existsSync(database);
  if (!isNew && isSameFile(source, database)) throw new UserError(`${source} is the database itself.`);
  inspectDatabase(source);
  const part = partOf(database);
  let locked: Sqlite | undefined;
  let isRestored = false;
  try {
    makeFolder(dirname(database));
    locked = lock(database);
    copyDatabase(source, part, { isReplacing: true });
    const copy = openSqlite(part, { fileMustExist: true });
    try {
      forgetAgain(copy, database);
      keepSettledNotes(locked, copy);
    } finally {
      copy.close();
    }
    const summary = inspectDatabase(part);
    giveToOwner(part, database, isNew);
    const previous = isNew || statSync(database).size === 0 ? undefined : previousName(database, now);
    if (previous) swap(database, previous, part);
    else moveInto(part, database);
    isRestored = true;
    return { ...summary, previous };
  } catch (error) {
    throw storageFailure(error, database);
  } finally {
    locked?.close();
    if (isNew && !isRestored) rmSync(database, { force: true });
    rmSync(part, { force: true });
  }
};
