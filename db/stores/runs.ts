import { isSuccess, type PastRun, runOutcomes } from '../../src/core/run.ts';
import type { LeaseStore, RunStore } from '../../src/core/stores.ts';
import { type Database, orm, write } from '../client.ts';
import { leases, runs } from '../schema.ts';

const { and, desc, eq, inArray, lt } = orm;

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
  const last = (condition: ReturnType<typeof and>): PastRun | undefined => {
    const row = db.select().from(runs).where(condition).orderBy(desc(runs.runId)).limit(1).get();
    return row && runOf(row);
  };

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

    async newest(channel) {
      return last(eq(runs.channel, channel));
    },

    async newestSuccess(channel) {
      return last(and(eq(runs.channel, channel), inArray(runs.status, successes)));
    },
  };
};
