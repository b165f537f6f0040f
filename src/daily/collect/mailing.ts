import { addDays, arxivTimeZone, dateFormat, dateIn, startOfDay, weekdayOf } from '../../core/dates.ts';
import type { IsoDate } from '../../core/paper.ts';

export const catchupDays = 90;

/** Hour in New York. The mailing is dated the next day. */
const mailingHour = 20;
const hourMs = 3_600_000;

/** By this hour in New York, every listing page shows that day's mailing. */
const turnoverHour = 6;

const hourInNewYork = (instant: Date): number =>
  Number(dateFormat('en-GB', { timeZone: arxivTimeZone, hour: '2-digit', hourCycle: 'h23' }).format(instant));

/** The latest mailing date that may have been announced by the given instant; it may fall on a weekend. */
export const latestMailingDate = (instant: Date): IsoDate => {
  const today = dateIn(instant, arxivTimeZone);
  return hourInNewYork(instant) >= mailingHour ? addDays(today, 1) : today;
};

/** True if a listing with an older date means that its category has no papers on `date`. */
export const isListingFinal = (date: IsoDate, now: Date): boolean => {
  const today = dateIn(now, arxivTimeZone);
  return today > date || (today === date && hourInNewYork(now) >= turnoverHour);
};

const hasEveningMailing = (date: IsoDate): boolean => weekdayOf(date) % 7 <= 4;

/** For hours from 12 to 23. Counts back from midnight, because clocks change in the early morning. */
const hourOf = (date: IsoDate, hour: number): Date => {
  const midnight = startOfDay(new Date(`${addDays(date, 1)}T17:00:00Z`), arxivTimeZone);
  return new Date(midnight.getTime() - (24 - hour) * hourMs);
};

/** Ignores holidays, like all functions below. */
export const nextMailing = (instant: Date): Date => {
  for (let date = dateIn(instant, arxivTimeZone); ; date = addDays(date, 1)) {
    const evening = hourOf(date, mailingHour);
    if (evening > instant && hasEveningMailing(date)) return evening;
  }
};

const isMailingDate = (date: IsoDate): boolean => hasEveningMailing(addDays(date, -1));

export const lastMailingDate = (instant: Date): IsoDate => {
  const latest = latestMailingDate(instant);
  return isMailingDate(latest) ? latest : previousMailingDate(latest);
};

export const previousMailingDate = (date: IsoDate): IsoDate => {
  let before = addDays(date, -1);
  while (!isMailingDate(before)) before = addDays(before, -1);
  return before;
};

export const mailingDates = (from: IsoDate, to: IsoDate): IsoDate[] => {
  const dates: IsoDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) if (isMailingDate(date)) dates.push(date);
  return dates;
};

/** Holidays never skip more mailings in a row than two (https://info.arxiv.org/help/availability.html). */
const maxSkippedMailings = 2;

/** True if more mailings than holidays explain should have come since the newest announcement. The last one may be late. */
export const isSilent = (newest: IsoDate, now: Date): boolean =>
  mailingDates(addDays(newest, 1), previousMailingDate(lastMailingDate(now))).length > maxSkippedMailings;

/** Submissions close at this hour in New York, on Friday for Sunday's mailing. */
const cutOffHour = 14;

const cutOff = (mailing: IsoDate): Date => {
  const evening = addDays(mailing, -1);
  return hourOf(weekdayOf(evening) === 7 ? addDays(evening, -2) : evening, cutOffHour);
};

/** When the papers of a mailing were submitted (`to` excluded); https://info.arxiv.org/help/availability.html. */
export const submissionWindow = (mailing: IsoDate): { from: Date; to: Date } => {
  return { from: cutOff(previousMailingDate(mailing)), to: cutOff(mailing) };
};
