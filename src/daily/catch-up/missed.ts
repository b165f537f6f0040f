import type { Channel, ChannelRegistry } from '../../core/channel.ts';
import { addDays, type Clock } from '../../core/clock.ts';
import type { DigestSummary, Remedial } from '../../core/digest.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { Stores } from '../../core/stores.ts';
import { lastMailingDate, mailingDates, previousMailingDate } from '../collect/mailing.ts';
import { retractedDays } from '../retract.ts';
import { lastTime } from '../schedule.ts';

/**
 * The days that a channel had a digest of, also one that was taken back: between these it can have missed some. A channel
 * that was taken away in chat and made again under its name begins anew, as a new one.
 */
export const knownDays = async (
  { name }: Pick<Channel, 'name'>,
  { digests, changes }: Pick<Stores, 'digests' | 'changes'>,
): Promise<Pick<DigestSummary, 'date' | 'remedial'>[]> => {
  const removal = (await changes.list(name, 'remove')).at(-1);
  const made = (await digests.summaries(name)).filter(({ createdAt }) => !removal || createdAt > removal.at);
  return [...made, ...(await retractedDays(name, changes, removal?.changeId))];
};

type MissedTimeParts = {
  stores: { digests: Pick<Stores['digests'], 'newest'>; outbox: Pick<Stores['outbox'], 'unfinished'> };
  channels: Pick<ChannelRegistry, 'origin'>;
  clock: Pick<Clock, 'now'>;
};

/** True where a channel has no digest yet, or one not wholly sent, or its time passed while the bot was off. */
export const missedItsTime = async (
  { name, schedule, timezone }: Channel,
  { stores, channels, clock }: MissedTimeParts,
): Promise<boolean> => {
  const newest = await stores.digests.newest(name);
  const last = lastTime(schedule, timezone, clock.now());
  // Whoever made a channel in chat was told when its first papers come. Digests from before are of one that was taken away.
  const made = channels.origin(name);
  if (made && (!newest || newest.createdAt < made.at)) return last !== undefined && last > new Date(made.at);
  // A remedial digest says nothing of today's.
  if (!newest || newest.remedial) return true;
  if ((await stores.outbox.unfinished(name, newest.createdAt)).length > 0) return true;
  return last !== undefined && last > new Date(newest.createdAt);
};

/** So many mailings before the newest are made up for by themselves; after a long time off that is enough to read. */
const maxMailings = 5;

/** No row of holidays is longer than this many weekdays. */
const maxLooks = 10;

type Missed = {
  /** Dates to make up for, oldest first. */
  dates: IsoDate[];
  /** Dates further back without a digest, oldest first; holidays among them are not known. */
  older: IsoDate[];
};

/**
 * The dates among the last five mailings before the newest for which a channel has no digest. What was announced before
 * its first digest, remedial ones aside, it has not missed.
 *
 * @param wasEmpty Whether a date had no announcement: a holiday. Asked for dates without a digest, newest first.
 */
export const missedDates = async (
  newest: IsoDate,
  digests: readonly Pick<DigestSummary, 'date' | 'remedial'>[],
  wasEmpty: (date: IsoDate) => Promise<boolean>,
): Promise<Missed> => {
  const known = new Set(digests.map(({ date }) => date));
  const onTheirDay = digests.filter(({ remedial }) => !remedial).map(({ date }) => date);
  const first = onTheirDay.sort()[0] ?? newest;
  const dates: IsoDate[] = [];
  let date = previousMailingDate(newest);
  let mailings = 0;
  for (let looks = 0; looks < maxLooks && mailings < maxMailings && date > first; looks += 1) {
    if (known.has(date)) mailings += 1;
    else if (!(await wasEmpty(date))) {
      mailings += 1;
      dates.unshift(date);
    }
    date = previousMailingDate(date);
  }
  return { dates, older: mailingDates(addDays(first, 1), date).filter((one) => !known.has(one)) };
};

/**
 * What is remedial in a digest of a date that is made at an instant; undefined for the day's own mailing.
 *
 * @param wasEmpty Whether a date is known to have had no announcement: a holiday.
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
