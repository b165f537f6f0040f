import { readFileSync, statSync } from 'node:fs';
import { errorText, systemFault, UserError } from '../../../src/core/errors.ts';
import type { IsoDate } from '../../../src/core/paper.ts';
import type { SchemaState } from '../../../src/core/stores.ts';
import { damageIn } from '../damage.ts';
import { keepCacheSmall, openSqlite, type Sqlite } from '../driver.ts';

/** `schema` is the number of its migrations, beginning with 1. */
export type DatabaseSummary = {
  bytes: number;
  schema: number;
  digests: number;
  newestDigest: IsoDate | undefined;
  papers: number;
};

/** `when` is when it was made, in milliseconds since 1970. */
type Migration = { tag: string; when: number };

/** Oldest first. Read without drizzle, which would take more memory than the process that copies. */
const readMigrations = (): Migration[] => {
  const journal = readFileSync(new URL('../migrations/meta/_journal.json', import.meta.url), 'utf8');
  return (JSON.parse(journal) as { entries: Migration[] }).entries;
};

const numberFrom = (sqlite: Sqlite, query: string): number | null =>
  sqlite.prepare<[], number>(query).pluck().get() ?? null;

/** How many of this version's migrations a database has; undefined if it is not Paperboy's, Infinity if it is newer. */
export const schemaOf = (sqlite: Sqlite): number | undefined => {
  const isTable = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").pluck();
  if (['migrations', 'digests', 'papers', 'deliveries'].some((name) => isTable.get(name) === undefined))
    return undefined;
  const newest = numberFrom(sqlite, 'SELECT max(created_at) FROM migrations');
  const times = readMigrations().map(({ when }) => when);
  if (newest === null) return undefined;
  return newest > (times.at(-1) ?? 0) ? Infinity : times.filter((time) => time <= newest).length;
};

export const latestSchema = (): number => readMigrations().length;

/** Of a database that is open, so that its schema is known. */
export const schemaStateOf = (sqlite: Sqlite): SchemaState => {
  const migrations = readMigrations();
  const applied = schemaOf(sqlite) ?? 0;
  return { applied, known: migrations.length, last: migrations[applied - 1]?.tag ?? '' };
};

/**
 * Reads a whole database file.
 * @param name How messages call the file.
 * @throws UserError if it is no Paperboy database, damaged, or from a newer version.
 */
export const inspectDatabase = (file: string, name = file): DatabaseSummary => {
  const notOurs = new UserError(`${name} is not a Paperboy database.`);
  const damaged = (fault: string): UserError => new UserError(`${name} is damaged (${fault}). Use another copy.`);
  let sqlite: Sqlite | undefined;
  try {
    sqlite = openSqlite(file, { readonly: true, fileMustExist: true });
    keepCacheSmall(sqlite);
    const schema = schemaOf(sqlite);
    if (schema === undefined) throw notOurs;
    if (schema === Infinity) throw new UserError(`${name} is from a newer version of Paperboy. Update Paperboy first.`);
    const [fault] = damageIn(sqlite);
    if (fault !== undefined) throw damaged(fault);
    return {
      bytes: statSync(file).size,
      schema,
      digests: numberFrom(sqlite, 'SELECT count(*) FROM digests') ?? 0,
      newestDigest: sqlite.prepare<[], IsoDate>('SELECT max(date) FROM digests').pluck().get() ?? undefined,
      papers: numberFrom(sqlite, 'SELECT count(*) FROM papers') ?? 0,
    };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'SQLITE_NOTADB') throw notOurs;
    if (String(code).startsWith('SQLITE_CORRUPT')) throw damaged(errorText(error));
    if (error instanceof UserError || !systemFault(error)) throw error;
    throw new UserError(`${name} cannot be read (${errorText(error)}).`, { cause: error });
  } finally {
    sqlite?.close();
  }
};
