import { setImmediate } from 'node:timers/promises';
import type { Channel } from '../../src/core/channel.ts';
import { addDays, longDate } from '../../src/core/clock.ts';
import type { Period } from '../../src/core/command.ts';
import type { Digest } from '../../src/core/digest.ts';
import { UserError } from '../../src/core/errors.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';

/** The digests of a stretch of days; `day` where it is one day. */
export type Stretch = {
  digests: Digest[];
  day: Digest | undefined;
  /** As people say it. */
  words: string;
  /** As people type it; empty where they cannot. */
  typed: string;
  /** Name of its page among those of the channel; undefined where it has none of its own. */
  page: string | undefined;
};

const isDay = ({ from, to }: Period): boolean => from === to;

/** The month that a period is, such as `2025-07`; undefined for any other. */
const monthOf = ({ from, to }: Period): string | undefined => {
  const month = from.slice(0, 7);
  return from.endsWith('-01') && to.startsWith(month) && !addDays(to, 1).startsWith(month) ? month : undefined;
};

const weekDays = 7;

const typedPeriod = (period: Period): string =>
  monthOf(period) ?? (addDays(period.from, weekDays - 1) === period.to ? 'week' : 'month');

const nearestTo = (date: IsoDate, dates: readonly IsoDate[]): IsoDate | undefined => {
  const away = (other: IsoDate): number => Math.abs(Date.parse(other) - Date.parse(date));
  return dates.toSorted((a, b) => away(a) - away(b) || b.localeCompare(a))[0];
};

const noDigest = (period: Period | undefined, dates: readonly IsoDate[], command: string): UserError => {
  const [newest] = dates;
  if (!newest || !period) return new UserError('There is no digest yet; the first one comes with the next run.');
  const nearest = nearestTo(period.from, dates) ?? newest;
  const asked = isDay(period) ? period.from : period.words;
  const which = nearest === newest ? 'newest' : 'nearest';
  return new UserError(
    `There is no digest of ${asked}; the ${which} is of ${nearest}: type /arxiv ${command} ${nearest}.`,
  );
};

/** Week by week, letting others in between: a month of long digests holds the event loop for too long. */
const readDays = async (digests: Stores['digests'], channel: string, { from, to }: Period): Promise<Digest[]> => {
  const found: Digest[] = [];
  for (let start = from; start <= to; start = addDays(start, weekDays)) {
    const end = addDays(start, weekDays - 1);
    found.push(...(await digests.between(channel, start, end < to ? end : to)));
    await setImmediate();
  }
  return found;
};

/**
 * The channel's digests of a period, the newest one if none is given.
 *
 * @param command What a person types before the date that is offered where there is no digest.
 * @throws UserError where there is none, with the nearest date that has one.
 */
export const readStretch = async (
  { digests }: Pick<Stores, 'digests'>,
  channel: Pick<Channel, 'name'>,
  period: Period | undefined,
  command: string,
): Promise<Stretch> => {
  const none = async (): Promise<UserError> =>
    noDigest(
      period,
      (await digests.summaries(channel.name)).map(({ date }) => date),
      command,
    );
  if (period && !isDay(period)) {
    const found = await readDays(digests, channel.name, period);
    if (found.length === 0) throw await none();
    const month = monthOf(period);
    const page = month && `${month}.html`;
    return { digests: found, day: undefined, words: period.words, typed: typedPeriod(period), page };
  }
  const day = await (period ? digests.find(channel.name, period.from) : digests.newest(channel.name));
  if (!day) throw await none();
  return day.sample
    ? { digests: [day], day, words: 'the sample day (invented papers)', typed: '', page: 'sample.html' }
    : { digests: [day], day, words: longDate(day.date), typed: day.date, page: `${day.date}.html` };
};
