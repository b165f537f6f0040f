import { addDays, arxivTimeZone, dateIn } from '../core/clock.ts';
import type { IsoDate } from '../core/paper.ts';

/** arXiv mails at 20:00 in New York, under the date of the next morning. */
const mailingHour = 20;

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
