import { existsSync } from 'node:fs';
import { copyNightly, type KeptCopies, nightlyCopy } from '../../db/backup/nightly.ts';
import type { Clock } from '../core/clock.ts';
import { dateIn } from '../core/dates.ts';
import { errorText } from '../core/errors.ts';
import type { HealthReports } from '../core/health.ts';
import type { Logger } from '../core/logger.ts';
import type { Stores } from '../core/stores.ts';
import { withLease } from '../daily/lease.ts';

/** Hour of the night at which a day's copy is due, in the config's time zone. Few channels post then. */
const dueHour = 3;
/** After the start, runs that are due come first. */
const firstMs = 30 * 60_000;
const checkEveryMs = 10 * 60_000;
const retryAfterMs = 60 * 60_000;

export type KeepBackupsParts = {
  database: string;
  keep: KeptCopies;
  timezone: string;
  stores: Pick<Stores, 'leases'>;
  health: HealthReports;
  clock: Clock;
  logger: Pick<Logger, 'info' | 'error'>;
};

/** Copies the database once a night, or later if the bot was off, until the signal is aborted. A failure stops nothing. */
export const keepBackups = async (parts: KeepBackupsParts, signal: AbortSignal): Promise<void> => {
  const { database, keep, timezone, stores, health, clock, logger } = parts;
  let notBefore = clock.monotonic() + firstMs;

  const copyIfDue = async (): Promise<void> => {
    const date = dateIn(new Date(clock.now().getTime() - dueHour * 3_600_000), timezone);
    const copy = nightlyCopy(database, date);
    if (existsSync(copy)) return;
    await withLease('backup', { leases: stores.leases, clock }, signal, async (held) => {
      // Another process may have made it while this one waited.
      if (existsSync(copy)) return;
      const { bytes, digests } = await copyNightly(database, date, keep, held);
      logger.info({ copy, bytes, digests }, 'database copied');
    });
    await health.worked('backup');
  };

  while (!signal.aborted) {
    await clock.sleep(checkEveryMs, signal).catch(() => {});
    if (signal.aborted || clock.monotonic() < notBefore) continue;
    await copyIfDue().catch(async (error: unknown) => {
      if (signal.aborted) return;
      notBefore = clock.monotonic() + retryAfterMs;
      logger.error({ reason: errorText(error), err: error }, 'database not copied');
      const fix = 'Fix that, or write backup: off in the config file. Paperboy tries again every hour.';
      await health.failed('backup', { reason: errorText(error), fix });
    });
  }
};
