import QuickLRU from 'quick-lru';
import { addDays, dateFormat, endOfMonth, instantOf, mondayOf } from '../core/dates.ts';
import type { IsoDate } from '../core/paper.ts';

const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  dateFormat('en-GB', { timeZone: 'UTC', ...options });

const day = format({ weekday: 'short', day: 'numeric', month: 'short' });
const shortWeekday = format({ weekday: 'short' });
const weekday = format({ weekday: 'long', day: 'numeric', month: 'long' });
const shortMonth = format({ month: 'short', year: 'numeric' });
const monthAlone = format({ month: 'long' });

const maxKept = 1_000;
/** The side of every page has more than a hundred dates, most of them the same ones. */
const shortDays = new QuickLRU<IsoDate, string>({ maxSize: maxKept });

/** "Tue 8 Jul". */
export const shortDay = (date: IsoDate): string => {
  const kept = shortDays.get(date);
  if (kept !== undefined) return kept;
  const words = day
    .format(instantOf(date))
    .replace(',', '')
    .replace(/\bSept\b/, 'Sep');
  shortDays.set(date, words);
  return words;
};

/** "Tue 8". */
export const dayOfMonth = (date: IsoDate): string =>
  `${shortWeekday.format(instantOf(date))} ${Number(date.slice(-2))}`;

/** "Tuesday, 8 July". */
export const dayOfYear = (date: IsoDate): string => weekday.format(instantOf(date)).replace(/^(\w+),? /, '$1, ');

/** "Jul 2025" for `2025-07`. */
export const shortMonthInWords = (of: string): string =>
  shortMonth.format(instantOf(`${of}-01`)).replace(/\bSept\b/, 'Sep');

export const monthWithoutYear = (of: string): string => monthAlone.format(instantOf(`${of}-01`));

export const dateOfInstant = (instant: string, timeZone: string): string =>
  format({ dateStyle: 'long', timeZone }).format(new Date(instant));

/** "26 May 2025 at 10:01" in a time zone. */
export const timeOfInstant = (instant: string, timeZone: string): string =>
  format({ dateStyle: 'long', timeStyle: 'short', timeZone }).format(new Date(instant));

export const monthOf = (date: IsoDate): string => date.slice(0, 7);

export const yearOf = (date: string): string => date.slice(0, 4);

export const monthsOf = (dates: readonly IsoDate[]): string[] => [...new Set(dates.map(monthOf))];

export const yearsOf = (dates: readonly IsoDate[]): string[] => [...new Set(dates.map(yearOf))];

export const daysOf = (of: string): { from: IsoDate; to: IsoDate } => ({ from: `${of}-01`, to: endOfMonth(of) });

/** The weeks of a month such as `2025-02`, Monday to Sunday; undefined for days of other months. */
export const weeksOf = (of: string): (IsoDate | undefined)[][] => {
  const first = `${of}-01`;
  const weeks: (IsoDate | undefined)[][] = [];
  for (let monday = mondayOf(first); monthOf(monday) <= of; monday = addDays(monday, 7)) {
    const days = Array.from({ length: 7 }, (_, offset) => addDays(monday, offset));
    weeks.push(days.map((date) => (date.startsWith(of) ? date : undefined)));
  }
  return weeks;
};
