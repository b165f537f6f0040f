import { describe, expect, it } from 'vitest';
import {
  addDays,
  arxivTimeZone,
  dateIn,
  endOfMonth,
  isIsoDate,
  isWeekend,
  longDate,
  mondayOf,
  monthInWords,
  startOfDay,
  weekdayOf,
} from '../../src/core/dates.ts';

describe('the date at an instant', () => {
  it.each([
    ['2025-07-08T03:59:59Z', arxivTimeZone, '2025-07-07'],
    ['2025-07-08T04:00:00Z', arxivTimeZone, '2025-07-08'],
    ['2025-01-08T04:59:59Z', arxivTimeZone, '2025-01-07'],
    ['2025-01-08T05:00:00Z', arxivTimeZone, '2025-01-08'],
    ['2025-03-09T06:59:59Z', arxivTimeZone, '2025-03-09'],
    ['2025-12-31T23:30:00Z', 'Europe/Berlin', '2026-01-01'],
    ['2025-12-31T23:30:00Z', 'UTC', '2025-12-31'],
    ['2025-12-31T23:30:00Z', 'Pacific/Kiritimati', '2026-01-01'],
  ])('%s in %s is %s', (instant, timeZone, date) => {
    expect(dateIn(new Date(instant), timeZone)).toBe(date);
  });
});

describe('a date', () => {
  it.each([
    ['2025-07-08', 1, '2025-07-09'],
    ['2025-07-08', 0, '2025-07-08'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2025-02-28', 1, '2025-03-01'],
    ['2025-01-01', -1, '2024-12-31'],
    ['2025-03-08', 2, '2025-03-10'],
    ['2025-07-08', -365, '2024-07-08'],
  ])('%s plus %i days is %s', (date, days, moved) => {
    expect(addDays(date, days)).toBe(moved);
  });

  it.each(['2025-07-08', '2024-02-29', '1991-08-14', '0001-01-01'])('is written like %s', (text) => {
    expect(isIsoDate(text)).toBe(true);
  });

  it.each([
    ...['2025-02-29', '2025-02-30', '2025-13-01', '2025-00-10', '2025-07-00', '2025-07-32', '2025-7-8', '25-07-08'],
    ...['', ' 2025-07-08', '2025-07-08\n', '2025-07-08T00:00:00Z', '20250708', 'today', '٢٠٢٥-٠٧-٠٨', '+002025-07-08'],
  ])('is not written like %j', (text) => {
    expect(isIsoDate(text)).toBe(false);
  });

  it.each([
    ['2025-07-08', 'Tuesday, 8 July 2025'],
    ['2024-02-29', 'Thursday, 29 February 2024'],
    ['2025-01-01', 'Wednesday, 1 January 2025'],
  ])('%s reads as %s', (date, read) => {
    expect(longDate(date)).toBe(read);
  });
});

describe('the start of a day', () => {
  it.each([
    ['2025-07-08T13:00:00Z', 'America/New_York', '2025-07-08T04:00:00.000Z'],
    ['2025-07-08T03:59:59Z', 'America/New_York', '2025-07-07T04:00:00.000Z'],
    ['2025-11-02T20:00:00Z', 'America/New_York', '2025-11-02T04:00:00.000Z'],
    ['2025-03-09T20:00:00Z', 'America/New_York', '2025-03-09T05:00:00.000Z'],
    ['2025-10-26T12:00:00Z', 'Europe/Berlin', '2025-10-25T22:00:00.000Z'],
    ['2025-07-08T13:00:00Z', 'Asia/Kolkata', '2025-07-07T18:30:00.000Z'],
    ['2025-07-08T13:00:00Z', 'UTC', '2025-07-08T00:00:00.000Z'],
  ])('of %s in %s is %s', (instant, timeZone, start) => {
    expect(startOfDay(new Date(instant), timeZone).toISOString()).toBe(start);
  });
});

describe('a week', () => {
  it.each([
    ['2025-07-07', 1, false, '2025-07-07'],
    ['2025-07-11', 5, false, '2025-07-07'],
    ['2025-07-12', 6, true, '2025-07-07'],
    ['2025-07-13', 7, true, '2025-07-07'],
    ['2025-03-02', 7, true, '2025-02-24'],
  ])('has %s as day %i', (date, weekday, isOnWeekend, monday) => {
    expect([weekdayOf(date), isWeekend(date), mondayOf(date)]).toEqual([weekday, isOnWeekend, monday]);
  });
});

describe('a month', () => {
  it.each([
    ['2025-07', '2025-07-31', 'July 2025'],
    ['2024-02', '2024-02-29', 'February 2024'],
    ['2025-12', '2025-12-31', 'December 2025'],
  ])('%s ends on %s and reads as %s', (month, end, words) => {
    expect([endOfMonth(month), monthInWords(month)]).toEqual([end, words]);
  });
});
