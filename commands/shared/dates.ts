import { dateFormat, instantOf } from '../../src/core/dates.ts';
import type { IsoDate } from '../../src/core/paper.ts';

/** "8 Jul". */
export const shortDay = (date: IsoDate): string =>
  dateFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(instantOf(date));

/** "Tue, 8 July 2025, 09:00". */
export const momentText = (instant: Date, timeZone: string): string => {
  const day = dateFormat('en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone },
  }).format(instant);
  const time = dateFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(instant);
  return `${day}, ${time}`;
};
