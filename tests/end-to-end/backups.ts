import { join } from 'node:path';
import { copyDatabase } from '../../db/sqlite/backup/copy.ts';
import { restoreDatabase } from '../../db/sqlite/backup/restore.ts';
import type { Home } from './harness.ts';

export const fileOf = ({ folder }: Home): string => join(folder, 'paperboy.db');

/** As `backup` does, while the bot may be running. */
export const backUp = (home: Home, name: string): void => {
  copyDatabase(fileOf(home), join(home.folder, name), { isReplacing: true });
};

/** As `restore` does. */
export const restore = async (home: Home, name: string): Promise<void> => {
  restoreDatabase(join(home.folder, name), fileOf(home), new Date());
};
