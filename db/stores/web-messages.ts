import type { WebMessage, WebMessageStore } from '../../src/core/stores.ts';
import { type Database, orm, write } from '../client.ts';
import { deliveries, webMessages } from '../schema.ts';

const { and, asc, desc, eq, gte, isNull, lt, notInArray, or } = orm;

/** Messages older than this are deleted. Digests are stored elsewhere. */
const keptMs = 60 * 86_400_000;

const messageOf = ({ thread, ...row }: typeof webMessages.$inferSelect): WebMessage => ({
  ...row,
  thread: thread ?? undefined,
});

export const createWebMessageStore = (db: Database): WebMessageStore => ({
  async add(message) {
    write(db, (tx) => {
      tx.insert(webMessages).values(message).onConflictDoNothing().run();
      const { destination, sentAt } = message;
      tx.delete(webMessages)
        .where(and(eq(webMessages.destination, destination), lt(webMessages.sentAt, sentAt - keptMs)))
        .run();
    });
  },

  async find(key) {
    const row = db.select().from(webMessages).where(eq(webMessages.key, key)).get();
    return row && messageOf(row);
  },

  async replace(key, message) {
    db.update(webMessages).set({ message }).where(eq(webMessages.key, key)).run();
  },

  async remove(key) {
    db.delete(webMessages)
      .where(or(eq(webMessages.key, key), eq(webMessages.thread, key)))
      .run();
  },

  async thread(key) {
    return db
      .select()
      .from(webMessages)
      .where(or(eq(webMessages.key, key), eq(webMessages.thread, key)))
      .orderBy(asc(orm.sql`rowid`))
      .all()
      .map(messageOf);
  },

  async sent(destination, thread, since) {
    const isPlaced = thread === undefined ? isNull(webMessages.thread) : eq(webMessages.thread, thread);
    return db
      .select()
      .from(webMessages)
      .where(and(eq(webMessages.destination, destination), isPlaced, gte(webMessages.sentAt, since)))
      .orderBy(asc(orm.sql`rowid`))
      .all()
      .map(messageOf);
  },

  async posts(destination, limit) {
    const ofDigests = db
      .select({ key: deliveries.key })
      .from(deliveries)
      .where(eq(deliveries.destination, destination));
    return db
      .select()
      .from(webMessages)
      .where(
        and(
          eq(webMessages.destination, destination),
          isNull(webMessages.thread),
          notInArray(webMessages.key, ofDigests),
        ),
      )
      .orderBy(desc(orm.sql`rowid`))
      .limit(limit)
      .all()
      .map(messageOf)
      .reverse();
  },
});
