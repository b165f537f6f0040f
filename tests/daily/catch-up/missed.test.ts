import { describe, expect, it } from 'vitest';
import { missedDates, remedialOf } from '../../../src/daily/catch-up/missed.ts';
import { remedyDates } from '../../../src/daily/catch-up/remedy.ts';
import { mailingDates, submissionWindow } from '../../../src/daily/collect/mailing.ts';

const digests = (...dates: string[]) => dates.map((date) => ({ date, remedial: undefined }));
const remedial = { from: '2025-06-23', to: '2025-06-23', approximate: false };

describe('missed dates', () => {
  const never = async () => false;
  const missed = async (newest: string, ...of: Parameters<typeof missedDates>[1]) =>
    (await missedDates(newest, of, never)).dates;

  it('are those of the last five mailings without a digest, oldest first', async () => {
    expect(await missed('2025-07-08', ...digests('2025-06-02', '2025-07-03'))).toEqual([
      '2025-07-01',
      '2025-07-02',
      '2025-07-04',
      '2025-07-07',
    ]);
    expect(await missed('2025-07-08', ...digests('2025-07-07'))).toEqual([]);
  });

  it('start after the first digest', async () => {
    expect(await missed('2025-07-08')).toEqual([]);
    expect(await missed('2025-07-08', ...digests('2025-07-08', '2025-07-04'))).toEqual(['2025-07-07']);
  });

  it('are none before the first regular digest', async () => {
    const remedied = { date: '2025-06-24', remedial };
    expect(await missed('2025-07-08', remedied)).toEqual([]);
    expect(await missed('2025-07-08', remedied, ...digests('2025-07-04'))).toEqual(['2025-07-07']);
  });

  it('skip holidays, but not without limit', async () => {
    const holiday = async (date: string) => date === '2025-07-04';
    expect((await missedDates('2025-07-08', digests('2025-06-02'), holiday)).dates).toEqual([
      ...['2025-06-30', '2025-07-01', '2025-07-02', '2025-07-03', '2025-07-07'],
    ]);
    const dates: string[] = [];
    const always = async (date: string) => dates.push(date) > 0;
    expect((await missedDates('2025-07-08', digests('2025-01-02'), always)).dates).toEqual([]);
    expect(dates).toHaveLength(10);
  });

  it('are separate from older ones, which are made only on request', async () => {
    const { older } = await missedDates('2025-07-08', digests('2025-06-26', '2025-06-30'), never);
    expect(older).toEqual(['2025-06-27']);
  });

  it('are among the last mailings only, however many dates have passed', async () => {
    const after = ['2025-05-01', '2025-07-01', '2025-07-02', '2025-07-03', '2025-07-04', '2025-07-07', '2025-07-08'];
    expect(await missed('2025-07-09', ...digests(...after))).toEqual([]);
  });
});

describe('a remedial digest', () => {
  const now = new Date('2025-07-08T13:00:00Z');

  const never = async () => false;

  it('covers the days since the mailing before', async () => {
    const monday = { from: '2025-07-04', to: '2025-07-06', approximate: false };
    expect(await remedialOf('2025-07-07', false, now, never)).toEqual(monday);
    const friday = { from: '2025-07-03', to: '2025-07-03', approximate: true };
    expect(await remedialOf('2025-07-04', true, now, never)).toEqual(friday);
  });

  it('covers a known holiday too', async () => {
    const holiday = async (date: string) => date === '2025-07-04';
    expect((await remedialOf('2025-07-07', false, now, holiday))?.from).toBe('2025-07-03');
  });

  it('is none for the latest mailing, such as Friday’s on a weekend', async () => {
    expect(await remedialOf('2025-07-08', false, now, never)).toBeUndefined();
    expect(await remedialOf('2025-07-11', false, new Date('2025-07-13T13:00:00Z'), never)).toBeUndefined();
  });
});

describe('the dates of a remedy', () => {
  const now = new Date('2025-07-08T13:00:00Z');

  it('are mailing dates, oldest first, by default up to the newest', () => {
    expect(remedyDates('2025-07-03', '2025-07-07', now)).toEqual(['2025-07-03', '2025-07-04', '2025-07-07']);
    expect(remedyDates('2025-07-05', undefined, now)).toEqual(['2025-07-07', '2025-07-08']);
  });

  it.each([
    ['2025-07-03', '2025-07-01', 'ends before it starts. Enter --from 2025-07-01 --to 2025-07-03'],
    ['2025-07-03', '2025-07-20', '2025-07-20 is in the future. Enter dates up to 2025-07-08'],
    ['2026-01-01', '2025-07-07', '2026-01-01 is in the future. Enter dates up to 2025-07-08'],
    ['2024-07-03', '2025-07-07', 'at most a year long. Enter --from 2024-07-03 --to 2025-07-04'],
    ['2025-07-05', '2025-07-06', 'nothing on weekends'],
  ])('refuses %s to %s and says what to enter', (from, to, message) => {
    expect(() => remedyDates(from, to, now)).toThrow(message);
  });
});

describe('the submissions of a mailing', () => {
  it.each([
    ['Monday', '2025-07-07', '2025-07-03T18:00:00.000Z', '2025-07-04T18:00:00.000Z'],
    ['Tuesday', '2025-07-08', '2025-07-04T18:00:00.000Z', '2025-07-07T18:00:00.000Z'],
    ['Wednesday', '2025-07-09', '2025-07-07T18:00:00.000Z', '2025-07-08T18:00:00.000Z'],
    ['a Tuesday in winter', '2025-01-14', '2025-01-10T19:00:00.000Z', '2025-01-13T19:00:00.000Z'],
  ])('of %s end at 14:00 in New York on the day of the mailing, for Sunday evening on Friday', (_, date, from, to) => {
    const window = submissionWindow(date);
    expect([window.from.toISOString(), window.to.toISOString()]).toEqual([from, to]);
  });

  it('leave no gap and do not overlap', () => {
    const dates = mailingDates('2025-02-24', '2025-04-04');
    expect(dates).toHaveLength(30);
    for (const [at, date] of dates.entries())
      if (at > 0) expect(submissionWindow(date).from).toEqual(submissionWindow(dates[at - 1] ?? '').to);
  });
});
