import type { Change, ChangeOf, NewChange } from '../../../src/core/changes.ts';
import type { ChangeStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { changeOf, countVotes, undoOf } from '../../rules/changes.ts';
import { deletePersonalData, rememberForgotten } from '../backup/forgotten.ts';
import { type Database, write } from '../client.ts';
import { deliveries, digests } from '../schema.ts';
import { changes, reactions, savedPapers } from '../schema-people.ts';

const { and, asc, count, desc, eq, gte, inArray, isNotNull, isNull, sql } = orm;

const asJson = (value: unknown) => sql`${JSON.stringify(value ?? null)}`;

const votesOf = (reader: Pick<Database, 'select'>, person: string): number => {
  return countVotes(
    reader
      .select({ channel: digests.channel, paperId: deliveries.paperId, emoji: reactions.emoji })
      .from(reactions)
      .innerJoin(
        deliveries,
        and(eq(deliveries.destination, reactions.destination), eq(deliveries.messageId, reactions.messageId)),
      )
      .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
      .where(eq(reactions.person, person))
      .all(),
  );
};

const savedBy = (reader: Pick<Database, 'select'>, person: string): number =>
  reader.select({ papers: count() }).from(savedPapers).where(eq(savedPapers.person, person)).get()?.papers ?? 0;

export const createChangeStore = (db: Database): ChangeStore => ({
  async add({ value, ...change }: NewChange) {
    return changeOf(
      db
        .insert(changes)
        .values({ ...change, value: asJson(value) })
        .returning()
        .get(),
    );
  },

  async undo(changeId, { at, person }) {
    write(db, (tx) => {
      const undone = tx.select().from(changes).where(eq(changes.changeId, changeId)).get();
      const { value, ...row } = undoOf(undone, { at, person });
      const undoneBy = tx
        .insert(changes)
        .values({ ...row, value: asJson(value) })
        .returning()
        .get().changeId;
      tx.update(changes).set({ undoneBy }).where(eq(changes.changeId, changeId)).run();
    });
  },

  async list<A extends Change['action']>(channel: string | undefined, action?: A) {
    return db
      .select()
      .from(changes)
      .where(
        and(
          channel === undefined ? isNull(changes.channel) : eq(changes.channel, channel),
          action === undefined ? undefined : eq(changes.action, action),
        ),
      )
      .orderBy(asc(changes.changeId))
      .all()
      .map(changeOf)
      .filter((change): change is ChangeOf<A> => action === undefined || change.action === action);
  },

  async ofChannels(actions) {
    const wanted = and(isNotNull(changes.channel), inArray(changes.action, [...actions]));
    const rows = db.select().from(changes).where(wanted).orderBy(asc(changes.changeId)).all().map(changeOf);
    return Map.groupBy(rows, ({ channel = '' }) => channel);
  },

  async newest(limit) {
    return db.select().from(changes).orderBy(desc(changes.changeId)).limit(limit).all().map(changeOf);
  },

  async count(person, action, since) {
    const wanted = and(eq(changes.person, person), eq(changes.action, action), gte(changes.at, since));
    return db.select({ times: count() }).from(changes).where(wanted).get()?.times ?? 0;
  },

  async forget(person, at) {
    return write(db, (tx) => {
      const deleted = { votes: votesOf(tx, person), saved: savedBy(tx, person) };
      rememberForgotten(db.$client, person, at);
      deletePersonalData(db.$client, person);
      return deleted;
    });
  },
});
