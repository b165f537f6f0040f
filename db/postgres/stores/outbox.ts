import type { MessageRef } from '../../../src/core/addresses.ts';
import { deliveryKey } from '../../../src/core/delivery-key.ts';
import type { Digest } from '../../../src/core/digest.ts';
import type { Fence } from '../../../src/core/lease.ts';
import type { Outbox } from '../../../src/core/outbox.ts';
import { orm } from '../../drizzle.ts';
import { deliveriesOf, deliveryOf } from '../../rules/deliveries.ts';
import { type Database, type Reader, write } from '../client.ts';
import { textArray } from '../lists.ts';
import { isChanged } from '../results.ts';
import { deliveries, digests } from '../schema.ts';
import { changes } from '../schema-people.ts';
import { serverNow } from '../server-clock.ts';
import { whileHeld } from './leases.ts';

const { and, asc, count, desc, eq, getTableColumns, gte, inArray, isNotNull, sql } = orm;

/** How often the digest of a date was retracted. */
export const retractions = async (
  reader: Pick<Reader, 'select'>,
  { channel, date }: Pick<Digest, 'channel' | 'date'>,
): Promise<number> => {
  const isOfDate = eq(sql`${changes.value} ->> 'date'`, date);
  const wanted = and(eq(changes.channel, channel), eq(changes.action, 'retract'), isOfDate);
  const [sum] = await reader.select({ times: count() }).from(changes).where(wanted);
  return sum?.times ?? 0;
};

/** Written out, because Postgres uses a partial index only for a condition without parameters. */
const isHeader = sql`${deliveries.rank} = 0`;
const isUnsent = sql`${deliveries.status} IN ('pending', 'sending')`;

const unsentSince = (channel: string, since: string) =>
  and(eq(digests.channel, channel), gte(digests.createdAt, since), isUnsent);

const isMessage = ({ destination, messageId }: MessageRef) =>
  and(eq(deliveries.destination, destination), eq(deliveries.messageId, messageId));

type Row = typeof deliveries.$inferSelect;
type Tried = Record<'firstTriedAt' | 'lastTriedAt', ReturnType<typeof sql>>;
type Update = Partial<Pick<Row, 'status' | 'messageId' | 'sentAt'>> & Partial<Tried>;

/** All of a delivery, with how long ago it was last tried. */
const read = {
  ...getTableColumns(deliveries),
  triedMsAgo: sql<number | null>`${serverNow} - ${deliveries.lastTriedAt}`,
};

/** @param changedAt See `Outbox`. */
export const createOutbox = (db: Database, changedAt: number | undefined): Outbox => {
  const update = async (deliveryId: number, set: Update, fence: Fence | undefined): Promise<boolean> => {
    const wanted = and(eq(deliveries.deliveryId, deliveryId), whileHeld(db, fence));
    return isChanged(await db.update(deliveries).set(set).where(wanted));
  };

  return {
    async enqueue(digest, destinations) {
      const rows = deliveriesOf(digest, destinations, await retractions(db, digest));
      if (rows.length > 0) await db.insert(deliveries).values(rows).onConflictDoNothing();
    },

    async readdress(digestId, written, destination) {
      const at = (address: string) => and(eq(deliveries.digestId, digestId), eq(deliveries.destination, address));
      await write(db, async (tx) => {
        // Also keeps others from adding deliveries, which refer to the digest.
        const [digest] = await tx.select().from(digests).where(eq(digests.digestId, digestId)).for('update');
        if (!digest) return;
        // If a delivery with the full address exists already, readdressing would create a duplicate.
        const there = tx.select({ rank: deliveries.rank }).from(deliveries).where(at(destination));
        await tx.delete(deliveries).where(and(at(written), inArray(deliveries.rank, there)));
        const moved = await tx.select().from(deliveries).where(at(written));
        if (moved.length === 0) return;
        const generation = await retractions(tx, digest);
        const { channel, date } = digest;
        const keys = moved.map(({ paperId }) =>
          deliveryKey({ channel, date, destination, paperId: paperId ?? undefined, generation }),
        );
        const ids = sql`${sql.param(moved.map(({ deliveryId }) => deliveryId))}::bigint[]`;
        await tx
          .update(deliveries)
          .set({ destination, key: sql`new.key` })
          .from(sql`unnest(${ids}, ${textArray(keys)}) AS new (delivery_id, key)`)
          .where(eq(deliveries.deliveryId, sql`new.delivery_id`));
      });
    },

    async unfinished(channel, since) {
      const rows = await db
        .selectDistinct({ date: digests.date })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .where(unsentSince(channel, since))
        .orderBy(asc(digests.date));
      return rows.map((row) => row.date);
    },

    async unsent(channel, since) {
      const [sum] = await db
        .select({ deliveries: count() })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .where(unsentSince(channel, since));
      return sum?.deliveries ?? 0;
    },

    async unsentOf(since) {
      const wanted = sql`unnest(${textArray([...since.keys()])}, ${textArray([...since.values()])}) AS wanted (channel, since)`;
      const rows = await db
        .select({ channel: digests.channel, deliveries: count() })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .innerJoin(wanted, sql`wanted.channel = ${digests.channel} AND wanted.since <= ${digests.createdAt}`)
        .where(isUnsent)
        .groupBy(digests.channel);
      return new Map(rows.map((row) => [row.channel, row.deliveries]));
    },

    async list(digestId, destination) {
      const rows = await db
        .select(read)
        .from(deliveries)
        .where(and(eq(deliveries.digestId, digestId), eq(deliveries.destination, destination)))
        .orderBy(asc(deliveries.rank));
      return rows.map(deliveryOf);
    },

    async changedAt() {
      return changedAt;
    },

    async find(deliveryId) {
      const [row] = await db.select(read).from(deliveries).where(eq(deliveries.deliveryId, deliveryId));
      return row && deliveryOf(row);
    },

    async sending(deliveryId, at, fence) {
      const firstTriedAt = sql`coalesce(${deliveries.firstTriedAt}, ${at}::bigint)`;
      return update(deliveryId, { status: 'sending', firstTriedAt, lastTriedAt: serverNow }, fence);
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
      const rows = await db
        .select({ destination: deliveries.destination, messageId: deliveries.messageId })
        .from(deliveries)
        .where(and(isHeader, gte(deliveries.sentAt, since), isNotNull(deliveries.messageId), ofChannel))
        .orderBy(desc(deliveries.sentAt), desc(deliveries.deliveryId));
      return rows.flatMap(({ destination, messageId }) => (messageId === null ? [] : [{ destination, messageId }]));
    },

    async about(message) {
      const [row] = await db
        .select({ channel: digests.channel, paperId: deliveries.paperId })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .where(isMessage(message))
        .limit(1);
      return row && { channel: row.channel, paperId: row.paperId ?? undefined };
    },

    async header(channel, date, destination) {
      const [row] = await db
        .select({ messageId: deliveries.messageId })
        .from(deliveries)
        .innerJoin(digests, eq(digests.digestId, deliveries.digestId))
        .where(
          and(
            ...[eq(digests.channel, channel), eq(digests.date, date)],
            ...[eq(deliveries.destination, destination), eq(deliveries.rank, 0)],
          ),
        )
        .limit(1);
      return row?.messageId ? { destination, messageId: row.messageId } : undefined;
    },

    async papersWith(message) {
      const digest = db.select({ digestId: deliveries.digestId }).from(deliveries).where(isMessage(message));
      const rows = await db
        .select({ paperId: deliveries.paperId })
        .from(deliveries)
        .where(and(inArray(deliveries.digestId, digest), eq(deliveries.destination, message.destination)))
        .orderBy(asc(deliveries.rank));
      return rows.flatMap(({ paperId }) => paperId ?? []);
    },
  };
};
