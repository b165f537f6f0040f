import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { PastRun } from '../core/run.ts';
import type { RunStore } from '../core/stores.ts';
import type { ActivityRecord } from './activity.ts';
import type { RunResult } from './result.ts';

export type RecordParts = {
  runs: Pick<RunStore, 'add'>;
  activity: Pick<ActivityRecord, 'began' | 'ended'>;
  clock: Pick<Clock, 'now'>;
  logger: Pick<Logger, 'warn'>;
  /** What the work is aborted by: a run that was told to stop has not failed. */
  signal: AbortSignal;
};

/**
 * Does the work of a run, and keeps on record how it ended. A record that cannot be stored is logged and no more.
 *
 * @throws What the work throws.
 */
export const recordRun = async (
  channel: string,
  work: () => Promise<RunResult>,
  { runs, activity, clock, logger, signal }: RecordParts,
): Promise<RunResult> => {
  const startedAt = clock.now().toISOString();
  const store = async (outcome: Pick<PastRun, 'status' | 'date' | 'sent' | 'reasons'>): Promise<void> => {
    try {
      await runs.add({ channel, startedAt, endedAt: clock.now().toISOString(), ...outcome });
    } catch (error) {
      logger.warn({ channel, status: outcome.status, err: error }, 'run not recorded');
    }
  };

  activity.began(channel);
  try {
    const result = await work();
    const { status, date, sent, reasons } = result;
    await store({ status, date, sent, reasons });
    return result;
  } catch (error) {
    if (!signal.aborted) await store({ status: 'failed', date: undefined, sent: 0, reasons: [errorText(error)] });
    throw error;
  } finally {
    activity.ended(channel);
  }
};
