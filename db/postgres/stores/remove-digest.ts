import { orm } from '../../drizzle.ts';
import { type Database, write } from '../client.ts';
import { deliveries, digests } from '../schema.ts';
import { reactions, webMessages } from '../schema-people.ts';

const { eq, inArray, sql } = orm;

/** Deletes a digest with its deliveries, their messages on the web page and the reactions to them. */
export const removeDigest = (db: Database, digestId: number): Promise<void> =>
  write(db, async (tx) => {
    const isDigest = eq(digests.digestId, digestId);
    // Waits for a process that adds deliveries, and keeps others from adding more.
    await tx.select({ digestId: digests.digestId }).from(digests).where(isDigest).for('update');
    const ofDigest = eq(deliveries.digestId, digestId);
    const { destination, key, messageId } = deliveries;
    const messages = tx.select({ destination, messageId }).from(deliveries).where(ofDigest);
    await tx.delete(reactions).where(sql`(${reactions.destination}, ${reactions.messageId}) IN ${messages}`);
    const keys = tx.select({ key }).from(deliveries).where(ofDigest);
    const threads = tx.select({ destination, key }).from(deliveries).where(ofDigest);
    const inThread = sql`(${webMessages.destination}, ${webMessages.thread}) IN ${threads}`;
    await tx.delete(webMessages).where(inArray(webMessages.key, keys));
    await tx.delete(webMessages).where(inThread);
    await tx.delete(deliveries).where(ofDigest);
    // This also deletes the digest's entries.
    await tx.delete(digests).where(isDigest);
  });
