import type { Person } from '../../src/core/addresses.ts';
import { orm } from '../drizzle.ts';
import { anonymous, deletedTables, forgottenAmong, hashOf, personTables } from '../rules/forgotten.ts';
import { type Database, type Transaction, write } from './client.ts';
import { changes, forgotten } from './schema-people.ts';

const { and, eq, lte, sql } = orm;

/** For databases that are restored or copied from before now; see `forgetAgain`. */
export const rememberForgotten = async (tx: Transaction, person: Person, at: string): Promise<void> => {
  await tx
    .insert(forgotten)
    .values({ person: hashOf(person), at })
    .onConflictDoUpdate({ target: forgotten.person, set: { at } });
};

/** @param until Deletes no later data, if given. */
export const deletePersonalData = async (tx: Transaction, person: Person, until?: string): Promise<void> => {
  const isOld = until === undefined ? sql`true` : sql`at <= ${until}`;
  for (const table of deletedTables)
    await tx.execute(sql`DELETE FROM ${sql.identifier(table)} WHERE person = ${person} AND ${isOld}`);
  await tx
    .update(changes)
    .set({ person: anonymous(person) })
    .where(and(eq(changes.person, person), until === undefined ? undefined : lte(changes.at, until)));
};

/** Deletes again what a restored dump or a copied database brought back: data from before its person asked to be forgotten. */
export const forgetAgain = async (db: Database): Promise<void> => {
  const list = await db.select().from(forgotten);
  if (list.length === 0) return;
  const tables = personTables.map((table) => sql`SELECT person FROM ${sql.identifier(table)}`);
  const { rows } = await db.execute<{ person: Person }>(sql.join(tables, sql` UNION `));
  const found = forgottenAmong(
    rows.map(({ person }) => person),
    list,
  );
  if (found.length === 0) return;
  await write(db, async (tx) => {
    for (const { person, at } of found) await deletePersonalData(tx, person, at);
  });
};
