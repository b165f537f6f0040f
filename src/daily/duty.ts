import { UserError } from '../core/errors.ts';
import type { Held } from '../core/lease.ts';
import type { Logger } from '../core/logger.ts';
import { type LeaseParts, withLease } from './lease.ts';

/** Milliseconds until the next attempt after a failure, such as that of the database. */
const retryMs = 1_000;

/** Resolves when the signal is aborted. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

export type DutyParts = Pick<LeaseParts, 'leases' | 'clock'> & { logger: Pick<Logger, 'info' | 'warn' | 'error'> };

/**
 * Does what one of several processes does at a time, until the signal is aborted: waits for the lease, does the work, and
 * waits again if the lease is lost or the database fails.
 * @param work Ends when its signal is aborted.
 * @throws Any error of the work that is not about the lease or the database.
 */
export const keepDuty = async (
  name: string,
  { leases, clock, logger }: DutyParts,
  signal: AbortSignal,
  work: (held: Held) => Promise<void>,
): Promise<void> => {
  const working = async (held: Held): Promise<void> => {
    logger.info({ lease: name }, 'this process took a duty');
    try {
      await work(held);
    } catch (error) {
      if (!held.aborted) throw error;
    }
    if (held.aborted && !signal.aborted)
      logger.warn({ lease: name, reason: String(held.reason) }, 'this process lost a duty');
  };
  while (!signal.aborted)
    try {
      await withLease(name, { leases, clock, maxWaitMs: Infinity }, signal, working);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof UserError)) throw error;
      logger.error({ lease: name, reason: error.message }, 'a duty failed, trying again');
      await clock.sleep(retryMs, signal).catch(() => {});
    }
};
