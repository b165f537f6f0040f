import type { HealthStore } from '../../../src/core/health.ts';
import { orm } from '../../drizzle.ts';
import { recordOf } from '../../rules/health.ts';
import type { Database } from '../client.ts';
import { isChanged } from '../results.ts';
import { health } from '../schema.ts';

const { and, asc, eq, isNull, sql } = orm;

export const createHealthStore = (db: Database): HealthStore => ({
  async worked(subject, at) {
    const set = { lastSuccess: at, failingSince: null };
    await db
      .insert(health)
      .values({ subject, ...set })
      .onConflictDoUpdate({ target: health.subject, set });
  },

  async failed(subject, { reason, fix }, at) {
    const set = { lastFailure: at, reason, fix };
    await db
      .insert(health)
      .values({ subject, ...set, failingSince: at })
      .onConflictDoUpdate({
        target: health.subject,
        set: { ...set, failingSince: sql`coalesce(${health.failingSince}, excluded.failing_since)` },
      });
  },

  async list() {
    return (await db.select().from(health).orderBy(asc(health.subject))).map(recordOf);
  },

  async announce(subject, before, since) {
    const isBefore = before === undefined ? isNull(health.announcedSince) : eq(health.announcedSince, before);
    const set = { announcedSince: since ?? null };
    return isChanged(
      await db
        .update(health)
        .set(set)
        .where(and(eq(health.subject, subject), isBefore)),
    );
  },
});
