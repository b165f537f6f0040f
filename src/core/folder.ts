import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Creates a folder and its parents. Node's recursive mode never returns if a parent such as /proc does not allow new
 * folders.
 * @throws the system's error if it cannot be created.
 */
export const makeFolder = (path: string): void => {
  if (isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process created it first.
    if (!isFolder(path)) throw error;
  }
};

/** The user that this process runs as, for messages about rights. In a container, it has no name outside. */
export const thisUser = (): string => `user ${process.getuid?.() ?? 'of this process'}`;

/** False if this user may write no files into an existing folder. */
export const mayWriteTo = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return !isFolder(folder);
  }
};
