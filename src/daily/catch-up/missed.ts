import type { Channel, ChannelRegistry } from '../../core/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { addDays } from '../../core/dates.ts';
import type { DigestSummary, Remedial } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Stores } from '../../core/stores.ts';
import type { Collected, Collector } from '../collect/collect.ts';
import { lastMailingDate, mailingDates, previousMailingDate } from '../collect/mailing.ts';
import { retractedDays } from '../retract.ts';
import { lastTime } from '../schedule.ts';

/** Dates with a digest, including retracted ones. A channel recreated in chat has none from before its removal. */
const knownDays = async (
  { name }: Pick<Channel, 'name'>,
  { digests, changes }: Pick<Stores, 'digests' | 'changes'>,
): Promise<Pick<DigestSummary, 'date' | 'remedial'>[]> => {
  const removal = (await changes.list(name, 'remove')).at(-1);
  const made = (await digests.summaries(name)).filter(({ createdAt }) => !removal || createdAt > removal.at);
  return [...made, ...(await retractedDays(name, changes, removal?.changeId))];
};

type MissedTimeParts = {
  stores: {
    digests: Pick<Stores['digests'], 'newestSummaries'>;
    outbox: Pick<Stores['outbox'], 'unsentOf'>;
    changes: Pick<Stores['changes'], 'ofChannels'>;
  };
  channels: Pick<ChannelRegistry, 'origin'>;
  clock: Pick<Clock, 'now'>;
};

/** The channels that have no digest yet, have an unsent one, or were scheduled while the bot was off. */
export const missedTheirTime = async (
  all: readonly Channel[],
  { stores, channels, clock }: MissedTimeParts,
): Promise<Channel[]> => {
  const digests = await stores.digests.newestSummaries(all.map(({ name }) => name));
  const created = new Map([...digests].map(([name, { createdAt }]) => [name, createdAt]));
  const unsent = await stores.outbox.unsentOf(created);
  const postponed = await stores.changes.ofChannels(['postpone']);
  return all.filter(({ name, schedule, timezone }) => {
    const newest = digests.get(name);
    const last = lastTime(schedule, timezone, clock.now());
    // A channel starts at the scheduled time that its creator saw, if it was created in chat or set up with a preview.
    // Older digests belong to a removed channel.
    const made = channels.origin(name) ?? postponed.get(name)?.at(-1);
    if (made && (!newest || newest.createdAt < made.at)) return last !== undefined && last > new Date(made.at);
    // A remedial digest does not show whether today's is posted.
    if (!newest || newest.remedial || unsent.has(name)) return true;
    return last !== undefined && last > new Date(newest.createdAt);
  });
};

const maxMailings = 5;

/** In weekdays. Longer than any series of holidays. */
const maxWeekdays = 10;

type Missed = {
  dates: IsoDate[];
  older: IsoDate[];
};

/**
 * Dates without a digest among the five mailings before the newest, excluding any before the channel's first regular
 * digest.
 * @param wasEmpty True for a holiday. Called for dates without a digest, newest first.
 */
export const missedDates = async (
  newest: IsoDate,
  digests: readonly Pick<DigestSummary, 'date' | 'remedial'>[],
  wasEmpty: (date: IsoDate) => Promise<boolean>,
): Promise<Missed> => {
  const known = new Set(digests.map(({ date }) => date));
  const regular = digests.filter(({ remedial }) => !remedial).map(({ date }) => date);
  const first = regular.sort()[0] ?? newest;
  const dates: IsoDate[] = [];
  let date = previousMailingDate(newest);
  let mailings = 0;
  for (let weekdays = 0; weekdays < maxWeekdays && mailings < maxMailings && date > first; weekdays += 1) {
    if (known.has(date)) mailings += 1;
    else if (!(await wasEmpty(date))) {
      mailings += 1;
      dates.unshift(date);
    }
    date = previousMailingDate(date);
  }
  return { dates, older: mailingDates(addDays(first, 1), date).filter((one) => !known.has(one)) };
};

/** True for a date that was announced as empty. */
export const isStoredEmpty = async (
  date: IsoDate,
  { categories }: Pick<Channel, 'categories'>,
  { announcements }: Pick<Stores, 'announcements'>,
): Promise<boolean> =>
  (await announcements.has(date, categories)) && (await announcements.count(date, categories)) === 0;

/** Collects the missed days that a run catches up on. */
export const collectMissed = async (
  channel: Channel,
  newest: IsoDate,
  { stores, collector }: { stores: Pick<Stores, 'announcements' | 'changes' | 'digests'>; collector: Collector },
  signal: AbortSignal,
): Promise<Missed & { found: ReadonlyMap<IsoDate, Collected> }> => {
  const found = new Map<IsoDate, Collected>();
  const wasEmpty = async (date: IsoDate): Promise<boolean> => {
    const collected = await collector.on(date, channel.categories, signal);
    found.set(date, collected);
    return collected.kind === 'none' || (await isStoredEmpty(date, channel, stores));
  };
  return { ...(await missedDates(newest, await knownDays(channel, stores), wasEmpty)), found };
};

/**
 * Undefined for the latest mailing.
 * @param wasEmpty True for a known holiday.
 */
export const remedialOf = async (
  date: IsoDate,
  approximate: boolean,
  now: Date,
  wasEmpty: (date: IsoDate) => Promise<boolean>,
): Promise<Remedial | undefined> => {
  if (date >= lastMailingDate(now)) return undefined;
  let from = previousMailingDate(date);
  while (await wasEmpty(from)) from = previousMailingDate(from);
  return { from, to: addDays(date, -1), approximate };
};
