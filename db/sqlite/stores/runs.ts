import type { Fence, LeaseHolder, LeasePace, LeaseStore } from '../../../src/core/lease.ts';
import type { RunStore } from '../../../src/core/run.ts';
import { orm } from '../../drizzle.ts';
import { newestRunsOf, oldestKept, successes } from '../../rules/runs.ts';
import { type Database, write } from '../client.ts';
import { leases, runs } from '../schema.ts';

const { and, asc, eq, exists, lt, or, sql } = orm;

const isFence = ({ name, owner, token }: Fence) =>
  and(eq(leases.name, name), eq(leases.owner, owner), eq(leases.token, token));

/** For statements that must do nothing once the lease is lost. */
export const whileHeld = (db: Pick<Database, 'select'>, fence: Fence | undefined) =>
  fence && exists(db.select({ name: leases.name }).from(leases).where(isFence(fence)));

export const isHeld = (db: Pick<Database, 'select'>, fence: Fence): boolean =>
  db.select({ name: leases.name }).from(leases).where(isFence(fence)).get() !== undefined;

/** Processes are on one machine, where a holder that has ended is known at once. */
const pace: LeasePace = { silentMs: 60_000, renewEveryMs: 15_000, maxPollMs: 500, isTakenFromPaused: false };

type Renewal = { fence: Fence; expiresAt: number; settle: PromiseWithResolvers<boolean> };

export const createLeaseStore = (db: Database): LeaseStore => {
  const holderOf = db
    .select({ owner: leases.owner, token: leases.token, renewal: leases.renewal })
    .from(leases)
    .where(eq(leases.name, sql.placeholder('name')))
    .prepare();
  // The clock may have been set back.
  const renew = db.$client.prepare<Fence & { expiresAt: number }>(
    `UPDATE leases SET expires_at = max(expires_at + 1, :expiresAt)
    WHERE name = :name AND owner = :owner AND token = :token`,
  );

  /** Those of one turn of the event loop share a transaction, because each transaction is a write to the disk. */
  let renewals: Renewal[] = [];
  const renewAll = (): void => {
    const all = renewals;
    renewals = [];
    try {
      const kept = write(db, () => all.map(({ fence, expiresAt }) => renew.run({ ...fence, expiresAt }).changes > 0));
      for (const [index, { settle }] of all.entries()) settle.resolve(kept[index] ?? false);
    } catch (error) {
      for (const { settle } of all) settle.reject(error);
    }
  };

  return {
    pace,

    async acquire({ name, owner, expiresAt }, seen) {
      const isAsSeen = (holder: LeaseHolder): boolean =>
        seen?.owner === holder.owner && seen.token === holder.token && seen.renewal === holder.renewal;
      // Whoever waits asks twice a second, and must not lock the database for that.
      const held = holderOf.get({ name });
      if (held && held.owner !== '' && !isAsSeen(held)) return { holder: held };
      return write(db, (tx) => {
        const taken = tx
          .insert(leases)
          .values({ name, owner, token: 1, renewal: expiresAt })
          .onConflictDoUpdate({
            target: leases.name,
            set: { owner, token: sql`${leases.token} + 1`, renewal: expiresAt },
            setWhere: or(
              eq(leases.owner, ''),
              seen && and(eq(leases.owner, seen.owner), eq(leases.token, seen.token), eq(leases.renewal, seen.renewal)),
            ),
          })
          .returning()
          .get();
        if (taken) return { fence: { name, owner, token: taken.token } };
        const holder = holderOf.get({ name });
        if (!holder) throw new Error(`the lease "${name}" was neither taken nor found`);
        return { holder };
      });
    },

    async renew(fence, expiresAt) {
      const settle = Promise.withResolvers<boolean>();
      renewals.push({ fence, expiresAt, settle });
      if (renewals.length === 1) setImmediate(renewAll);
      return settle.promise;
    },

    async isHeld(fence) {
      return isHeld(db, fence);
    },

    async release(fence) {
      db.update(leases).set({ owner: '', renewal: 0 }).where(isFence(fence)).run();
    },
  };
};

export const createRunStore = (db: Database): RunStore => {
  // Runs are added when they end, so the last one added ended last, even if simulated time went backward in between.
  const newestId = (condition: ReturnType<typeof sql>) =>
    sql`(SELECT max(r.run_id) FROM runs r WHERE r.channel = c.value AND ${condition})`;
  const isSuccessful = sql`r.status IN (SELECT value FROM json_each(${JSON.stringify(successes)}))`;
  const newestIds = (condition: ReturnType<typeof sql>) =>
    sql`SELECT ${newestId(condition)} FROM json_each(${sql.placeholder('channels')}) c`;
  const newestRows = db
    .select()
    .from(runs)
    .where(sql`${runs.runId} IN (${newestIds(sql`true`)}) OR ${runs.runId} IN (${newestIds(isSuccessful)})`)
    .orderBy(asc(runs.runId))
    .prepare();

  return {
    async add(run) {
      write(db, (tx) => {
        tx.delete(runs)
          .where(and(eq(runs.channel, run.channel), lt(runs.endedAt, oldestKept(run))))
          .run();
        tx.insert(runs).values(run).run();
      });
    },

    async newestOf(channels) {
      return newestRunsOf(newestRows.all({ channels: JSON.stringify(channels) }));
    },
  };
};
