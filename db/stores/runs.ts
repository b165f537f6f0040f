import { isSuccess, type PastRun, type RunStore, runOutcomes } from '../../src/core/run.ts';
import type { LeaseStore } from '../../src/core/stores.ts';
import { type Database, orm, write } from '../client.ts';
import { leases, runs } from '../schema.ts';

const { and, asc, eq, lt, sql } = orm;

export const createLeaseStore = (db: Database): LeaseStore => ({
  async acquire({ name, owner, now, expiresAt }, isDead) {
    return write(db, (tx) => {
      const held = tx.select().from(leases).where(eq(leases.name, name)).get();
      if (held && held.owner !== owner && held.expiresAt > now && !isDead(held.owner))
        return { owner: held.owner, expiresAt: held.expiresAt };
      const set = { owner, expiresAt };
      tx.insert(leases)
        .values({ name, ...set })
        .onConflictDoUpdate({ target: leases.name, set })
        .run();
      return undefined;
    });
  },

  async renew({ name, owner, expiresAt }) {
    const ours = and(eq(leases.name, name), eq(leases.owner, owner));
    return db.update(leases).set({ expiresAt }).where(ours).run().changes > 0;
  },

  async release(name, owner) {
    db.delete(leases)
      .where(and(eq(leases.name, name), eq(leases.owner, owner)))
      .run();
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
