import type { Clock } from '../core/clock.ts';
import { longDate } from '../core/dates.ts';
import { ExternalError, errorText, UserError } from '../core/errors.ts';
import { doctorFix, type HealthReports } from '../core/health.ts';
import type { Logger } from '../core/logger.ts';
import { type Activity, type ChannelActivity, isSuccess, type PastRun, type RunStore } from '../core/run.ts';
import type { RunResult } from './run.ts';

export type ActivityRecord = Activity & {
  /** If two runs of a channel overlap, the channel is idle after both have ended. */
  began(channel: string): void;
  /** A run waits for whoever works on the channel, or no longer waits. */
  waits(channel: string, holder: string | undefined): void;
  progress(channel: string, scored: number, total: number): void;
  ended(channel: string): void;
  next(channel: string, at: Date | undefined): void;
};

const idle: ChannelActivity = { phase: 'idle', scored: 0, toScore: 0, nextRun: undefined };

export const createActivity = (): ActivityRecord => {
  const states = new Map<string, ChannelActivity>();
  const planned = new Map<string, Date>();
  const underWay = new Map<string, number>();
  const runsOf = (channel: string): number => underWay.get(channel) ?? 0;
  let changes = 0;
  const show = (channel: string, state: ChannelActivity): void => {
    states.set(channel, state);
    changes += 1;
  };

  return {
    of: (channel) => states.get(channel) ?? idle,
    version: () => changes,
    began(channel) {
      if (runsOf(channel) === 0) show(channel, { ...idle, phase: 'collecting' });
      underWay.set(channel, runsOf(channel) + 1);
    },
    waits(channel, holder) {
      if (runsOf(channel) === 0) return;
      const state: ChannelActivity = { ...idle, phase: 'collecting' };
      show(channel, holder === undefined ? state : { ...idle, phase: 'waiting', waitsFor: holder });
    },
    progress(channel, scored, total) {
      if (runsOf(channel) === 0) return;
      const state: ChannelActivity =
        scored >= total
          ? { ...idle, phase: 'posting' }
          : { phase: 'scoring', scored, toScore: total, nextRun: undefined };
      show(channel, state);
    },
    ended(channel) {
      const left = Math.max(0, runsOf(channel) - 1);
      underWay.set(channel, left);
      if (left === 0) show(channel, { ...idle, nextRun: planned.get(channel) });
    },
    next(channel, at) {
      if (at) planned.set(channel, at);
      else planned.delete(channel);
      if (runsOf(channel) === 0) show(channel, { ...idle, nextRun: at });
    },
  };
};

export type RecordParts = {
  runs: Pick<RunStore, 'add'>;
  activity: Pick<ActivityRecord, 'began' | 'ended'>;
  health: HealthReports;
  clock: Pick<Clock, 'now'>;
  logger: Pick<Logger, 'warn'>;
  signal: AbortSignal;
};

const fixOf = (error: unknown): string =>
  error instanceof ExternalError || error instanceof UserError ? doctorFix : 'See the log. The next run tries again.';

/**
 * Stores how a run ended; if that fails, only logs it.
 * @throws Any error of the work.
 */
export const recordRun = async (
  channel: string,
  work: () => Promise<RunResult>,
  { runs, activity, health, clock, logger, signal }: RecordParts,
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
    const { status, date, sent, earlier, reasons, isSilent } = result;
    const ofDate = sent - earlier.reduce((sum, day) => sum + day.sent, 0);
    await store({ status, date, sent: ofDate, reasons });
    if (isSilent && date !== undefined)
      await health.failed(`announcements ${channel}`, {
        reason: `arXiv has announced nothing since ${longDate(date)}`,
        fix: 'Look at https://arxiv.org. If it shows newer papers, run doctor.',
      });
    else if (isSilent === false) await health.worked(`announcements ${channel}`);
    if (isSuccess(status)) await health.worked(`channel ${channel}`);
    else
      await health.failed(`channel ${channel}`, {
        reason: reasons.join('; '),
        fix: 'Paperboy tries again automatically.',
      });
    return result;
  } catch (error) {
    if (!signal.aborted) {
      const reason = errorText(error);
      await store({ status: 'failed', date: undefined, sent: 0, reasons: [reason] });
      await health.failed(`channel ${channel}`, { reason, fix: fixOf(error) });
    }
    throw error;
  } finally {
    activity.ended(channel);
  }
};
