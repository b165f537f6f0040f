import type { HealthRecord, HealthStore, HealthSubject } from '../../../src/core/health.ts';
import { type Database, orm } from '../client.ts';
import { health } from '../schema.ts';

const { and, asc, eq, isNull, sql } = orm;

const recordOf = (row: typeof health.$inferSelect): HealthRecord => ({
  // Only this store writes subjects.
  subject: row.subject as HealthSubject,
  lastSuccess: row.lastSuccess ?? undefined,
  lastFailure:
    row.lastFailure === null ? undefined : { at: row.lastFailure, reason: row.reason ?? '', fix: row.fix ?? '' },
  failingSince: row.failingSince ?? undefined,
  announcedSince: row.announcedSince ?? undefined,
});

export const createHealthStore = (db: Database): HealthStore => ({
  async worked(subject, at) {
    const set = { lastSuccess: at, failingSince: null };
    db.insert(health)
      .values({ subject, ...set })
      .onConflictDoUpdate({ target: health.subject, set })
      .run();
  },

  async failed(subject, { reason, fix }, at) {
    const set = { lastFailure: at, reason, fix };
    db.insert(health)
      .values({ subject, ...set, failingSince: at })
      .onConflictDoUpdate({
        target: health.subject,
        set: { ...set, failingSince: sql`coalesce(${health.failingSince}, ${at})` },
      })
      .run();
  },

  async list() {
    return db.select().from(health).orderBy(asc(health.subject)).all().map(recordOf);
  },

  async announce(subject, before, since) {
    const isBefore = before === undefined ? isNull(health.announcedSince) : eq(health.announcedSince, before);
    const set = { announcedSince: since ?? null };
    return (
      db
        .update(health)
        .set(set)
        .where(and(eq(health.subject, subject), isBefore))
        .run().changes > 0
    );
  },
});
