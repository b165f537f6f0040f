import type { Fence, LeaseHolder, LeasePace, LeaseStore } from '../../../src/core/lease.ts';
import { orm } from '../../drizzle.ts';
import type { Database, Reader } from '../client.ts';
import { storable } from '../columns.ts';
import { textArray } from '../lists.ts';
import { leases } from '../schema.ts';
import { serverNow } from '../server-clock.ts';

const { and, eq, exists, sql } = orm;

const isFence = ({ name, owner, token }: Fence) =>
  and(eq(leases.name, name), eq(leases.owner, owner), eq(leases.token, token));

/** The lease if it is held. Nobody can take it until the transaction ends, because its row is locked until then. */
const kept = (reader: Pick<Reader, 'select'>, fence: Fence) =>
  reader.select({ name: leases.name }).from(leases).where(isFence(fence)).for('share');

/** For statements that must do nothing once the lease is lost. */
export const whileHeld = (reader: Pick<Reader, 'select'>, fence: Fence | undefined) =>
  fence && exists(kept(reader, fence));

/** For transactions that must do nothing once the lease is lost. */
export const keepLease = async (tx: Pick<Reader, 'select'>, fence: Fence): Promise<boolean> =>
  (await kept(tx, fence)).length > 0;

/**
 * Two processes may be on one machine or on two, and another must go on within 15 seconds. By the clock of the server, whoever
 * begins to wait knows at once for how long the holder has been silent.
 */
const pace: LeasePace = { silentMs: 10_000, renewEveryMs: 3_000, maxPollMs: 1_000, isTakenFromPaused: true };

type Renewal = { fence: Fence; settle: PromiseWithResolvers<boolean> };

const keyOf = ({ name, owner, token }: Fence): string => JSON.stringify([storable(name), storable(owner), token]);

type Answer = { isTaken: boolean } & Required<LeaseHolder>;

export const createLeaseStore = (db: Database): LeaseStore => {
  /**
   * Takes the lease, or reads its holder. Whoever waits asks twice a second, so the row is locked only if the lease looks
   * free. If somebody else was faster, the answer is the state from before that.
   */
  const take = async (name: string, owner: string, seen: LeaseHolder | undefined) => {
    const asSeen = seen
      ? sql`(${storable(seen.owner)}::text, ${seen.token}::integer, ${seen.renewal}::bigint)`
      : sql`(NULL::text, NULL::integer, NULL::bigint)`;
    const { rows } = await db.execute<Answer>(sql`
      WITH held AS (
        SELECT owner, token, expires_at FROM leases WHERE name = ${storable(name)}
      ), taken AS (
        INSERT INTO leases AS lease (name, owner, token, expires_at)
        SELECT ${storable(name)}, ${storable(owner)}, 1, ${serverNow}
        WHERE NOT EXISTS (
          SELECT FROM held WHERE owner <> '' AND (owner, token, expires_at) IS DISTINCT FROM ${asSeen}
        )
        ON CONFLICT (name) DO UPDATE
        SET owner = excluded.owner, token = lease.token + 1, expires_at = greatest(excluded.expires_at, lease.expires_at + 1)
        WHERE lease.owner = '' OR (lease.owner, lease.token, lease.expires_at) IS NOT DISTINCT FROM ${asSeen}
        RETURNING owner, token, expires_at
      )
      SELECT true AS "isTaken", owner, token, expires_at AS renewal, 0 AS "silentMs" FROM taken
      UNION ALL
      SELECT false, owner, token, expires_at, greatest(0, ${serverNow} - expires_at) FROM held`);
    return rows.find(({ isTaken }) => isTaken) ?? rows[0];
  };

  /** Those of one turn of the event loop share a statement. */
  let renewals: Renewal[] = [];
  const renewAll = async (): Promise<void> => {
    const all = renewals;
    renewals = [];
    const fences = all.map(({ fence }) => fence);
    try {
      // The clock may have been set back.
      const { rows } = await db.execute<Fence>(sql`
        UPDATE leases AS lease SET expires_at = greatest(lease.expires_at + 1, ${serverNow})
        FROM unnest(
          ${textArray(fences.map(({ name }) => name))},
          ${textArray(fences.map(({ owner }) => owner))},
          ${sql.param(fences.map(({ token }) => token))}::integer[]
        ) AS renewal (name, owner, token)
        WHERE lease.name = renewal.name AND lease.owner = renewal.owner AND lease.token = renewal.token
        RETURNING lease.name, lease.owner, lease.token`);
      const renewed = new Set(rows.map(keyOf));
      for (const { fence, settle } of all) settle.resolve(renewed.has(keyOf(fence)));
    } catch (error) {
      for (const { settle } of all) settle.reject(error);
    }
  };

  return {
    pace,

    async acquire({ name, owner }, seen) {
      for (;;) {
        const answer = await take(name, owner, seen);
        if (answer?.isTaken) return { fence: { name, owner, token: answer.token } };
        if (!answer || answer.owner === '') continue;
        const { isTaken: _, ...holder } = answer;
        const isAsSeen = seen?.owner === holder.owner && seen.token === holder.token && seen.renewal === holder.renewal;
        if (!isAsSeen) return { holder };
      }
    },

    async renew(fence) {
      const settle = Promise.withResolvers<boolean>();
      renewals.push({ fence, settle });
      if (renewals.length === 1) setImmediate(renewAll);
      return settle.promise;
    },

    async isHeld(fence) {
      const [held] = await db.select({ name: leases.name }).from(leases).where(isFence(fence));
      return held !== undefined;
    },

    async release(fence) {
      await db.update(leases).set({ owner: '', renewal: 0 }).where(isFence(fence));
    },
  };
};
