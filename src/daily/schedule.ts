import { Cron } from 'croner';
import type { Channel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { RunReport } from '../core/work.ts';
import { lastMailingDate, nextMailing } from './collect/mailing.ts';

/** Delay between the first two attempts to find a late announcement. It grows with each attempt. */
const firstRetryMs = 10 * 60_000;
const maxRetryMs = 60 * 60_000;

/**
 * If the schedule next runs within this time after the evening's mailing, attempts end at that mailing, so that nothing
 * is posted at night.
 */
const soonAfterMs = 16 * 60 * 60_000;

/** Timers ignore a machine's sleep and clock changes, so the time is checked at least this often. */
const maxSleepMs = 60_000;

/** croner only computes times, because schedules follow the simulated clock. */
export const nextTime = (schedule: string, timezone: string, after: Date): Date | undefined =>
  new Cron(schedule, { timezone, paused: true }).nextRun(after) ?? undefined;

export const lastTime = (schedule: string, timezone: string, before: Date): Date | undefined =>
  new Cron(schedule, { timezone, paused: true }).previousRuns(1, before)[0];

const sleepUntil = async (time: Date, clock: Clock, signal: AbortSignal): Promise<void> => {
  for (;;) {
    const left = time.getTime() - clock.now().getTime();
    if (left <= 0) return;
    await clock.sleep(Math.min(left, maxSleepMs), signal);
  }
};

/** Work before a scheduled time. */
export type Preparation = {
  /** When it begins, in milliseconds before the time. */
  leadMs: number;
  /** @returns false if it should be tried again later. */
  prepare(time: Date, signal: AbortSignal): Promise<boolean>;
  /** Before a run that has missed its time, if the newest announcement is due at `time`. */
  prepareMissed(time: Date, signal: AbortSignal): Promise<unknown>;
};

export type ScheduleParts = {
  clock: Clock;
  logger: Logger;
  preparation?: Preparation | undefined;
  onNext?: ((at: Date) => void) | undefined;
};

/**
 * Runs a channel on its schedule until the signal is aborted. If the announcement is late or the run fails, retries
 * until there is one, until the evening's mailing, or until the next scheduled time.
 * @param first `now` runs the channel at once; `missed` too, but may prepare the run if the newest announcement is not due.
 */
export const keepSchedule = async (
  channel: Channel,
  first: 'now' | 'missed' | 'scheduled',
  run: () => Promise<Pick<RunReport, 'status' | 'date' | 'sent' | 'reasons'>>,
  { clock, logger, preparation, onNext }: ScheduleParts,
  signal: AbortSignal,
): Promise<void> => {
  const attempt = async (): Promise<Pick<RunReport, 'status' | 'date'> & { reason?: string }> => {
    try {
      const { status, date, sent, reasons } = await run();
      const fields = { channel: channel.name, date, status, sent, reasons };
      if (status === 'incomplete') logger.warn(fields, 'run incomplete');
      else logger.info(fields, 'run ended');
      return { status, date, reason: reasons.join(' ') };
    } catch (error) {
      if (signal.aborted) throw error;
      logger.error({ channel: channel.name, err: error }, 'run failed');
      return { status: 'incomplete', date: undefined, reason: errorText(error) };
    }
  };

  const next = (): Date | undefined => nextTime(channel.schedule, channel.timezone, clock.now());
  /** When to stop waiting for a late announcement: at the next mailing, if the schedule runs soon after it. */
  const giveUpTime = (now: Date): Date | undefined => {
    const mailing = nextMailing(now);
    const after = nextTime(channel.schedule, channel.timezone, mailing);
    return after && after.getTime() - mailing.getTime() <= soonAfterMs ? mailing : undefined;
  };

  const runUntilPosted = async (): Promise<void> => {
    let until = next();
    let giveUpAt = giveUpTime(clock.now());
    let awaited = lastMailingDate(clock.now());
    for (let wait = firstRetryMs; ; wait = Math.min(maxRetryMs, wait * 1.5)) {
      const { status, date, reason } = await attempt();
      // The run may have posted an older announcement that the channel had missed.
      if (status === 'posted' && date !== undefined && date >= awaited) return;
      const now = clock.now();
      // The run or a machine's sleep lasted beyond the next scheduled time, so that run is due now.
      if (until && now >= until) {
        until = next();
        giveUpAt = giveUpTime(now);
        awaited = lastMailingDate(now);
        wait = firstRetryMs;
      }
      const retryAt = new Date(now.getTime() + wait);
      if (until && retryAt >= until) return;
      if (status !== 'incomplete' && giveUpAt && retryAt >= giveUpAt) return;
      const fields = { channel: channel.name, at: retryAt.toISOString() };
      if (status === 'incomplete') logger.warn({ ...fields, reason }, 'run failed, trying again');
      else logger.info(fields, 'announcement late, trying again');
      onNext?.(retryAt);
      await sleepUntil(retryAt, clock, signal);
    }
  };

  const failed = (error: unknown): void => {
    // A run does not need its preparation.
    if (!signal.aborted) logger.error({ channel: channel.name, err: error }, 'run not prepared');
  };

  const prepareFor = async ({ leadMs, prepare }: Preparation, time: Date, until: AbortSignal): Promise<void> => {
    await sleepUntil(new Date(time.getTime() - leadMs), clock, until);
    while (!(await prepare(time, until))) await clock.sleep(firstRetryMs, until);
  };

  const waitFor = async (time: Date): Promise<void> => {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const preparing =
      preparation && prepareFor(preparation, time, until).catch((error) => until.aborted || failed(error));
    try {
      await sleepUntil(time, clock, signal);
    } finally {
      over.abort(new Error('the run begins'));
      await preparing;
    }
  };

  /** True if the newest announcement came after the last scheduled time, so that its own time is the next. */
  const isNewestDue = (): boolean => {
    const last = lastTime(channel.schedule, channel.timezone, clock.now());
    return last === undefined || nextMailing(last) > clock.now();
  };

  const prepareMissed = async (): Promise<void> => {
    const time = next();
    if (preparation && time && !isNewestDue()) await preparation.prepareMissed(time, signal).catch(failed);
  };

  try {
    if (first === 'missed') await prepareMissed();
    if (first !== 'scheduled') await runUntilPosted();
    for (let time = next(); time; time = next()) {
      logger.info({ channel: channel.name, at: time.toISOString() }, 'next run');
      onNext?.(time);
      await waitFor(time);
      await runUntilPosted();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
