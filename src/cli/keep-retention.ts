import type { Clock } from '../core/clock.ts';
import { monthsBefore } from '../core/dates.ts';
import { errorText } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Stores } from '../core/stores.ts';
import { withLease } from '../daily/lease.ts';
import { everyNight } from './every-night.ts';

export type KeepRetentionParts = {
  /** Null to keep all papers. */
  paperMonths: number | null;
  timezone: string;
  stores: Pick<Stores, 'leases' | 'prune'>;
  clock: Clock;
  logger: Pick<Logger, 'info' | 'error'>;
};

/** Deletes old papers every night until the signal is aborted. A failure stops nothing. */
export const keepRetention = async (parts: KeepRetentionParts, signal: AbortSignal): Promise<void> => {
  const { paperMonths, timezone, stores, clock, logger } = parts;
  if (paperMonths === null) return;
  await everyNight(
    { timezone, clock },
    async (night) => {
      const before = monthsBefore(night, paperMonths);
      try {
        // Not while the database is copied: both read and write a lot.
        const papers = await withLease('backup', { leases: stores.leases, clock }, signal, (held) =>
          stores.prune(before, held),
        );
        if (papers > 0) logger.info({ papers, before }, 'old papers deleted');
        return true;
      } catch (error) {
        if (!signal.aborted) logger.error({ reason: errorText(error), err: error }, 'old papers not deleted');
        return false;
      }
    },
    signal,
  );
};
