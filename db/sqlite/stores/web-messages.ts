import type { MessageRef } from '../../../src/core/addresses.ts';
import type { WebMessageStore } from '../../../src/core/web-message.ts';
import { orm } from '../../drizzle.ts';
import { messageOf, oldestKept, withReplies } from '../../rules/web-messages.ts';
import { type Database, write } from '../client.ts';
import { deliveries } from '../schema.ts';
import { webMessages } from '../schema-people.ts';

const { and, asc, desc, eq, gte, inArray, isNull, lt, notExists, or, sql } = orm;

/** A message and its replies. The index of threads begins with the destination. */
const isPartOf = ({ destination, messageId }: MessageRef) =>
  or(
    and(eq(webMessages.key, messageId), eq(webMessages.destination, destination)),
    and(eq(webMessages.destination, destination), eq(webMessages.thread, messageId)),
  );

export const createWebMessageStore = (db: Database): WebMessageStore => ({
  async add(message) {
    write(db, (tx) => {
      tx.insert(webMessages).values(message).onConflictDoNothing().run();
      const { destination, thread } = message;
      // Not for each reply, because this reads all messages of the destination.
      if (thread === undefined)
        tx.delete(webMessages)
          .where(and(eq(webMessages.destination, destination), lt(webMessages.sentAt, oldestKept(message))))
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

  async remove(message) {
    db.delete(webMessages).where(isPartOf(message)).run();
  },

  async thread(header) {
    return db.select().from(webMessages).where(isPartOf(header)).orderBy(asc(sql`rowid`)).all().map(messageOf);
  },

  async sent(destination, thread, since) {
    const isPlaced = thread === undefined ? isNull(webMessages.thread) : eq(webMessages.thread, thread);
    return db
      .select()
      .from(webMessages)
      .where(and(eq(webMessages.destination, destination), isPlaced, gte(webMessages.sentAt, since)))
      .orderBy(asc(sql`rowid`))
      .all()
      .map(messageOf);
  },

  async posts(destination, limit) {
    const delivery = db.select({ key: deliveries.key }).from(deliveries).where(eq(deliveries.key, webMessages.key));
    const headers = db
      .select()
      .from(webMessages)
      .where(and(eq(webMessages.destination, destination), isNull(webMessages.thread), notExists(delivery)))
      .orderBy(desc(sql`rowid`))
      .limit(limit)
      .all()
      .reverse();
    const keys = headers.map(({ key }) => key);
    const replies =
      keys.length === 0
        ? []
        : db
            .select()
            .from(webMessages)
            .where(and(eq(webMessages.destination, destination), inArray(webMessages.thread, keys)))
            .orderBy(asc(sql`rowid`))
            .all();
    return withReplies(headers.map(messageOf), replies.map(messageOf));
  },
});
