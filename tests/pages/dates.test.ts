import { describe, expect, it } from 'vitest';
import { monthInWords } from '../../src/core/dates.ts';
import {
  dateOfInstant,
  dayOfMonth,
  dayOfYear,
  shortDay,
  shortMonthInWords,
  timeOfInstant,
  weeksOf,
} from '../../src/pages/dates.ts';

describe('dates in words', () => {
  it('are the same on every machine', () => {
    expect(shortDay('2025-09-02')).toBe('Tue 2 Sep');
    expect(dayOfMonth('2025-09-02')).toBe('Tue 2');
    expect(dayOfYear('2025-09-02')).toBe('Tuesday, 2 September');
    expect(monthInWords('2025-09')).toBe('September 2025');
    expect(shortMonthInWords('2025-09')).toBe('Sep 2025');
  });

  it('of an instant depend on the time zone', () => {
    expect(dateOfInstant('2025-05-25T22:30:00.000Z', 'Europe/Berlin')).toBe('26 May 2025');
    expect(dateOfInstant('2025-05-25T22:30:00.000Z', 'America/New_York')).toBe('25 May 2025');
    expect(timeOfInstant('2025-05-25T22:30:00.000Z', 'Europe/Berlin')).toBe('26 May 2025 at 00:30');
  });
});

describe('the weeks of a month', () => {
  it('start on Monday and contain each of its days once', () => {
    for (const [month, days, weeks] of [
      ['2025-07', 31, 5],
      ['2024-02', 29, 5],
      ['2021-02', 28, 4],
      ['2025-03', 31, 6],
      ['2025-12', 31, 5],
    ] as const) {
      const found = weeksOf(month);
      expect(found, month).toHaveLength(weeks);
      expect(found.flat().filter((date) => date !== undefined)).toHaveLength(days);
      expect(found.every((week) => week.length === 7)).toBe(true);
    }
    expect(weeksOf('2025-07')[0]).toEqual([
      undefined,
      '2025-07-01',
      '2025-07-02',
      '2025-07-03',
      '2025-07-04',
      '2025-07-05',
      '2025-07-06',
    ]);
  });
});
