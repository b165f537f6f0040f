import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export const dotenvFile = (cwd: string): string => join(cwd, '.env');

/** The variables of `.env`; none without the file. */
export const readDotenv = (cwd: string): Readonly<Record<string, string | undefined>> => {
  const file = dotenvFile(cwd);
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
};
