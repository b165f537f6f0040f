import type { Clock } from '../src/core/clock.ts';
import type { DatabaseUrl } from '../src/core/database-url.ts';
import type { Logger } from '../src/core/logger.ts';
import type { Stores } from '../src/core/stores.ts';
import type { Work } from '../src/core/work.ts';

export type OpenOptions = {
  /** False to update an existing SQLite file without a copy of it. */
  isCopiedBeforeUpdate?: boolean;
};

/**
 * Opens the database and brings its schema up to date.
 * @throws UserError if it cannot be opened, or a newer version has used it. Every method rejects with one if the
 * database is at fault.
 */
export const openDatabase = async (database: DatabaseUrl, options: OpenOptions = {}): Promise<Stores> => {
  // The drivers take memory and time to load.
  if (database.kind === 'postgres')
    return (await import('./postgres/index.ts')).openPostgresStores(database.url.reveal());
  return (await import('./sqlite/index.ts')).openStores(database.file, options);
};

/** The queue of the runs that processes on this database do. */
export const openWork = async (
  database: DatabaseUrl & { kind: 'postgres' },
  logger: Logger,
  clock: Clock,
): Promise<Work> => {
  const { createPostgresWork } = await import('./postgres/work.ts');
  return createPostgresWork(database.url.reveal(), { clock, logger });
};
