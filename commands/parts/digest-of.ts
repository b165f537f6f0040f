import type { Channel } from '../../src/core/channel.ts';
import { longDate } from '../../src/core/clock.ts';
import type { Digest } from '../../src/core/digest.ts';
import type { Block, Message } from '../../src/core/message.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';
import { button, buttonsBlock } from './buttons.ts';
import { dayText } from './dates.ts';

/** The digest of a date, the newest if none is given; the sample is none. */
export const realDigest = async (
  { digests }: Pick<Stores, 'digests'>,
  channel: Pick<Channel, 'name'>,
  date: IsoDate | undefined,
): Promise<Digest | undefined> => {
  const digest = await (date === undefined ? digests.newest(channel.name) : digests.find(channel.name, date));
  return digest?.sample ? undefined : digest;
};

/** The days with a digest that stand before and after a date. */
const neighbours = (date: IsoDate, dates: readonly IsoDate[]): IsoDate[] =>
  [dates.find((other) => other < date), dates.findLast((other) => other > date)].filter((one) => one !== undefined);

/** How the digest of a day is made up, or why there is none to make. */
const howMade = async (
  { announcements }: Pick<Stores, 'announcements'>,
  { name, categories }: Pick<Channel, 'name' | 'categories'>,
  date: IsoDate,
): Promise<string> => {
  if ([0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())) return 'arXiv announces nothing on weekends.';
  const isEmpty =
    (await announcements.has(date, categories)) && (await announcements.read(date, categories)).length === 0;
  return isEmpty
    ? `arXiv announced nothing in ${categories.join(', ')} that day.`
    : `Whoever runs me can make it up: npm run -s paperboy -- remedy --from ${date} --to ${date} --channel ${name}`;
};

/**
 * What to do where there is no digest: the nearest ones as buttons, and how it is made.
 *
 * @param command What the buttons say before the date.
 */
export const noDigest = async (
  stores: Pick<Stores, 'announcements' | 'digests'>,
  channel: Pick<Channel, 'name' | 'categories'>,
  date: IsoDate | undefined,
  command: string,
  buttons: Parameters<typeof buttonsBlock>[0] = [],
): Promise<Message> => {
  const dates = (await stores.digests.summaries(channel.name)).map((one) => one.date);
  const near = date === undefined ? [] : neighbours(date, dates);
  const first = 'The first one comes with the next run.';
  const text =
    date === undefined
      ? `${channel.name} has no digest yet. ${first}`
      : `${channel.name} has no digest of ${longDate(date)}.${dates.length === 0 ? ` ${first}` : ''}`;
  return {
    summary: text,
    blocks: [
      { type: 'paragraph', content: [text] },
      ...(date === undefined
        ? []
        : [{ type: 'note', content: [await howMade(stores, channel, date)] } satisfies Block]),
      ...buttonsBlock([...buttons, ...near.flatMap((one) => button(dayText(one), [command, one]))]),
    ],
  };
};
