import type { MessageRef } from '../../../src/core/addresses.ts';
import { deliveryKey } from '../../../src/core/delivery-key.ts';
import type { Digest } from '../../../src/core/digest.ts';
import type { Fence } from '../../../src/core/lease.ts';
import type { Outbox } from '../../../src/core/outbox.ts';
import { orm } from '../../drizzle.ts';
import { deliveriesOf, deliveryOf } from '../../rules/deliveries.ts';
import { type Database, write } from '../client.ts';
import { deliveries, digests } from '../schema.ts';
import { changes, reactions, webMessages } from '../schema-people.ts';
import { whileHeld } from './runs.ts';

const { and, asc, count, desc, eq, gte, inArray, isNotNull, sql } = orm;

type Reader = Pick<Database, 'select'>;

/** How often the digest of a date was retracted. */
export const retractions = (reader: Reader, { channel, date }: Pick<Digest, 'channel' | 'date'>): number => {
  const isOfDate = eq(sql`iif(json_valid(${changes.value}), json_extract(${changes.value}, '$.date'), '')`, date);
  const wanted = and(eq(changes.channel, channel), eq(changes.action, 'retract'), isOfDate);
  return reader.select({ times: count() }).from(changes).where(wanted).get()?.times ?? 0;
};

export const removeDigest = (db: Database, digestId: number): void =>
  write(db, (tx) => {
    const ofDigest = eq(deliveries.digestId, digestId);
    const sent = tx.select().from(deliveries).where(ofDigest).all();
    for (const { destination, messageId } of sent)
      if (messageId !== null)
        tx.delete(reactions)
          .where(and(eq(reactions.destination, destination), eq(reactions.messageId, messageId)))
          .run();
    const keys = tx.select({ key: deliveries.key }).from(deliveries).where(ofDigest);
    tx.delete(webMessages).where(inArray(webMessages.key, keys)).run();
    // The index of threads begins with the destination.
    for (const destination of new Set(sent.map((one) => one.destination)))
      tx.delete(webMessages)
        .where(and(eq(webMessages.destination, destination), inArray(webMessages.thread, keys)))
        .run();
    tx.delete(deliveries).where(ofDigest).run();
    // This also deletes the digest's entries.
    tx.delete(digests).where(eq(digests.digestId, digestId)).run();
  });

/** Written out, because SQLite uses a partial index only for a condition without variables. */
const isHeader = sql`${deliveries.rank} = 0`;
const isUnsent = sql`${deliveries.status} IN ('pending', 'sending')`;

const unsentSince = (channel: string, since: string) =>
  and(eq(digests.channel, channel), gte(digests.createdAt, since), isUnsent);

/** Few deliveries are unsent, so they come first. @param since JSON: pairs of a channel and a time. */
const unsentOfChannels = `
  SELECT g.channel, count(*) FROM deliveries d
  CROSS JOIN digests g ON g.digest_id = d.digest_id
  CROSS JOIN json_each(:since) w ON w.value ->> 0 = g.channel AND w.value ->> 1 <= g.created_at
  WHERE d.status IN ('pending', 'sending')
  GROUP BY g.channel`;

const isMessage = ({ destination, messageId }: MessageRef) =>
  and(eq(deliveries.destination, destination), eq(deliveries.messageId, messageId));

type Row = typeof deliveries.$inferSelect;
type Update = Partial<Pick<Row, 'status' | 'messageId' | 'sentAt'>> & { firstTriedAt?: ReturnType<typeof sql> };

/** @param changedAt See `Outbox`. */
export const createOutbox = (db: Database, changedAt: number | undefined): Outbox => {
  const unsentOf = db.$client.prepare<[{ since: string }], [string, number]>(unsentOfChannels).raw();
  const update = (deliveryId: number, set: Update, fence: Fence | undefined): boolean => {
    const wanted = and(eq(deliveries.deliveryId, deliveryId), whileHeld(db, fence));
    return db.update(deliveries).set(set).where(wanted).run().changes > 0;
  };

  return {
    async enqueue(digest, destinations) {
      const rows = deliveriesOf(digest, destinations, retractions(db, digest));
      if (rows.length > 0) db.insert(deliveries).values(rows).onConflictDoNothing().run();
    },

    async readdress(digestId, written, destination) {
      const at = (address: string) => and(eq(deliveries.digestId, digestId), eq(deliveries.destination, address));
      write(db, (tx) => {
        // If a delivery with the full address exists already, readdressing would create a duplicate.
        const there = tx.select({ rank: deliveries.rank }).from(deliveries).where(at(destination));
        tx.delete(deliveries)
          .where(and(at(written), inArray(deliveries.rank, there)))
          .run();
        const digest = tx.select().from(digests).where(eq(digests.digestId, digestId)).get();
        const moved = tx.select().from(deliveries).where(at(written)).all();
        if (!digest) return;
        const generation = retractions(tx, digest);
        const { channel, date } = digest;
        for (const { deliveryId, paperId } of moved) {
          const key = deliveryKey({ channel, date, destination, paperId: paperId ?? undefined, generation });
          tx.update(deliveries).set({ destination, key }).where(eq(deliveries.deliveryId, deliveryId)).run();
        }
      });
    },

    async unfinished(channel, since) {
      return db
        .selectDistinct({ date: digests.date })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .where(unsentSince(channel, since))
        .orderBy(asc(digests.date))
        .all()
        .map((row) => row.date);
    },

    async unsent(channel, since) {
      const sum = db
        .select({ deliveries: count() })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .where(unsentSince(channel, since))
        .get();
      return sum?.deliveries ?? 0;
    },

    async unsentOf(since) {
      return new Map(unsentOf.all({ since: JSON.stringify([...since]) }));
    },

    async list(digestId, destination) {
      return db
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.digestId, digestId), eq(deliveries.destination, destination)))
        .orderBy(asc(deliveries.rank))
        .all()
        .map(deliveryOf);
    },

    async changedAt() {
      return changedAt;
    },

    async find(deliveryId) {
      const row = db.select().from(deliveries).where(eq(deliveries.deliveryId, deliveryId)).get();
      return row && deliveryOf(row);
    },

    async sending(deliveryId, at, fence) {
      const firstTriedAt = sql`coalesce(${deliveries.firstTriedAt}, ${at})`;
      return update(deliveryId, { status: 'sending', firstTriedAt }, fence);
    },

    async sent(deliveryId, message, at, fence) {
      return update(deliveryId, { status: 'sent', messageId: message.messageId, sentAt: at }, fence);
    },

    async refused(deliveryId, fence) {
      return update(deliveryId, { status: 'refused' }, fence);
    },

    async threads(since, channel) {
      const ofChannel =
        channel === undefined
          ? undefined
          : inArray(
              deliveries.digestId,
              db.select({ digestId: digests.digestId }).from(digests).where(eq(digests.channel, channel)),
            );
      return db
        .select({ destination: deliveries.destination, messageId: deliveries.messageId })
        .from(deliveries)
        .where(and(isHeader, gte(deliveries.sentAt, since), isNotNull(deliveries.messageId), ofChannel))
        .orderBy(desc(deliveries.sentAt))
        .all()
        .flatMap(({ destination, messageId }) => (messageId === null ? [] : [{ destination, messageId }]));
    },

    async about(message) {
      const row = db
        .select({ channel: digests.channel, paperId: deliveries.paperId })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .where(isMessage(message))
        .get();
      return row && { channel: row.channel, paperId: row.paperId ?? undefined };
    },

    async header(channel, date, destination) {
      const row = db
        .select({ messageId: deliveries.messageId })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .where(
          and(
            ...[eq(digests.channel, channel), eq(digests.date, date)],
            ...[eq(deliveries.destination, destination), eq(deliveries.rank, 0)],
          ),
        )
        .get();
      return row?.messageId ? { destination, messageId: row.messageId } : undefined;
    },

    async papersWith(message) {
      const digest = db.select({ digestId: deliveries.digestId }).from(deliveries).where(isMessage(message));
      return db
        .select({ paperId: deliveries.paperId })
        .from(deliveries)
        .where(and(inArray(deliveries.digestId, digest), eq(deliveries.destination, message.destination)))
        .orderBy(asc(deliveries.rank))
        .all()
        .flatMap(({ paperId }) => paperId ?? []);
    },
  };
};
