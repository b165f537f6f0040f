import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import type { DatabaseUrl } from '../src/core/database-url.ts';
import { UserError } from '../src/core/errors.ts';
import { withoutQuotes } from '../src/core/folding.ts';
import { Secret } from '../src/core/secret.ts';
import type { Variables } from './environment.ts';
import { fileVariable, readSecretFile } from './secret-file.ts';

/**
 * Reads the address of a database, as `DATABASE_URL` has it.
 * @param cwd Folder of relative paths.
 * @throws UserError if it is none. Its text does not repeat the value, which may contain a password.
 */
export const parseDatabaseUrl = (value: string, cwd = process.cwd()): DatabaseUrl => {
  const text = withoutQuotes(value.trim());
  if (/^file:./.test(text)) {
    try {
      const file = text.startsWith('file:///') ? fileURLToPath(text) : resolve(cwd, text.replace(/^file:/, ''));
      return { kind: 'sqlite', file };
    } catch {
      throw new UserError('The path after file: cannot be read. Write file:PATH, such as file:./data/paperboy.db.');
    }
  }
  if (/^postgres(ql)?:\/\//.test(text)) {
    if (URL.canParse(text)) return { kind: 'postgres', url: new Secret(text) };
    throw new UserError(
      'The address of Postgres cannot be read. Write postgres://USER:PASSWORD@HOST/DATABASE, with %40 for @ and %2F for / in the password.',
    );
  }
  throw new UserError('This is not a database. Write file:PATH or postgres://USER:PASSWORD@HOST/DATABASE.');
};

/**
 * Reads `DATABASE_URL` or the file in `DATABASE_URL_FILE`, from the environment or `.env`, without the rest of the
 * settings. `migrate` often runs where they are not.
 * @throws UserError if it names no database.
 */
export const readDatabaseUrl = (env: Variables, cwd: string): DatabaseUrl => {
  const dotenv = join(cwd, '.env');
  const variables: Variables = { ...(existsSync(dotenv) ? parseEnv(readFileSync(dotenv, 'utf8')) : {}), ...env };
  const file = withoutQuotes(variables[fileVariable('DATABASE_URL')] ?? '');
  const found = file === '' ? undefined : readSecretFile(resolve(cwd, file));
  if (found && 'fault' in found) throw new UserError(`DATABASE_URL_FILE: ${found.fault}.`);
  return parseDatabaseUrl(found?.value ?? (variables.DATABASE_URL || 'file:./data/paperboy.db'), cwd);
};
