import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseUrl } from '../src/core/database-url.ts';
import { UserError } from '../src/core/errors.ts';
import { withoutQuotes } from '../src/core/folding.ts';
import { Secret } from '../src/core/secret.ts';

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
