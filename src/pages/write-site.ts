import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { makeFolder } from '../core/folder.ts';
import type { Site } from '../core/site.ts';

/** How many files are written, and of how many. */
export type SiteProgress = { written: number; all: number };

/** A file that is there is whole: it is written under another name first. */
const writeWhole = async (file: string, body: string | Uint8Array): Promise<void> => {
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
 * Writes every page into a folder, which is made if there is none. Pages of an earlier time are written over; nothing is
 * removed.
 *
 * @returns how many files were written.
 * @throws UserError where the folder cannot be written to.
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
    // A digest that went away since the paths were listed has no page any more.
    if (!file) continue;
    const target = join(folder, path);
    try {
      makeFolder(dirname(target));
      await writeWhole(target, file.body);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new UserError(
        `The pages cannot be written to ${folder} (${error.message}). Give a folder that you may write to.`,
      );
    }
    written += 1;
    onProgress({ written, all: paths.length });
  }
  return written;
};
