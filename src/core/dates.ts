import type { IsoDate } from './paper.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * A cached date format. Each takes about 30 KB outside the heap, which the garbage collector does not see, so only
 * one is kept per locale and options.
 */
export const dateFormat = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = JSON.stringify([locale, options]);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
};

export const instantOf = (date: IsoDate): Date => new Date(`${date}T00:00:00Z`);

/** arXiv's time zone. The date of an announcement is its mailing date there. */
export const arxivTimeZone = 'America/New_York';

export const dateIn = (instant: Date, timeZone: string): IsoDate =>
  dateFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(instant);

const zoneOffset = (instant: Date, timeZone: string): number => {
  const shown = dateFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).format(instant);
  const [, sign, hours = 0, minutes = 0] = /GMT([+-])(\d\d):(\d\d)/.exec(shown) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
};

/** Midnight at the start of an instant's day in a time zone, even on days when the clocks change. */
export const startOfDay = (instant: Date, timeZone: string): Date => {
  const midnight = instantOf(dateIn(instant, timeZone)).getTime();
  const guess = midnight - zoneOffset(new Date(midnight), timeZone);
  return new Date(midnight - zoneOffset(new Date(guess), timeZone));
};

const dayMs = 86_400_000;

export const addDays = (date: IsoDate, days: number): IsoDate =>
  new Date(instantOf(date).getTime() + days * dayMs).toISOString().slice(0, 10);

/** If that month is too short, the result is one of the first days of the next. */
export const monthsBefore = (date: IsoDate, months: number): IsoDate => {
  const instant = instantOf(date);
  instant.setUTCMonth(instant.getUTCMonth() - months);
  return instant.toISOString().slice(0, 10);
};

export const isIsoDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;

/** 1 for Monday to 7 for Sunday. */
export const weekdayOf = (date: IsoDate): number => instantOf(date).getUTCDay() || 7;

export const isWeekend = (date: IsoDate): boolean => weekdayOf(date) >= 6;

export const mondayOf = (date: IsoDate): IsoDate => addDays(date, 1 - weekdayOf(date));

export const endOfMonth = (month: string): IsoDate => addDays(`${addDays(`${month}-01`, 31).slice(0, 7)}-01`, -1);

/** Days in the ranges `week` and `month`, including today. */
export const rangeDays = { week: 7, month: 30 };

export const rangeWords = { week: 'the last 7 days', month: 'the last 30 days' };

/** "Tuesday, 8 July 2025". */
export const longDate = (date: IsoDate): string =>
  dateFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })
    .format(instantOf(date))
    .replace(/^(\w+) /, '$1, ');

/** "8 July 2025". */
export const dayText = (date: IsoDate): string =>
  dateFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(instantOf(date));

/** "July 2025" for `2025-07`. */
export const monthInWords = (month: string): string =>
  dateFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(instantOf(`${month}-01`));
