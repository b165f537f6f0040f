import { describe, expect, it } from 'vitest';
import { addDays, arxivTimeZone, createClock, dateIn, isIsoDate, longDate, startOfDay } from '../../src/core/clock.ts';

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

describe('the clock', () => {
  it('starts at the simulated time and goes on from there, beside the system time', async () => {
    const clock = createClock(new Date('2025-07-08T13:00:00Z'));
    const before = clock.now().getTime();
    await clock.sleep(15);
    expect(before - Date.parse('2025-07-08T13:00:00Z')).toBeLessThan(1000);
    expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(14);
    expect(Math.abs(clock.realNow() - Date.now())).toBeLessThan(1000);
  });

  it('shows the system time if no time is simulated', () => {
    expect(Math.abs(createClock().now().getTime() - Date.now())).toBeLessThan(1000);
  });

  it('ends an aborted sleep at once', async () => {
    const controller = new AbortController();
    const sleeping = createClock().sleep(60_000, controller.signal);
    controller.abort(new Error('stopped'));
    await expect(sleeping).rejects.toThrow();
    await expect(createClock().sleep(60_000, controller.signal)).rejects.toThrow();
  });

  it("ends an aborted sleep with the signal's reason", async () => {
    const reason = new Error('stopped by a signal');
    const controller = new AbortController();
    const sleeping = createClock().sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
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
