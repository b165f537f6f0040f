import { existsSync } from 'node:fs';
import { copyNightly, type KeptCopies, nightlyCopy } from '../../db/sqlite/backup/nightly.ts';
import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { HealthReports } from '../core/health.ts';
import type { Logger } from '../core/logger.ts';
import type { IsoDate } from '../core/paper.ts';
import type { Stores } from '../core/stores.ts';
import { withLease } from '../daily/lease.ts';
import { everyNight } from './every-night.ts';

export type KeepBackupsParts = {
  database: string;
  keep: KeptCopies;
  timezone: string;
  stores: Pick<Stores, 'leases'>;
  health: HealthReports;
  clock: Clock;
  logger: Pick<Logger, 'info' | 'error'>;
};

/** Copies the database every night until the signal is aborted. A failure stops nothing. */
export const keepBackups = async (parts: KeepBackupsParts, signal: AbortSignal): Promise<void> => {
  const { database, keep, timezone, stores, health, clock, logger } = parts;

  const copyIfDue = async (date: IsoDate): Promise<void> => {
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

  const copy = async (night: IsoDate): Promise<boolean> => {
    try {
      await copyIfDue(night);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      logger.error({ reason: errorText(error), err: error }, 'database not copied');
      const fix = 'Fix that, or write backup: off in the config file. Paperboy tries again every hour.';
      await health.failed('backup', { reason: errorText(error), fix });
      return false;
    }
  };

  await everyNight({ timezone, clock }, copy, signal);
};
