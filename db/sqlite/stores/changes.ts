import type { Change, ChangeOf, NewChange } from '../../../src/core/changes.ts';
import type { ChangeStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { changeOf, countVotes, undoOf } from '../../rules/changes.ts';
import { identitiesOf } from '../../rules/links.ts';
import { deletePersonalData, rememberForgotten } from '../backup/forgotten.ts';
import { type Database, write } from '../client.ts';
import { deliveries, digests } from '../schema.ts';
import { changes, reactions, savedPapers } from '../schema-people.ts';
import { peopleLinkedTo } from './links.ts';

const { and, asc, count, countDistinct, desc, eq, gte, inArray, isNotNull, isNull, sql } = orm;

const asJson = (value: unknown) => sql`${JSON.stringify(value ?? null)}`;

const votesOf = (reader: Pick<Database, 'select'>, people: string[]): number => {
  return countVotes(
    reader
      .select({ channel: digests.channel, paperId: deliveries.paperId, emoji: reactions.emoji })
      .from(reactions)
      .innerJoin(
        deliveries,
        and(eq(deliveries.destination, reactions.destination), eq(deliveries.messageId, reactions.messageId)),
      )
      .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
      .where(inArray(reactions.person, people))
      .all(),
  );
};

const savedBy = (reader: Pick<Database, 'select'>, people: string[]): number =>
  reader
    .select({ papers: countDistinct(savedPapers.paperId) })
    .from(savedPapers)
    .where(inArray(savedPapers.person, people))
    .get()?.papers ?? 0;

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
    const isOwn = inArray(changes.person, identitiesOf(person));
    const wanted = and(isOwn, eq(changes.action, action), gte(changes.at, since));
    return db.select({ times: count() }).from(changes).where(wanted).get()?.times ?? 0;
  },

  async forget(person, at) {
    return write(db, (tx) => {
      const people = peopleLinkedTo(tx, person);
      const deleted = { votes: votesOf(tx, people), saved: savedBy(tx, people) };
      rememberForgotten(db.$client, people, at);
      for (const one of people) deletePersonalData(db.$client, one);
      return deleted;
    });
  },
});
