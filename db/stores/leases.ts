import type { LeaseStore } from '../../src/core/stores.ts';
import { type Database, orm } from '../client.ts';
import { leases } from '../schema.ts';

const { and, eq } = orm;

export const createLeaseStore = (db: Database): LeaseStore => ({
  async acquire({ name, owner, now, expiresAt }, isDead) {
    return db.transaction(
      (tx) => {
        const held = tx.select().from(leases).where(eq(leases.name, name)).get();
        if (held && held.owner !== owner && held.expiresAt > now && !isDead(held.owner))
          return { owner: held.owner, expiresAt: held.expiresAt };
        const set = { owner, expiresAt };
        tx.insert(leases)
          .values({ name, ...set })
          .onConflictDoUpdate({ target: leases.name, set })
          .run();
        return undefined;
      },
      { behavior: 'immediate' },
    );
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
