import type { Channel } from '../../src/core/channel.ts';
import { longDate } from '../../src/core/clock.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { isWeekend } from '../../src/core/dates.ts';
import type { Digest } from '../../src/core/digest.ts';
import { UserError } from '../../src/core/errors.ts';
import { type Block, type Inline, type Message, textMessage } from '../../src/core/message.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { countOf } from '../../src/core/paper-text.ts';
import type { Stores } from '../../src/core/stores.ts';
import { describeCounts, describePrefilter, describeRemedial } from '../../src/digest/text.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { dayText } from '../shared/dates.ts';
import { takenBack } from './retract.ts';

/** The digest of a date, the newest if none is given. */
export const realDigest = (
  { digests }: Pick<Stores, 'digests'>,
  channel: Pick<Channel, 'name'>,
  date: IsoDate | undefined,
): Promise<Digest | undefined> =>
  date === undefined ? digests.newest(channel.name) : digests.find(channel.name, date);

/** The days with a digest that stand before and after a date. */
const neighbours = (date: IsoDate, dates: readonly IsoDate[]): IsoDate[] =>
  [dates.find((other) => other < date), dates.findLast((other) => other > date)].filter((one) => one !== undefined);

/** How the digest of a day is made up, or why there is none to make. */
const howMade = async (
  { announcements }: Pick<Stores, 'announcements'>,
  { name, categories }: Pick<Channel, 'name' | 'categories'>,
  date: IsoDate,
): Promise<string> => {
  if (isWeekend(date)) return 'arXiv announces nothing on weekends.';
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

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

const isUnsent = async (digest: Digest, { outbox }: Pick<Stores, 'outbox'>): Promise<boolean> =>
  (await outbox.unfinished(digest.channel, digest.createdAt)).includes(digest.date);

/** The day asked for where it was taken back; without one, the newest that was. */
const retractedDay = async (
  channel: Channel,
  asked: IsoDate | undefined,
  { changes }: Pick<Stores, 'changes'>,
): Promise<IsoDate | undefined> => {
  const days = (await changes.list(channel.name, 'retract')).map(({ value }) => value.date);
  return asked === undefined ? days.toSorted().at(-1) : days.find((day) => day === asked);
};

/** That a newer day than the one shown was taken back, where no day was asked for. */
const newerRetracted = async (
  { stores, mayManage }: CommandContext,
  channel: Channel,
  shown: IsoDate,
): Promise<Block[]> => {
  const day = await retractedDay(channel, undefined, stores);
  if (day === undefined || day <= shown) return [];
  const how = mayManage(channel) ? `; /arxiv digest ${day} makes it anew` : '';
  return [paragraph(`The digest of ${longDate(day)} was taken back${how}. This is the newest that there is.`)];
};

/** Sends what is missing, where the person may. @returns what is to be said of it. */
const sendMissing = async (context: CommandContext, channel: Channel, digest: Digest): Promise<Block[]> => {
  if (!(await isUnsent(digest, context.stores))) return [paragraph('Everything is sent.')];
  if (!context.mayManage(channel))
    return [
      paragraph('Some of it is not sent yet; the channel’s managers and the admins can send it with /arxiv digest.'),
    ];
  await context.progress(textMessage('Sending what is missing …'));
  try {
    const sent = await context.services.deliver(channel, digest.date, context.signal);
    return [
      paragraph(sent > 0 ? `Sent what was missing: ${countOf(sent, 'paper')}.` : 'What was missing is sent now.'),
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [paragraph(error.message), ...buttonsBlock(button('Try again', ['digest', digest.date]))];
  }
};

/** A day that was taken back: it is made anew only where a manager says so. */
const retracted = async (
  context: CommandContext,
  channel: Channel,
  date: IsoDate,
  isConfirmed: boolean,
): Promise<Message> => {
  if (!isConfirmed || !context.mayManage(channel))
    return (await takenBack(context, channel, date)) ?? noDigest(context.stores, channel, date, 'digest');
  await context.progress(textMessage(`Making the digest of ${longDate(date)} anew …`));
  const sent = await context.services.deliver(channel, date, context.signal, context.person);
  const done = `The digest of ${longDate(date)} is made anew; ${countOf(sent, 'paper')} sent.`;
  return { summary: done, blocks: [paragraph(done), ...buttonsBlock(button('Best papers', ['top', date]))] };
};

export const digest = defineCommand({
  name: 'digest',
  summary: 'the page of a day, and what of it is not sent yet',
  examples: ['digest', 'digest 2025-07-08'],
  options: {
    date: { type: 'date', description: 'the day; the newest if you do not say' },
    confirmed: {
      type: 'word',
      isHidden: true,
      values: ['confirmed'],
      description: 'make a day anew that was taken back (managers)',
    },
  },

  async run(context, { date, confirmed }) {
    const { stores, services } = context;
    const channel = await context.channel();
    const found = await realDigest(stores, channel, date);
    if (!found) {
      const day = await retractedDay(channel, date, stores);
      if (day === undefined) return noDigest(stores, channel, date, 'digest');
      return retracted(context, channel, day, confirmed !== undefined && date !== undefined);
    }
    const words = longDate(found.date);
    const url = services.pageUrl(`${channel.name}/${found.date}.html`);
    const remedial = describeRemedial(found);
    // What it skipped stands among the counts.
    const waits = found.prefilter !== undefined && 'reason' in found.prefilter;
    return {
      summary: `${channel.name}, ${words}`,
      blocks: [
        { type: 'heading', text: `${words} · ${channel.name}` },
        ...(date === undefined ? await newerRetracted(context, channel, found.date) : []),
        paragraph(describeCounts(found)),
        ...(waits ? [paragraph(`The prefilter ${describePrefilter(found)}.`)] : []),
        ...(remedial ? [paragraph(remedial)] : []),
        ...(url ? [paragraph({ text: 'The whole day', url })] : []),
        ...(await sendMissing(context, channel, found)),
        ...buttonsBlock([
          ...button('Best papers', ['top', found.date]),
          ...(context.mayManage(channel) ? button('Take it back', ['retract', found.date]) : []),
        ]),
      ],
    };
  },
});
