import { existsSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isIsoDate, mondayOf } from '../../../src/core/dates.ts';
import { UserError } from '../../../src/core/errors.ts';
import { fileSize } from '../../../src/core/file-size.ts';
import { makeFolder } from '../../../src/core/folder.ts';
import type { IsoDate } from '../../../src/core/paper.ts';
import { answerOf } from '../in-process.ts';
import { partPattern } from './copy.ts';
import type { CopyReply } from './copy-process.ts';
import type { DatabaseSummary } from './inspect.ts';

/** How many of the newest copies to keep, and from how many weeks before them to keep one. */
export type KeptCopies = { daily: number; weekly: number };

export const backupFolder = (database: string): string => join(dirname(database), 'backups');

/** The database's name, with which the names of its copies begin. */
export const nameOf = (database: string): string => parse(database).name;

export const nightlyCopy = (database: string, date: IsoDate): string =>
  join(backupFolder(database), `${nameOf(database)}-${date}.db`);

/** Files of this database's nightly copies, newest first. Other files in the folder are not Paperboy's. */
const nightlyFiles = (database: string): { name: string; date: IsoDate; isPart: boolean }[] => {
  const folder = backupFolder(database);
  const begin = `${nameOf(database)}-`;
  return (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => {
      const date = name.slice(begin.length).replace(partPattern, '').replace(/\.db$/, '');
      return { name, date, isPart: partPattern.test(name) };
    })
    .filter(({ name, date }) => isIsoDate(date) && name.startsWith(`${begin}${date}.db`))
    .sort((a, b) => (a.date < b.date ? 1 : -1));
};

/** The first copy of each week stays, so that a kept copy is not replaced by the next day's. */
const keptDates = (newestFirst: readonly IsoDate[], { daily, weekly }: KeptCopies): ReadonlySet<IsoDate> => {
  const older = newestFirst.slice(daily);
  const firstOfWeeks = older.filter((date, index) => {
    const before = older[index + 1];
    return before === undefined || mondayOf(before) !== mondayOf(date);
  });
  return new Set([...newestFirst.slice(0, daily), ...firstOfWeeks.slice(0, weekly)]);
};

const prune = (database: string, keep: KeptCopies): void => {
  const files = nightlyFiles(database);
  const kept = keptDates(
    files.filter(({ isPart }) => !isPart).map(({ date }) => date),
    keep,
  );
  // Only one process makes nightly copies at a time, so an unfinished one is from a process that was killed.
  for (const { name, date, isPart } of files)
    if (isPart || !kept.has(date)) rmSync(join(backupFolder(database), name), { force: true });
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** @throws UserError if the disk has less than twice the size of the database free. */
export const requireSpace = (database: string, folder: string): void => {
  const needed = 2 * (sizeOf(database) + sizeOf(`${database}-wal`));
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < needed)
    throw new UserError(
      `The disk has ${fileSize(bavail * bsize)} free, and a copy of the database needs ${fileSize(needed)} (${folder}).`,
    );
};

const program = fileURLToPath(new URL('./copy-process.ts', import.meta.url));

const copyInProcess = async (source: string, copy: string, signal: AbortSignal): Promise<DatabaseSummary> => {
  const reply = await answerOf<CopyReply>(program, [source, copy], 'copies the database', signal);
  if ('summary' in reply) return reply.summary;
  throw reply.isUserError ? new UserError(reply.error) : new Error(reply.error);
};

/**
 * Makes the copy of a night, and then deletes those that are no longer kept.
 * @throws UserError if the disk is nearly full or cannot be written, and an AbortError if the signal is aborted.
 */
export const copyNightly = async (
  database: string,
  date: IsoDate,
  keep: KeptCopies,
  signal: AbortSignal,
): Promise<DatabaseSummary> => {
  const folder = backupFolder(database);
  makeFolder(folder);
  requireSpace(database, folder);
  const summary = await copyInProcess(database, nightlyCopy(database, date), signal);
  prune(database, keep);
  return summary;
};
