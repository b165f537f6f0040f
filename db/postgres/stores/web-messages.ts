import type { MessageRef } from '../../../src/core/addresses.ts';
import type { WebMessageStore } from '../../../src/core/web-message.ts';
import { orm } from '../../drizzle.ts';
import { messageOf, oldestKept, withReplies } from '../../rules/web-messages.ts';
import { type Database, write } from '../client.ts';
import { isOneOf } from '../lists.ts';
import { deliveries } from '../schema.ts';
import { webMessages } from '../schema-people.ts';

const { and, asc, desc, eq, getTableColumns, gte, isNull, lt, notExists, or } = orm;

const { inserted, ...columns } = getTableColumns(webMessages);

/** A message and its replies. The index of threads begins with the destination. */
const isPartOf = ({ destination, messageId }: MessageRef) =>
  or(
    and(eq(webMessages.key, messageId), eq(webMessages.destination, destination)),
    and(eq(webMessages.destination, destination), eq(webMessages.thread, messageId)),
  );

export const createWebMessageStore = (db: Database): WebMessageStore => ({
  async add(message) {
    const insert = (to: Pick<Database, 'insert'>) => to.insert(webMessages).values(message).onConflictDoNothing();
    const { destination, thread } = message;
    // Not for each reply, because it reads all messages of the destination.
    const isOld = and(eq(webMessages.destination, destination), lt(webMessages.sentAt, oldestKept(message)));
    if (thread !== undefined) await insert(db);
    else
      await write(db, async (tx) => {
        await insert(tx);
        await tx.delete(webMessages).where(isOld);
      });
  },

  async find(key) {
    const [row] = await db.select(columns).from(webMessages).where(eq(webMessages.key, key));
    return row && messageOf(row);
  },

  async replace(key, message) {
    await db.update(webMessages).set({ message }).where(eq(webMessages.key, key));
  },

  async remove(message) {
    await db.delete(webMessages).where(isPartOf(message));
  },

  async thread(header) {
    const rows = await db.select(columns).from(webMessages).where(isPartOf(header)).orderBy(asc(inserted));
    return rows.map(messageOf);
  },

  async sent(destination, thread, since) {
    const isPlaced = thread === undefined ? isNull(webMessages.thread) : eq(webMessages.thread, thread);
    const rows = await db
      .select(columns)
      .from(webMessages)
      .where(and(eq(webMessages.destination, destination), isPlaced, gte(webMessages.sentAt, since)))
      .orderBy(asc(inserted));
    return rows.map(messageOf);
  },

  async posts(destination, limit) {
    const delivery = db.select({ key: deliveries.key }).from(deliveries).where(eq(deliveries.key, webMessages.key));
    const newest = await db
      .select(columns)
      .from(webMessages)
      .where(and(eq(webMessages.destination, destination), isNull(webMessages.thread), notExists(delivery)))
      .orderBy(desc(inserted))
      .limit(limit);
    const headers = newest.reverse().map(messageOf);
    if (headers.length === 0) return [];
    const isReply = isOneOf(
      webMessages.thread,
      headers.map(({ key }) => key),
    );
    const replies = await db
      .select(columns)
      .from(webMessages)
      .where(and(eq(webMessages.destination, destination), isReply))
      .orderBy(asc(inserted));
    return withReplies(headers, replies.map(messageOf));
  },
});
