import { setTimeout as delay } from 'node:timers/promises';
import { dateFormat } from './dates.ts';
import type { IsoDate } from './paper.ts';

/** Told time for dates and schedules, real time for leases, timeouts and retries. */
export type Clock = {
  /** Told time: `PAPERBOY_NOW` plus what has passed since the start, or the real time. */
  now(): Date;
  /** Real time, milliseconds since 1970; for leases and records that other processes read. */
  realNow(): number;
  /** Milliseconds since some moment, never going back; for what is measured within this process. */
  monotonic(): number;
  /** Waits in real time; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const createClock = (toldStart?: Date): Clock => {
  const shift = toldStart ? toldStart.getTime() - Date.now() : 0;
  return {
    now: () => new Date(Date.now() + shift),
    realNow: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) =>
      delay(ms, undefined, { signal }).catch((error: unknown) => {
        // Node's own error says only that it was aborted; the reason is what people are told.
        throw signal?.aborted ? signal.reason : error;
      }),
  };
};

/** Waits for work, but not longer than so many milliseconds; then the process may end without it. */
export const atMost = async (ms: number, work: Promise<unknown>, clock: Pick<Clock, 'sleep'>): Promise<void> => {
  const done = new AbortController();
  await Promise.race([work, clock.sleep(ms, done.signal)]);
  done.abort();
};

/** The calendar date at an instant in a time zone. */
export const dateIn = (instant: Date, timeZone: string): IsoDate =>
  dateFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(instant);

/** How far a time zone's clocks are ahead of UTC at an instant, in milliseconds. */
const zoneOffset = (instant: Date, timeZone: string): number => {
  const shown = dateFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).format(instant);
  const [, sign, hours = 0, minutes = 0] = /GMT([+-])(\d\d):(\d\d)/.exec(shown) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
};

/** The instant at which the day of an instant began in a time zone, also on a day that changes its clocks. */
export const startOfDay = (instant: Date, timeZone: string): Date => {
  const midnight = Date.parse(`${dateIn(instant, timeZone)}T00:00:00Z`);
  const guess = midnight - zoneOffset(new Date(midnight), timeZone);
  return new Date(midnight - zoneOffset(new Date(guess), timeZone));
};

/** arXiv's own time zone: the day of an announcement is its mailing date there. */
export const arxivTimeZone = 'America/New_York';

/** A date moved by whole days. */
export const addDays = (date: IsoDate, days: number): IsoDate =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** True for `YYYY-MM-DD` that names a real day. */
export const isIsoDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;

/** A date as people read it: "Tuesday, 8 July 2025". */
export const longDate = (date: IsoDate): string =>
  dateFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })
    .format(new Date(`${date}T00:00:00Z`))
    .replace(/^(\w+) /, '$1, ');
