import { addDays, weekdayOf } from '../../src/core/dates.ts';
import { mailingDates, nextMailing } from '../../src/daily/collect/mailing.ts';
import { createRandom } from '../evaluation/metrics.ts';
import { pausedChannel } from './teams.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Days after an evening without a mailing, as in https://info.arxiv.org/help/availability.html. */
const holidays = new Set([
  ...['2026-01-20', '2026-05-26', '2026-06-22', '2026-07-06', '2026-09-08', '2026-11-27', '2026-12-25', '2026-12-28'],
  ...['2027-01-01', '2027-01-19'],
]);

/** With fewer days, each outage lasts a day, no channel is paused, and clocks change in New York on the sixth day. */
const minLongDays = 60;

export type Outage = 'arxiv' | 'model' | 'database';

export type PlannedEvent = { at: Date } & (
  | { kind: 'mailing'; date: string }
  | { kind: 'down' | 'up'; what: Outage }
  /** Ends the bots at once, or as soon as one of them scores papers. */
  | { kind: 'restart'; when: 'now' | 'scoring' }
  | { kind: 'off' | 'on' }
  | { kind: 'say'; channel: string; text: 'pause' | 'resume' }
  /** People read, vote and send commands. */
  | { kind: 'people' }
  /** The outage or the night is long enough for its effect to show. */
  | { kind: 'check'; what: Outage | 'works' }
);

export type Span = { from: Date; to: Date };

export type Plan = {
  start: Date;
  end: Date;
  /** With an announcement, oldest first. */
  dates: string[];
  /** When arXiv shows a date. */
  shownAt: ReadonlyMap<string, Date>;
  outages: Partial<Record<Outage, Span>>;
  pause: Span | undefined;
  off: Span | undefined;
  events: PlannedEvent[];
};

const announcedDates = (days: number): string[] => {
  const first = days < minLongDays ? '2026-03-03' : '2026-01-06';
  return mailingDates(first, addDays(first, days * 2 + 10))
    .filter((date) => !holidays.has(date))
    .slice(0, days);
};

/** Noon in UTC of the first Monday on or after a share of the days. */
const mondayAt = (dates: readonly string[], share: number): Date => {
  const date = dates.slice(Math.floor(dates.length * share)).find((one) => weekdayOf(one) === 1);
  return new Date(`${date ?? dates.at(-1)}T12:00:00Z`);
};

const spanOf = (from: Date, ms: number): Span => ({ from, to: new Date(from.getTime() + ms) });

const spansOf = (dates: readonly string[]) => {
  if (dates.length >= minLongDays)
    return {
      arxiv: spanOf(mondayAt(dates, 0.33), 7 * dayMs),
      pause: spanOf(mondayAt(dates, 0.45), 21 * dayMs),
      model: spanOf(mondayAt(dates, 0.58), 7 * dayMs),
      database: spanOf(mondayAt(dates, 0.7), 16 * hourMs),
      off: spanOf(mondayAt(dates, 0.8), 3 * dayMs),
    };
  const noonOf = (index: number): Date => new Date(`${dates[Math.min(index, dates.length - 1)]}T12:00:00Z`);
  return { arxiv: spanOf(noonOf(2), dayMs), model: spanOf(noonOf(0), dayMs), pause: undefined, off: undefined };
};

export const createPlan = (days: number, seed: number): Plan => {
  const random = createRandom(seed);
  const dates = announcedDates(days);
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  const start = new Date(`${addDays(first, -1)}T18:00:00Z`);
  const end = new Date(`${addDays(last, 3)}T12:00:00Z`);
  const { pause, off, ...outages } = spansOf(dates);
  const events: PlannedEvent[] = [];
  const shownAt = new Map<string, Date>();
  for (const date of dates) {
    const mailing = nextMailing(new Date(`${addDays(date, -1)}T12:00:00Z`));
    // Some mailings come only the next morning.
    const delay = (5 + random() * 30) * 60_000 + (random() < 0.04 ? (11 + 4 * random()) * hourMs : 0);
    const at = new Date(mailing.getTime() + delay);
    shownAt.set(date, at);
    events.push({ at, kind: 'mailing', date });
    events.push({ at: new Date(`${date}T21:30:00Z`), kind: 'people' });
  }
  for (let at = start.getTime() + dayMs; at < end.getTime() - 2 * dayMs; at += (1 + random() * 8) * dayMs)
    events.push({ at: new Date(at), kind: 'restart', when: random() < 0.5 ? 'now' : 'scoring' });
  for (const [what, { from, to }] of Object.entries(outages) as [Outage, Span][])
    events.push(
      { at: from, kind: 'down', what },
      { at: new Date(to.getTime() - 60_000), kind: 'check', what },
      { at: to, kind: 'up', what },
      // By then, each channel has had a scheduled time.
      { at: new Date(to.getTime() + dayMs), kind: 'check', what: 'works' },
    );
  if (pause)
    events.push(
      { at: pause.from, kind: 'say', channel: pausedChannel, text: 'pause' },
      { at: pause.to, kind: 'say', channel: pausedChannel, text: 'resume' },
    );
  if (off) events.push({ at: off.from, kind: 'off' }, { at: off.to, kind: 'on' });
  events.push({ at: end, kind: 'check', what: 'works' });
  const isOff = ({ at, kind }: PlannedEvent): boolean =>
    off !== undefined && at >= off.from && at <= off.to && (kind === 'people' || kind === 'restart');
  return {
    ...{ start, end, dates, shownAt, outages, pause, off },
    events: events.filter((event) => !isOff(event)).sort((one, other) => one.at.getTime() - other.at.getTime()),
  };
};
