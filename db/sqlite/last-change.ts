import { statSync } from 'node:fs';
import { dirname } from 'node:path';

const timeOf = (path: string, time: 'ctimeMs' | 'mtimeMs'): number => {
  try {
    return statSync(path)[time];
  } catch {
    return 0;
  }
};

/**
 * The monotonic time in milliseconds at which a database file was last written, replaced or deprived of its write-ahead
 * log; undefined if there is no file. Copying tools can set a file's `mtime`, but not its `ctime`.
 */
export const lastChangeOf = (file: string): number | undefined => {
  const changed = timeOf(file, 'ctimeMs');
  if (changed === 0) return undefined;
  const last = Math.max(changed, timeOf(`${file}-wal`, 'ctimeMs'), timeOf(dirname(file), 'mtimeMs'));
  // A time in the future means that a clock was set back.
  return performance.now() - Math.max(0, Date.now() - last);
};
