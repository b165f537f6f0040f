import { describe, expect, it } from 'vitest';
import type { RunStatus } from '../../src/core/run.ts';
import type { RunResult } from '../../src/daily/run.ts';
import { keepSchedule, nextTime } from '../../src/daily/schedule.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { keepingLogger, quietLogger } from '../fakes/logger.ts';
import { createVirtualClock, type VirtualClock } from '../fakes/virtual-clock.ts';

describe('the next time of a schedule', () => {
  const iso = (schedule: string, timezone: string, after: string) =>
    nextTime(schedule, timezone, new Date(after))?.toISOString();
  const weekdays = '0 9 * * 1-5';

  it.each([
    ['America/New_York', '2025-03-07T15:00:00Z', '2025-03-10T13:00:00.000Z'],
    ['America/New_York', '2025-10-31T14:00:00Z', '2025-11-03T14:00:00.000Z'],
    ['Europe/Berlin', '2025-03-28T09:00:00Z', '2025-03-31T07:00:00.000Z'],
    ['Europe/Berlin', '2025-10-24T08:00:00Z', '2025-10-27T08:00:00.000Z'],
  ])('stays at nine in %s over a change of the clocks', (timezone, after, expected) => {
    expect(iso(weekdays, timezone, after)).toBe(expected);
  });

  it.each([
    ['Europe/Berlin', '2025-03-30T00:00:00Z', '2025-03-31T00:30:00.000Z'],
    ['America/New_York', '2025-03-09T06:00:00Z', '2025-03-10T06:30:00.000Z'],
  ])(
    'comes within the day if its hour is skipped in %s, and keeps its hour the next day',
    (timezone, after, dayAfter) => {
      const first = iso('30 2 * * *', timezone, after);
      const hours = (Date.parse(first ?? '') - Date.parse(after)) / 3_600_000;
      expect(hours).toBeGreaterThan(0);
      expect(hours).toBeLessThan(25);
      expect([first, iso('30 2 * * *', timezone, first ?? '')]).toContain(dayAfter);
    },
  );

  it.each([
    ['Europe/Berlin', '2025-10-26T00:00:00Z', '2025-10-26T00:30:00.000Z', '2025-10-27T01:30:00.000Z'],
    ['America/New_York', '2025-11-02T04:00:00Z', '2025-11-02T05:30:00.000Z', '2025-11-03T06:30:00.000Z'],
  ])('comes once if its hour comes twice in %s', (timezone, after, once, then) => {
    const schedule = timezone === 'Europe/Berlin' ? '30 2 * * *' : '30 1 * * *';
    expect(iso(schedule, timezone, after)).toBe(once);
    expect(iso(schedule, timezone, once)).toBe(then);
  });

  it('is after the instant, never at it', () => {
    expect(iso(weekdays, 'UTC', '2025-07-08T09:00:00Z')).toBe('2025-07-09T09:00:00.000Z');
  });

  it('is undefined if the schedule never matches', () => {
    expect(iso('0 9 30 2 *', 'UTC', '2025-07-08T09:00:00Z')).toBeUndefined();
  });
});

/** By default, the date is later than any other. */
const result = (status: RunStatus, date = '2099-01-01'): RunResult => ({
  ...{ channel: 'foundations', date, status, reasons: [], digest: undefined, sent: 0, earlier: [] },
});

type Step = RunStatus | Error | { posted: string } | (() => RunStatus);

/** Keeps a schedule until the steps are played. Returns the times of the runs, without the date of the first day. */
const played = (
  steps: Step[],
  start: string,
  more: { first?: 'now' | 'scheduled'; schedule?: string; timezone?: string } = {},
) => {
  const clock = createSteppingClock(start);
  const { lines, logger } = keepingLogger();
  const stop = new AbortController();
  const times: string[] = [];
  const reported: string[] = [];
  const onNext = (at: Date) => void reported.push(at.toISOString().slice(5, 16));
  const run = async (): Promise<RunResult> => {
    times.push(clock.now().toISOString().slice(5, 16));
    const step = steps[times.length - 1];
    if (times.length >= steps.length) stop.abort();
    if (step instanceof Error) throw step;
    if (typeof step === 'object') return result('posted', step.posted);
    return result(typeof step === 'function' ? step() : (step ?? 'posted'));
  };
  const channel = channelOf({
    schedule: more.schedule ?? '0 9 * * 1-5',
    timezone: more.timezone ?? 'America/New_York',
  });
  const playing = keepSchedule(channel, more.first ?? 'scheduled', run, { clock, logger, onNext }, stop.signal);
  return { clock, lines, times, reported, playing, stop };
};

describe('keeping a schedule', () => {
  it('runs at each time of the schedule, over a weekend too', async () => {
    const { times, playing } = played(['posted', 'posted', 'posted'], '2025-07-03T12:00:00Z');
    await playing;
    expect(times).toEqual(['07-03T13:00', '07-04T13:00', '07-07T13:00']);
  });

  it('runs at once on request, then at the next time', async () => {
    const { times, playing } = played(['posted', 'posted'], '2025-07-08T11:00:00Z', { first: 'now' });
    await playing;
    expect(times).toEqual(['07-08T11:00', '07-08T13:00']);
  });

  it('tries again for a late announcement with delays up to an hour, then keeps the schedule', async () => {
    const steps: Step[] = [...Array<RunStatus>(7).fill('nothing-new'), 'posted', 'posted'];
    const { times, playing } = played(steps, '2025-07-08T12:00:00Z');
    await playing;
    expect(times).toEqual([
      '07-08T13:00',
      '07-08T13:10',
      '07-08T13:25',
      '07-08T13:47',
      '07-08T14:21',
      '07-08T15:11',
      '07-08T16:11',
      '07-08T17:11',
      '07-09T13:00',
    ]);
  });

  it('logs why a run failed before it tries again', async () => {
    const { lines, playing } = played([new Error('the network is down'), 'posted'], '2025-07-08T12:59:00Z');
    await playing;
    expect(lines).toContainEqual(
      expect.objectContaining({
        message: 'run failed, trying again',
        fields: expect.objectContaining({ reason: 'the network is down' }),
      }),
    );
    expect(lines.map(({ message }) => message)).not.toContain('announcement late, trying again');
  });

  it('reports and logs the time of each attempt and run', async () => {
    const { times, reported, lines, playing } = played(['nothing-new', 'posted', 'posted'], '2025-07-08T12:59:00Z');
    await playing;
    expect(times).toEqual(['07-08T13:00', '07-08T13:10', '07-09T13:00']);
    expect(reported.slice(0, 3)).toEqual(times);
    const logged = lines.flatMap(({ message, fields }) =>
      ['announcement late, trying again', 'next run'].includes(message) && 'at' in fields
        ? [String(fields.at).slice(5, 16)]
        : [],
    );
    expect(reported).toEqual(logged);
  });

  it('tries again after posting an older announcement than the one due', async () => {
    const steps: Step[] = [{ posted: '2025-07-07' }, 'nothing-new', { posted: '2025-07-08' }, 'posted'];
    const { times, playing } = played(steps, '2025-07-08T12:59:00Z');
    await playing;
    expect(times).toEqual(['07-08T13:00', '07-08T13:10', '07-08T13:25', '07-09T13:00']);
  });

  it('waits for no mailing on Saturday', async () => {
    const steps: Step[] = [{ posted: '2025-07-11' }, 'posted'];
    const { times, playing } = played(steps, '2025-07-12T12:59:00Z', { first: 'now' });
    await playing;
    expect(times).toEqual(['07-12T12:59', '07-14T13:00']);
  });

  it('leaves the evening’s mailing to the next morning', async () => {
    const steps: Step[] = [...Array<RunStatus>(15).fill('nothing-new'), 'posted'];
    const { times, playing } = played(steps, '2025-07-08T12:00:00Z');
    await playing;
    // 20:00 in New York is midnight in UTC.
    expect(times.at(-3)).toBe('07-08T23:11');
    expect(times.at(-2)).toBe('07-09T13:00');
  });

  it('waits for the mailing if the next time is most of a day later', async () => {
    const steps: Step[] = [...Array<RunStatus>(5).fill('nothing-new'), 'posted', 'posted'];
    const { times, playing } = played(steps, '2025-01-14T23:30:00Z', { timezone: 'Asia/Tokyo' });
    await playing;
    expect(times).toEqual([
      '01-15T00:00',
      '01-15T00:10',
      '01-15T00:25',
      '01-15T00:47',
      '01-15T01:21',
      '01-15T02:11',
      '01-16T00:00',
    ]);
  });

  it.each<Step>(['no-announcement', 'incomplete', new Error('a bug')])('tries again after %s', async (step) => {
    const { times, playing, lines } = played([step, 'posted'], '2025-07-08T12:59:00Z');
    await playing;
    expect(times).toEqual(['07-08T13:00', '07-08T13:10']);
    const failed = lines.filter(({ message }) => message === 'run failed').map(({ level }) => level);
    expect(failed).toEqual(step instanceof Error ? ['error'] : []);
  });

  it('stops at the next time, which has a run and delays of its own', async () => {
    const steps: Step[] = Array<RunStatus>(9).fill('nothing-new');
    const { times, playing } = played(steps, '2025-07-08T12:59:00Z', { schedule: '0 9,11 * * *' });
    await playing;
    expect(times).toEqual([
      '07-08T13:00',
      '07-08T13:10',
      '07-08T13:25',
      '07-08T13:47',
      '07-08T14:21',
      '07-08T15:00',
      '07-08T15:10',
      '07-08T15:25',
      '07-08T15:47',
    ]);
  });

  it('runs once, late, if the machine slept at its time', async () => {
    const { times, playing, clock } = played(['posted', 'posted'], '2025-07-08T12:00:00Z');
    clock.set('2025-07-08T16:30:00Z', 5);
    await playing;
    expect(times).toEqual(['07-08T16:30', '07-09T13:00']);
  });

  it('keeps trying for a late announcement if the machine slept beyond the next time', async () => {
    const steps: Step[] = ['nothing-new', 'nothing-new', 'nothing-new', 'posted'];
    const { times, playing, clock } = played(steps, '2025-07-08T12:59:30Z');
    clock.set('2025-07-09T16:00:00Z', 5);
    await playing;
    expect(times).toEqual(['07-08T13:00', '07-09T16:00', '07-09T16:10', '07-09T16:25']);
  });

  it('tries again after a run that lasted beyond the next time without posting', async () => {
    const { times, playing, clock } = played(
      [
        () => {
          clock.set('2025-07-09T13:30:00Z');
          return 'incomplete';
        },
        'posted',
        'posted',
      ],
      '2025-07-08T12:59:00Z',
    );
    await playing;
    expect(times).toEqual(['07-08T13:00', '07-09T13:40', '07-10T13:00']);
  });

  it('checks the time at least every minute', async () => {
    const { clock, playing } = played(['posted'], '2025-07-08T12:00:00Z');
    await playing;
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(60_000);
    expect(clock.slept).toHaveLength(60);
  });

  it('ends quietly if it is aborted while waiting', async () => {
    const { times, playing, stop } = played(['posted', 'posted'], '2025-07-08T02:00:00Z');
    stop.abort();
    await playing;
    expect(times).toEqual([]);
  });

  it('ends quietly if a run is aborted', async () => {
    const { lines, playing } = played([new Error('stopped by a signal')], '2025-07-08T12:00:00Z');
    await playing;
    expect(lines.map(({ message }) => message)).not.toContain('run failed');
  });

  it('ends if the schedule never matches', async () => {
    const { times, playing } = played(['posted'], '2025-07-08T12:00:00Z', { schedule: '0 9 30 2 *' });
    await playing;
    expect(times).toEqual([]);
  });
});

describe('a preparation', () => {
  const hourMs = 3_600_000;

  /** Keeps a schedule until two runs have begun. Returns what happened when, without the date of the first day. */
  const prepared = async (
    start: string,
    first: 'missed' | 'scheduled',
    prepare: (nth: number, clock: VirtualClock, signal: AbortSignal) => Promise<boolean>,
  ): Promise<string[]> => {
    const clock = createVirtualClock({ start: new Date(start) });
    const stop = new AbortController();
    const happened: string[] = [];
    const note = (what: string) => happened.push(`${clock.now().toISOString().slice(8, 16)} ${what}`);
    let runs = 0;
    const run = async (): Promise<RunResult> => {
      note('runs');
      runs += 1;
      if (runs === 2) stop.abort();
      return result('posted');
    };
    let nth = 0;
    const preparation = {
      leadMs: hourMs,
      prepare: async (time: Date, signal: AbortSignal) => {
        note(`prepares ${time.toISOString().slice(8, 16)}`);
        nth += 1;
        return prepare(nth, clock, signal);
      },
      prepareMissed: async (time: Date) => void note(`prepares missed days before ${time.toISOString().slice(8, 16)}`),
    };
    const channel = channelOf({ schedule: '0 9 * * 1-5', timezone: 'America/New_York' });
    await clock.run(keepSchedule(channel, first, run, { clock, logger: quietLogger, preparation }, stop.signal));
    return happened;
  };

  it('begins before each scheduled time', async () => {
    expect(await prepared('2025-07-08T11:00:00Z', 'scheduled', async () => true)).toEqual([
      ...['08T12:00 prepares 08T13:00', '08T13:00 runs', '09T12:00 prepares 09T13:00', '09T13:00 runs'],
    ]);
  });

  it('is repeated until it is ready', async () => {
    const happened = await prepared('2025-07-08T12:30:00Z', 'scheduled', async (nth) => nth > 2);
    expect(happened.slice(0, 4)).toEqual([
      ...['08T12:30', '08T12:40', '08T12:50'].map((at) => `${at} prepares 08T13:00`),
      '08T13:00 runs',
    ]);
  });

  it.each([
    ['lasts too long', (clock: VirtualClock, signal: AbortSignal) => clock.sleep(5 * hourMs, signal).then(() => true)],
    ['fails', () => Promise.reject(new Error('no batch'))],
  ])('never delays the run if it %s', async (_, work) => {
    const happened = await prepared('2025-07-08T12:30:00Z', 'scheduled', (__, clock, signal) => work(clock, signal));
    expect(happened).toContain('08T13:00 runs');
    expect(happened).toContain('09T13:00 runs');
  });

  it.each([
    [
      'before the time of the newest announcement',
      '2025-07-08T05:00:00Z',
      ['08T05:00 prepares missed days before 08T13:00', '08T05:00 runs'],
    ],
    ['not after it', '2025-07-08T15:00:00Z', ['08T15:00 runs', '09T12:00 prepares 09T13:00']],
    ['not on a weekend', '2025-07-12T05:00:00Z', ['12T05:00 runs', '14T12:00 prepares 14T13:00']],
  ])('comes before a run that missed its time, %s', async (_, start, expected) => {
    expect((await prepared(start, 'missed', async () => true)).slice(0, 2)).toEqual(expected);
  });
});
