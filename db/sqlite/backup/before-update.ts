import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorText, UserError } from '../../../src/core/errors.ts';
import { fileTime } from '../../../src/core/file-size.ts';
import { makeFolder } from '../../../src/core/folder.ts';
import type { Sqlite } from '../driver.ts';
import { copyDatabase } from './copy.ts';
import { latestSchema, schemaOf } from './inspect.ts';
import { backupFolder, nameOf, requireSpace } from './nightly.ts';

const keptCopies = 3;

/** Apart from the nightly copies, which are deleted by their dates. */
const updateFolder = (database: string): string => join(backupFolder(database), 'before-update');

/**
 * Copies an existing database that the next migrations will change. Keeps the last three copies.
 * @throws UserError if there is no copy; the database is then as it was.
 */
export const copyBeforeUpdate = (sqlite: Sqlite): void => {
  const { name: database, memory: isInMemory } = sqlite;
  const schema = isInMemory ? undefined : schemaOf(sqlite);
  if (schema === undefined || schema >= latestSchema()) return;
  const folder = updateFolder(database);
  try {
    makeFolder(folder);
    requireSpace(database, folder);
    copyDatabase(database, join(folder, `${nameOf(database)}-${fileTime(new Date())}-schema-${schema}.db`), {
      isReplacing: true,
    });
  } catch (error) {
    throw new UserError(
      `The database must be updated, and cannot be copied first: ${errorText(error)} Fix that and try again. To update without a copy, write backup: off in the config file.`,
      { cause: error },
    );
  }
  const copies = readdirSync(folder).filter((name) => name.startsWith(`${nameOf(database)}-2`) && name.endsWith('.db'));
  for (const name of copies.sort().slice(0, -keptCopies)) rmSync(join(folder, name), { force: true });
};
