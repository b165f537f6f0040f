import type { Fence, LeaseStore } from '../../src/core/lease.ts';
import { isSuccess, type PastRun, type RunStore, runOutcomes } from '../../src/core/run.ts';
import { type Database, orm, write } from '../client.ts';
import { leases, runs } from '../schema.ts';

const { and, asc, eq, exists, lt, or, sql } = orm;

const isFence = ({ name, owner, token }: Fence) =>
  and(eq(leases.name, name), eq(leases.owner, owner), eq(leases.token, token));

/** For statements that must do nothing once the lease is lost. */
export const whileHeld = (db: Pick<Database, 'select'>, fence: Fence | undefined) =>
  fence && exists(db.select({ name: leases.name }).from(leases).where(isFence(fence)));

export const isHeld = (db: Pick<Database, 'select'>, fence: Fence): boolean =>
  db.select({ name: leases.name }).from(leases).where(isFence(fence)).get() !== undefined;

export const createLeaseStore = (db: Database): LeaseStore => ({
  async acquire({ name, owner, expiresAt }, seen) {
    const isFree = eq(leases.owner, '');
    const isAsSeen =
      seen && and(eq(leases.owner, seen.owner), eq(leases.token, seen.token), eq(leases.renewal, seen.renewal));
    return write(db, (tx) => {
      const taken = tx
        .insert(leases)
        .values({ name, owner, token: 1, renewal: expiresAt })
        .onConflictDoUpdate({
          target: leases.name,
          set: { owner, token: sql`${leases.token} + 1`, renewal: expiresAt },
          setWhere: or(isFree, isAsSeen),
        })
        .returning()
        .get();
      if (taken) return { fence: { name, owner, token: taken.token } };
      const row = tx.select().from(leases).where(eq(leases.name, name)).get();
      if (!row) throw new Error(`the lease "${name}" was neither taken nor found`);
      const { name: _, ...holder } = row;
      return { holder };
    });
  },

  async renew(fence, expiresAt) {
    // The clock may have been set back.
    const renewal = sql`max(${leases.renewal} + 1, ${expiresAt})`;
    return db.update(leases).set({ renewal }).where(isFence(fence)).run().changes > 0;
  },

  async isHeld(fence) {
    return isHeld(db, fence);
  },

  async release(fence) {
    db.update(leases).set({ owner: '', renewal: 0 }).where(isFence(fence)).run();
  },
});

const keptMs = 90 * 86_400_000;

const successes = runOutcomes.filter(isSuccess);

const runOf = ({ runId: _, date, ...row }: typeof runs.$inferSelect): PastRun => ({ ...row, date: date ?? undefined });

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
      const oldest = new Date(Date.parse(run.endedAt) - keptMs).toISOString();
      write(db, (tx) => {
        tx.delete(runs)
          .where(and(eq(runs.channel, run.channel), lt(runs.endedAt, oldest)))
          .run();
        tx.insert(runs).values(run).run();
      });
    },

    async newestOf(channels) {
      const found = new Map<string, { run: PastRun; success: PastRun | undefined }>();
      for (const row of newestRows.all({ channels: JSON.stringify(channels) })) {
        const run = runOf(row);
        const success = isSuccess(run.status) ? run : found.get(run.channel)?.success;
        found.set(run.channel, { run, success });
      }
      return found;
    },
  };
};
