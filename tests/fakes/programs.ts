import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** The first program on a PATH that has one of these names. */
export const findProgram = (names: readonly string[], path: string): string | undefined =>
  names
    .flatMap((name) =>
      path
        .split(delimiter)
        .filter((folder) => folder !== '')
        .map((folder) => join(folder, name)),
    )
    .find(isProgram);

export const hasProgram = (name: string): boolean => findProgram([name], process.env.PATH ?? '') !== undefined;

/** What makes the image in tests, without a registry of images. */
export const imagePrograms = ['buildah', 'debootstrap'];
