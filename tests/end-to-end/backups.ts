import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Home } from './harness.ts';

export const fileOf = ({ folder }: Home): string => join(folder, 'paperboy.db');

/** A copy as a backup makes it, while the bot may be running. */
export const backUp = (home: Home, name: string): void => {
  const sqlite = new Sqlite(fileOf(home));
  sqlite.exec(`VACUUM INTO '${join(home.folder, name)}'`);
  sqlite.close();
};

export const restore = async (home: Home, name: string): Promise<void> => {
  for (const end of ['-wal', '-shm', '']) await rm(`${fileOf(home)}${end}`, { force: true });
  await copyFile(join(home.folder, name), fileOf(home));
};
