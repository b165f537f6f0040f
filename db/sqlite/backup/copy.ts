import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorText, UserError } from '../../../src/core/errors.ts';
import { isFolder } from '../../../src/core/folder.ts';
import { keepCacheSmall, openSqlite, type Sqlite } from '../driver.ts';
import { storageFailure } from '../faults.ts';
import { type DatabaseSummary, inspectDatabase } from './inspect.ts';

/** Ends the names of unfinished copies. */
export const partPattern = /\.\d+\.part$/;

export const partOf = (file: string): string => `${file}.${process.pid}.part`;

/** Milliseconds to wait for a writer that holds the whole database. */
const busyTimeoutMs = 10_000;

const sync = (path: string): void => {
  const opened = openSync(path, 'r');
  fsyncSync(opened);
  closeSync(opened);
};

/** Renames a file and makes the new name survive a power loss. */
export const moveInto = (from: string, to: string): void => {
  renameSync(from, to);
  // Some file systems cannot sync a folder.
  try {
    sync(dirname(to));
  } catch {}
};

/**
 * Writes a database's state into one new file that only this user can read. Other connections may write meanwhile.
 * `VACUUM INTO` is used because it also reads the log, holds one state from its start to its end, and fails on damage.
 */
export const writeState = (sqlite: Sqlite, file: string): void => {
  // The mode stays when SQLite fills the file.
  closeSync(openSync(file, 'wx', 0o600));
  sqlite.prepare('VACUUM INTO ?').run(file);
  sync(file);
};

const copyState = (source: string, file: string): void => {
  // Not read-only: such a connection would leave the files of the log behind.
  const sqlite = openSqlite(source, { fileMustExist: true, timeout: busyTimeoutMs });
  try {
    keepCacheSmall(sqlite);
    writeState(sqlite, file);
  } finally {
    sqlite.close();
  }
};

export const copyFailure = (error: unknown, source: string, copy: string): unknown => {
  const code = String((error as { code?: unknown }).code);
  if (/^(?:ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR)/.test(code)) return storageFailure(error, copy);
  // SQLite opens the source, and the rest of this file handles the copy.
  if (/^E[A-Z]+$/.test(code))
    return new UserError(`${copy} cannot be written (${errorText(error)}).`, { cause: error });
  return storageFailure(error, source);
};

/**
 * Copies a database that may be in use, reads the whole copy, and gives it its name.
 * @throws UserError if there is no intact Paperboy database, or the copy exists and is not to be replaced. An existing
 * copy then stays as it was.
 */
export const copyDatabase = (source: string, copy: string, { isReplacing = false } = {}): DatabaseSummary => {
  if (!existsSync(source)) throw new UserError(`There is no database at ${source}.`);
  if (existsSync(copy) && isSameFile(source, copy))
    throw new UserError(`${copy} is the database itself. Write another path.`);
  if (existsSync(copy) && !isReplacing)
    throw new UserError(`${copy} already exists. Write another path, or add --force to replace it.`);
  if (!isFolder(dirname(copy))) throw new UserError(`There is no folder ${dirname(copy)}. Create it first.`);
  const part = partOf(copy);
  try {
    if (existsSync(part)) rmSync(part);
    copyState(source, part);
    const summary = inspectDatabase(part, `The copy of ${source}`);
    moveInto(part, copy);
    return summary;
  } catch (error) {
    throw copyFailure(error, source, copy);
  } finally {
    if (existsSync(part)) rmSync(part);
  }
};

export const isSameFile = (one: string, other: string): boolean => {
  const [a, b] = [statSync(one), statSync(other)];
  return a.ino === b.ino && a.dev === b.dev;
};
