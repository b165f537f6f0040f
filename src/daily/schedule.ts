import { Cron } from 'croner';
import type { Channel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { lastMailingDate, nextMailing } from './collect/mailing.ts';
import type { RunResult } from './run.ts';

/** Between two looks for a late announcement, in milliseconds: soon at first, seldom later. */
const firstLookMs = 10 * 60_000;
const maxLookMs = 60 * 60_000;

/** A team that meets a mailing within so many milliseconds need not be sent it in the night before. */
const soonAfterMs = 16 * 60 * 60_000;

/** Timers do not see a machine's sleep or a changed clock, so the time is compared anew at least this often. */
const maxNapMs = 60_000;

/** The next time of a cron expression after an instant. croner is only the calculator: the told clock is the time. */
export const nextTime = (schedule: string, timezone: string, after: Date): Date | undefined =>
  new Cron(schedule, { timezone, paused: true }).nextRun(after) ?? undefined;

/** The last time of a cron expression before an instant. */
export const lastTime = (schedule: string, timezone: string, before: Date): Date | undefined =>
  new Cron(schedule, { timezone, paused: true }).previousRuns(1, before)[0];

const sleepUntil = async (time: Date, clock: Clock, signal: AbortSignal): Promise<void> => {
  for (;;) {
    const left = time.getTime() - clock.now().getTime();
    if (left <= 0) return;
    await clock.sleep(Math.min(left, maxNapMs), signal);
  }
};

export type ScheduleParts = {
  clock: Clock;
  logger: Logger;
  /** Told the time of the next look or run, as soon as it is known. */
  onNext?: ((at: Date) => void) | undefined;
};

/**
 * Runs a channel at its schedule until the signal is aborted. Where the announcement is late it looks again, until there
 * is one, until the evening's next mailing, or until the schedule's next time. A run that fails is logged, and looked at
 * again like a late one.
 *
 * @param first `now` for a run at once.
 */
export const keepSchedule = async (
  channel: Channel,
  first: 'now' | 'scheduled',
  run: () => Promise<RunResult>,
  { clock, logger, onNext }: ScheduleParts,
  signal: AbortSignal,
): Promise<void> => {
  const attempt = async (): Promise<Pick<RunResult, 'status' | 'date'>> => {
    try {
      const { status, date, sent, reasons } = await run();
      const fields = { channel: channel.name, date, status, sent, reasons };
      if (status === 'incomplete') logger.warn(fields, 'run ended, something is missing');
      else logger.info(fields, 'run ended');
      return { status, date };
    } catch (error) {
      if (signal.aborted) throw error;
      logger.error({ channel: channel.name, err: error }, 'run failed');
      return { status: 'incomplete', date: undefined };
    }
  };

  const next = (): Date | undefined => nextTime(channel.schedule, channel.timezone, clock.now());
  /** The next mailing is no late one where it has a time of its own soon after; elsewhere it is the one waited for. */
  const enoughPatience = (now: Date): Date | undefined => {
    const mailing = nextMailing(now);
    const after = nextTime(channel.schedule, channel.timezone, mailing);
    return after && after.getTime() - mailing.getTime() <= soonAfterMs ? mailing : undefined;
  };

  const runPatiently = async (): Promise<void> => {
    let until = next();
    let enough = enoughPatience(clock.now());
    let awaited = lastMailingDate(clock.now());
    for (let wait = firstLookMs; ; wait = Math.min(maxLookMs, wait * 1.5)) {
      const { status, date } = await attempt();
      // What was posted may be an older day, of which this channel had nothing yet.
      if (status === 'posted' && date !== undefined && date >= awaited) return;
      const now = clock.now();
      // A long run or a machine's sleep went over the next time: this is its run now, and has its patience.
      if (until && now >= until) {
        until = next();
        enough = enoughPatience(now);
        awaited = lastMailingDate(now);
        wait = firstLookMs;
      }
      const look = new Date(now.getTime() + wait);
      if (until && look >= until) return;
      if (status !== 'incomplete' && enough && look >= enough) return;
      logger.info({ channel: channel.name, at: look.toISOString() }, 'looks again');
      onNext?.(look);
      await sleepUntil(look, clock, signal);
    }
  };

  try {
    if (first === 'now') await runPatiently();
    for (let time = next(); time; time = next()) {
      logger.info({ channel: channel.name, at: time.toISOString() }, 'next run');
      onNext?.(time);
      await sleepUntil(time, clock, signal);
      await runPatiently();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
