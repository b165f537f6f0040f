import { addDays, arxivTimeZone, dateIn, startOfDay } from '../core/clock.ts';
import type { IsoDate } from '../core/paper.ts';

/** arXiv mails at 20:00 in New York, under the date of the next morning. */
const mailingHour = 20;
const hourMs = 3_600_000;

/** By this hour of the day every listing page has turned over to the day's mailing. */
const settledHour = 6;

const hourInNewYork = (instant: Date): number =>
  Number(
    new Intl.DateTimeFormat('en-GB', { timeZone: arxivTimeZone, hour: '2-digit', hourCycle: 'h23' }).format(instant),
  );

/** The latest mailing date that can be announced at an instant. */
export const latestMailingDate = (instant: Date): IsoDate => {
  const today = dateIn(instant, arxivTimeZone);
  return hourInNewYork(instant) >= mailingHour ? addDays(today, 1) : today;
};

/** True once a category whose listing shows an older date can be taken to have nothing on this one. */
export const isSettled = (date: IsoDate, now: Date): boolean => {
  const today = dateIn(now, arxivTimeZone);
  return today > date || (today === date && hourInNewYork(now) >= settledHour);
};

/** True on the days on which arXiv mails in the evening: Sunday to Thursday. */
const hasEveningMailing = (date: IsoDate): boolean => new Date(`${date}T00:00:00Z`).getUTCDay() <= 4;

/** The next time after an instant at which arXiv mails, holidays not considered. */
export const nextMailing = (instant: Date): Date => {
  for (let date = dateIn(instant, arxivTimeZone); ; date = addDays(date, 1)) {
    // Counted back from midnight: the clocks change in the small hours, never in the evening.
    const midnight = startOfDay(new Date(`${addDays(date, 1)}T17:00:00Z`), arxivTimeZone);
    const evening = new Date(midnight.getTime() - (24 - mailingHour) * hourMs);
    if (evening > instant && hasEveningMailing(date)) return evening;
  }
};

/** The date of the last mailing at an instant, holidays not considered. */
export const lastMailingDate = (instant: Date): IsoDate => {
  let date = latestMailingDate(instant);
  while (!hasEveningMailing(addDays(date, -1))) date = addDays(date, -1);
  return date;
};
