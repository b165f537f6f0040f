import type { Change, ChangeOf } from '../../../src/core/changes.ts';
import type { ChangeStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { changeOf, countVotes, undoOf } from '../../rules/changes.ts';
import { identitiesOf } from '../../rules/links.ts';
import { type Database, type Reader, write } from '../client.ts';
import { storableJson } from '../columns.ts';
import { deletePersonalData, rememberForgotten } from '../forgotten.ts';
import { isOneOf } from '../lists.ts';
import { deliveries, digests } from '../schema.ts';
import { changes, reactions, savedPapers } from '../schema-people.ts';
import { claimLinks, peopleLinkedTo } from './links.ts';

const { and, asc, count, countDistinct, desc, eq, gte, inArray, isNotNull, isNull, sql } = orm;

type NewRow = Omit<typeof changes.$inferInsert, 'value'> & { value: unknown };

const insert = async (to: Pick<Database, 'insert'>, { value, ...row }: NewRow) => {
  // A null would be stored as no value.
  const stored = { ...row, value: sql`${storableJson(value)}::jsonb` };
  const [added] = await to.insert(changes).values(stored).returning();
  if (!added) throw new Error('the change was not added');
  return added;
};

const votesOf = async (reader: Pick<Reader, 'select'>, people: readonly string[]): Promise<number> =>
  countVotes(
    await reader
      .select({ channel: digests.channel, paperId: deliveries.paperId, emoji: reactions.emoji })
      .from(reactions)
      .innerJoin(
        deliveries,
        and(eq(deliveries.destination, reactions.destination), eq(deliveries.messageId, reactions.messageId)),
      )
      .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
      .where(isOneOf(reactions.person, people)),
  );

const savedBy = async (reader: Pick<Reader, 'select'>, people: readonly string[]): Promise<number> => {
  const papers = countDistinct(savedPapers.paperId);
  const [sum] = await reader.select({ papers }).from(savedPapers).where(isOneOf(savedPapers.person, people));
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
    const isOwn = inArray(changes.person, identitiesOf(person));
    const wanted = and(isOwn, eq(changes.action, action), gte(changes.at, since));
    const [sum] = await db.select({ times: count() }).from(changes).where(wanted);
    return sum?.times ?? 0;
  },

  async forget(person, at) {
    return write(db, async (tx) => {
      await claimLinks(tx);
      const people = await peopleLinkedTo(tx, person);
      const deleted = { votes: await votesOf(tx, people), saved: await savedBy(tx, people) };
      for (const one of people) {
        await rememberForgotten(tx, one, at);
        await deletePersonalData(tx, one);
      }
      return deleted;
    });
  },
});
