import { setImmediate } from 'node:timers/promises';
import type { Channel } from '../../src/core/channel.ts';
import type { DateRange } from '../../src/core/command.ts';
import { addDays, longDate, rangeDays } from '../../src/core/dates.ts';
import type { Digest } from '../../src/core/digest.ts';
import { UserError } from '../../src/core/errors.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';

export type DigestRange = {
  digests: Digest[];
  day: Digest | undefined;
  /** Text shown to people: "Tuesday, 8 July 2025". */
  words: string;
  /** Text for a command: "2025-07-08"; empty if no command accepts the range. */
  input: string;
  /** File name of its page within the channel; undefined if it has no page. */
  page: string | undefined;
};

const isDay = ({ from, to }: DateRange): boolean => from === to;

const monthOf = ({ from, to }: DateRange): string | undefined => {
  const month = from.slice(0, 7);
  return from.endsWith('-01') && to.startsWith(month) && !addDays(to, 1).startsWith(month) ? month : undefined;
};

const inputOf = (range: DateRange): string =>
  monthOf(range) ?? (addDays(range.from, rangeDays.week - 1) === range.to ? 'week' : 'month');

const nearestTo = (date: IsoDate, dates: readonly IsoDate[]): IsoDate | undefined => {
  const away = (other: IsoDate): number => Math.abs(Date.parse(other) - Date.parse(date));
  return dates.toSorted((a, b) => away(a) - away(b) || b.localeCompare(a))[0];
};

const noDigest = (range: DateRange | undefined, dates: readonly IsoDate[], command: string): UserError => {
  const [newest] = dates;
  if (!newest || !range) return new UserError('There is no digest yet. The next run makes the first one.');
  const nearest = nearestTo(range.from, dates) ?? newest;
  const wanted = isDay(range) ? range.from : range.words;
  return new UserError(
    `There is no digest for ${wanted}. Type /arxiv ${command} ${nearest} for the ${nearest === newest ? 'newest' : 'nearest'} one.`,
  );
};

/** Reads one week at a time and yields in between, because a month of long digests would block the event loop. */
export const readDigests = async (
  digests: Stores['digests'],
  channel: string,
  { from, to }: Omit<DateRange, 'words'>,
): Promise<Digest[]> => {
  const found: Digest[] = [];
  for (let start = from; start <= to; start = addDays(start, rangeDays.week)) {
    const end = addDays(start, rangeDays.week - 1);
    found.push(...(await digests.between(channel, start, end < to ? end : to)));
    await setImmediate();
  }
  return found;
};

/**
 * The channel's digests in a date range, or its newest digest if no range is given.
 * @param command The command that the error suggests, followed by the nearest date.
 * @throws UserError if there is no digest.
 */
export const readDigestRange = async (
  { digests }: Pick<Stores, 'digests'>,
  channel: Pick<Channel, 'name'>,
  range: DateRange | undefined,
  command: string,
): Promise<DigestRange> => {
  const none = async (): Promise<UserError> =>
    noDigest(
      range,
      (await digests.summaries(channel.name)).map(({ date }) => date),
      command,
    );
  if (range && !isDay(range)) {
    const found = await readDigests(digests, channel.name, range);
    if (found.length === 0) throw await none();
    const month = monthOf(range);
    return {
      ...{ digests: found, day: undefined, words: range.words, input: inputOf(range) },
      page: month && `${month}.html`,
    };
  }
  const day = await (range ? digests.find(channel.name, range.from) : digests.newest(channel.name));
  if (!day) throw await none();
  return { digests: [day], day, words: longDate(day.date), input: day.date, page: `${day.date}.html` };
};
