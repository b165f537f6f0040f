import type { HealthRecord, HealthSubject } from '../../src/core/health.ts';

type HealthRow = { subject: string } & Record<
  'lastSuccess' | 'lastFailure' | 'reason' | 'fix' | 'failingSince' | 'announcedSince',
  string | null
>;

export const recordOf = (row: HealthRow): HealthRecord => ({
  // Only the store writes subjects.
  subject: row.subject as HealthSubject,
  lastSuccess: row.lastSuccess ?? undefined,
  lastFailure:
    row.lastFailure === null ? undefined : { at: row.lastFailure, reason: row.reason ?? '', fix: row.fix ?? '' },
  failingSince: row.failingSince ?? undefined,
  announcedSince: row.announcedSince ?? undefined,
});
