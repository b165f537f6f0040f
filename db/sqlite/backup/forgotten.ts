import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Person } from '../../../src/core/addresses.ts';
import { errorText, UserError } from '../../../src/core/errors.ts';
import { anonymous, type Forgotten, forgottenAmong, hashOf, personTables } from '../../rules/forgotten.ts';
import type { Sqlite } from '../driver.ts';
import { partOf } from './copy.ts';

/*
 * A copy of the database from before somebody asked to be forgotten still has their data. So a list beside the database
 * has the hashes of these people, and is applied whenever a database is opened or restored.
 */

const listSchema = z.array(z.strictObject({ person: z.string().regex(/^[\da-f]{64}$/), at: z.iso.datetime() }));

const forgottenFile = (database: string): string => `${database}.forgotten`;

/** @throws UserError if the list cannot be read, because people in it would come back. */
export const readForgotten = (database: string): Forgotten[] => {
  const file = forgottenFile(database);
  if (!existsSync(file)) return [];
  try {
    return listSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const fault = error instanceof z.ZodError ? z.prettifyError(error) : errorText(error);
    throw new UserError(
      `The list of people who asked to be forgotten cannot be read (${file}: ${fault}). Restore it from a backup, or delete it if nobody asked.`,
      { cause: error },
    );
  }
};

/**
 * Adds the identities of a person to the list of a database. Called in the transaction that deletes their data, so two processes cannot
 * write at the same time. If the process is killed in between, the next start deletes the data.
 */
export const rememberForgotten = ({ name, memory }: Sqlite, people: readonly Person[], at: string): void => {
  if (memory) return;
  const hashes = new Set(people.map(hashOf));
  const others = readForgotten(name).filter(({ person }) => !hashes.has(person));
  const list = [...others, ...[...hashes].map((person): Forgotten => ({ person, at }))];
  const part = partOf(forgottenFile(name));
  writeFileSync(part, `${JSON.stringify(list, undefined, 1)}\n`, { mode: 0o600, flush: true });
  renameSync(part, forgottenFile(name));
};

/** Restored copies with older schemas lack some of these tables. */
const personTablesIn = (sqlite: Sqlite) => {
  const isTable = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").pluck();
  return personTables.filter((name) => isTable.get(name) !== undefined);
};

/** @param until Deletes no later data, if given. */
export const deletePersonalData = (sqlite: Sqlite, person: Person, until?: string): void => {
  const upTo = until === undefined ? [] : [until];
  const where = `person = ?${until === undefined ? '' : ' AND at <= ?'}`;
  for (const table of personTablesIn(sqlite))
    if (table === 'changes')
      sqlite.prepare(`UPDATE changes SET person = ? WHERE ${where}`).run(anonymous(person), person, ...upTo);
    else sqlite.prepare(`DELETE FROM ${table} WHERE ${where}`).run(person, ...upTo);
};

const peopleIn = (sqlite: Sqlite): Person[] => {
  const queries = personTablesIn(sqlite).map((name) => `SELECT person FROM ${name}`);
  return queries.length === 0 ? [] : sqlite.prepare<[], Person>(queries.join(' UNION ')).pluck().all();
};

/**
 * Deletes again what a restored copy brought back: data from before its person asked to be forgotten.
 * @param database The database whose list counts; the opened file may be a copy of it.
 */
export const forgetAgain = (sqlite: Sqlite, database: string): void => {
  const list = readForgotten(database);
  if (list.length === 0) return;
  const found = forgottenAmong(peopleIn(sqlite), list);
  if (found.length === 0) return;
  sqlite
    .transaction(() => {
      for (const { person, at } of found) deletePersonalData(sqlite, person, at);
    })
    .immediate();
};
