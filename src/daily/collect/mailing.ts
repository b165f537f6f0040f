import { addDays, arxivTimeZone, dateIn, startOfDay } from '../../core/clock.ts';
import { dateFormat, weekdayOf } from '../../core/dates.ts';
import type { IsoDate } from '../../core/paper.ts';

/** How long arXiv keeps its catch-up pages, in days counted from today. */
export const catchupDays = 90;

/** arXiv mails at 20:00 in New York, under the date of the next morning. */
const mailingHour = 20;
const hourMs = 3_600_000;

/** By this hour of the day every listing page has turned over to the day's mailing. */
const turnoverHour = 6;

const hourInNewYork = (instant: Date): number =>
  Number(dateFormat('en-GB', { timeZone: arxivTimeZone, hour: '2-digit', hourCycle: 'h23' }).format(instant));

/** The latest mailing date that can be announced at an instant. */
export const latestMailingDate = (instant: Date): IsoDate => {
  const today = dateIn(instant, arxivTimeZone);
  return hourInNewYork(instant) >= mailingHour ? addDays(today, 1) : today;
};

/** True once a category whose listing shows an older date can be taken to have nothing on this one. */
export const isListingFinal = (date: IsoDate, now: Date): boolean => {
  const today = dateIn(now, arxivTimeZone);
  return today > date || (today === date && hourInNewYork(now) >= turnoverHour);
};

/** True on the days on which arXiv mails in the evening: Sunday to Thursday. */
const hasEveningMailing = (date: IsoDate): boolean => weekdayOf(date) % 7 <= 4;

/** An hour from noon on of a date in New York. Counted back from midnight: the clocks change in the small hours. */
const hourOf = (date: IsoDate, hour: number): Date => {
  const midnight = startOfDay(new Date(`${addDays(date, 1)}T17:00:00Z`), arxivTimeZone);
  return new Date(midnight.getTime() - (24 - hour) * hourMs);
};

/** The next time after an instant at which arXiv mails, holidays not considered. */
export const nextMailing = (instant: Date): Date => {
  for (let date = dateIn(instant, arxivTimeZone); ; date = addDays(date, 1)) {
    const evening = hourOf(date, mailingHour);
    if (evening > instant && hasEveningMailing(date)) return evening;
  }
};

/** True for a date that a mailing can have, holidays not considered: Monday to Friday. */
const isMailingDate = (date: IsoDate): boolean => hasEveningMailing(addDays(date, -1));

/** The date of the last mailing at an instant, holidays not considered. */
export const lastMailingDate = (instant: Date): IsoDate => {
  const latest = latestMailingDate(instant);
  return isMailingDate(latest) ? latest : previousMailingDate(latest);
};

/** The date of the mailing before a date, holidays not considered. */
export const previousMailingDate = (date: IsoDate): IsoDate => {
  let before = addDays(date, -1);
  while (!isMailingDate(before)) before = addDays(before, -1);
  return before;
};

/** The dates that mailings can have from one to another, both included, holidays not considered. */
export const mailingDates = (from: IsoDate, to: IsoDate): IsoDate[] => {
  const dates: IsoDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) if (isMailingDate(date)) dates.push(date);
  return dates;
};

/** arXiv takes submissions for an evening's mailing until 14:00 in New York; for Sunday's until Friday. */
const cutOffHour = 14;

const cutOff = (mailing: IsoDate): Date => {
  const evening = addDays(mailing, -1);
  return hourOf(weekdayOf(evening) === 7 ? addDays(evening, -2) : evening, cutOffHour);
};

/**
 * When the papers of a mailing were submitted, holidays not considered; https://info.arxiv.org/help/availability.html.
 * The end is not included.
 */
export const submissionWindow = (mailing: IsoDate): { from: Date; to: Date } => {
  return { from: cutOff(previousMailingDate(mailing)), to: cutOff(mailing) };
};
