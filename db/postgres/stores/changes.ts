import type { Change, ChangeOf } from '../../../src/core/changes.ts';
import type { ChangeStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { changeOf, countVotes, undoOf } from '../../rules/changes.ts';
import { type Database, type Reader, write } from '../client.ts';
import { storableJson } from '../columns.ts';
import { deletePersonalData, rememberForgotten } from '../forgotten.ts';
import { isOneOf } from '../lists.ts';
import { deliveries, digests } from '../schema.ts';
import { changes, reactions, savedPapers } from '../schema-people.ts';

const { and, asc, count, desc, eq, gte, isNotNull, isNull, sql } = orm;

type NewRow = Omit<typeof changes.$inferInsert, 'value'> & { value: unknown };

const insert = async (to: Pick<Database, 'insert'>, { value, ...row }: NewRow) => {
  // A null would be stored as no value.
  const stored = { ...row, value: sql`${storableJson(value)}::jsonb` };
  const [added] = await to.insert(changes).values(stored).returning();
  if (!added) throw new Error('the change was not added');
  return added;
};

const votesOf = async (reader: Pick<Reader, 'select'>, person: string): Promise<number> =>
  countVotes(
    await reader
      .select({ channel: digests.channel, paperId: deliveries.paperId, emoji: reactions.emoji })
      .from(reactions)
      .innerJoin(
        deliveries,
        and(eq(deliveries.destination, reactions.destination), eq(deliveries.messageId, reactions.messageId)),
      )
      .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
      .where(eq(reactions.person, person)),
  );

const savedBy = async (reader: Pick<Reader, 'select'>, person: string): Promise<number> => {
  const [sum] = await reader.select({ papers: count() }).from(savedPapers).where(eq(savedPapers.person, person));
  return sum?.papers ?? 0;
};

export const createChangeStore = (db: Database): ChangeStore => ({
  async add(change) {
    return changeOf(await insert(db, change));
  },

  async undo(changeId, { at, person }) {
    await write(db, async (tx) => {
      // A second undo waits here, and then finds the change undone.
      const [undone] = await tx.select().from(changes).where(eq(changes.changeId, changeId)).for('update');
      const { changeId: undoneBy } = await insert(tx, undoOf(undone, { at, person }));
      await tx.update(changes).set({ undoneBy }).where(eq(changes.changeId, changeId));
    });
  },

  async list<A extends Change['action']>(channel: string | undefined, action?: A) {
    const rows = await db
      .select()
      .from(changes)
      .where(
        and(
          channel === undefined ? isNull(changes.channel) : eq(changes.channel, channel),
          action === undefined ? undefined : eq(changes.action, action),
        ),
      )
      .orderBy(asc(changes.changeId));
    return rows
      .map(changeOf)
      .filter((change): change is ChangeOf<A> => action === undefined || change.action === action);
  },

  async ofChannels(actions) {
    const isWanted = isOneOf(changes.action, actions);
    const rows = await db
      .select()
      .from(changes)
      .where(and(isNotNull(changes.channel), isWanted))
      .orderBy(asc(changes.changeId));
    return Map.groupBy(rows.map(changeOf), ({ channel = '' }) => channel);
  },

  async newest(limit) {
    return (await db.select().from(changes).orderBy(desc(changes.changeId)).limit(limit)).map(changeOf);
  },

  async count(person, action, since) {
    const wanted = and(eq(changes.person, person), eq(changes.action, action), gte(changes.at, since));
    const [sum] = await db.select({ times: count() }).from(changes).where(wanted);
    return sum?.times ?? 0;
  },

  async forget(person, at) {
    return write(db, async (tx) => {
      const deleted = { votes: await votesOf(tx, person), saved: await savedBy(tx, person) };
      await rememberForgotten(tx, person, at);
      await deletePersonalData(tx, person);
      return deleted;
    });
  },
});
