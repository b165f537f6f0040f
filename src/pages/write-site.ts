import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { makeFolder } from '../core/folder.ts';
import type { Site } from '../core/site.ts';

export type SiteProgress = { written: number; all: number };

const writeWhole = async (file: string, body: string | Uint8Array): Promise<void> => {
  // Written under another name first, so that no file is ever half written.
  const unfinished = join(dirname(file), `.${randomUUID()}.unfinished`);
  try {
    await writeFile(unfinished, body, { flag: 'wx' });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
};

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

/**
 * Writes every page into a folder, which is created if necessary. Existing files are overwritten; none are deleted.
 * @returns the number of files written
 * @throws UserError if the folder cannot be written to
 */
export const writeSite = async (
  site: Site,
  folder: string,
  onProgress: (progress: SiteProgress) => void = () => {},
): Promise<number> => {
  const paths = await site.paths();
  let written = 0;
  for (const path of paths) {
    const file = await site.file(path);
    // The digest may have been retracted since the paths were listed.
    if (!file) continue;
    const target = join(folder, path);
    try {
      makeFolder(dirname(target));
      await writeWhole(target, file.body);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new UserError(`Cannot write to ${folder} (${error.message}). Choose a folder that you may write to.`);
    }
    written += 1;
    onProgress({ written, all: paths.length });
  }
  return written;
};
