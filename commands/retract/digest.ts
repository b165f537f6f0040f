import { lastRetraction } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { dayText, isWeekend, longDate } from '../../src/core/dates.ts';
import type { Digest } from '../../src/core/digest.ts';
import { UserError } from '../../src/core/errors.ts';
import {
  button,
  buttonRow,
  heading,
  type Message,
  message,
  note,
  type Part,
  paragraph,
  textMessage,
} from '../../src/core/message.ts';
import { countOf, type IsoDate } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';
import { describeCounts, describePrefilter, describeRemedial } from '../../src/digest/text.ts';
import { momentText } from '../shared/dates.ts';
import { personText } from '../shared/people.ts';

export const findDigest = (
  { digests }: Pick<Stores, 'digests'>,
  channel: Pick<Channel, 'name'>,
  date: IsoDate | undefined,
): Promise<Digest | undefined> =>
  date === undefined ? digests.newest(channel.name) : digests.find(channel.name, date);

const neighbors = (date: IsoDate, dates: readonly IsoDate[]): IsoDate[] =>
  [dates.find((other) => other < date), dates.findLast((other) => other > date)].filter((one) => one !== undefined);

const howToMake = async (
  { announcements }: Pick<Stores, 'announcements'>,
  { name, categories }: Pick<Channel, 'name' | 'categories'>,
  date: IsoDate,
): Promise<string> => {
  if (isWeekend(date)) return 'arXiv announces nothing on weekends.';
  const isEmpty =
    (await announcements.has(date, categories)) && (await announcements.read(date, categories)).length === 0;
  return isEmpty
    ? `arXiv announced nothing in ${categories.join(', ')} that day.`
    : `Your Paperboy admin can make it: npm run -s paperboy -- remedy --from ${date} --to ${date} --channel ${name}`;
};

/**
 * Says that there is no digest, with buttons for the nearest ones.
 * @param command The command that the buttons run; the date follows it.
 */
export const noDigest = async (
  stores: Pick<Stores, 'announcements' | 'digests'>,
  channel: Pick<Channel, 'name' | 'categories'>,
  date: IsoDate | undefined,
  command: string,
): Promise<Message> => {
  const dates = (await stores.digests.summaries(channel.name)).map((one) => one.date);
  const missing = date === undefined ? 'no digest yet' : `no digest for ${longDate(date)}`;
  const first = dates.length === 0 ? ' The next run makes the first one.' : '';
  const text = `${channel.name} has ${missing}.${first}`;
  return message(text, [
    paragraph(text),
    note(date !== undefined && (await howToMake(stores, channel, date))),
    buttonRow(date !== undefined && neighbors(date, dates).map((one) => button(dayText(one), [command, one]))),
  ]);
};

export const retractedMessage = async (
  context: Pick<CommandContext, 'stores' | 'person' | 'platforms' | 'mayManage'>,
  channel: Channel,
  date: IsoDate,
): Promise<Message | undefined> => {
  const { stores, mayManage } = context;
  const retraction = await lastRetraction(channel.name, date, stores.changes);
  if (!retraction || (await stores.digests.find(channel.name, date))) return undefined;
  const { by, at } = retraction;
  const summary = `The digest of ${longDate(date)} was retracted`;
  const text = `${summary} by ${personText(by, context)} (${momentText(new Date(at), channel.timezone)}).`;
  const canManage = mayManage(channel);
  const how = canManage
    ? 'It is not remade automatically.'
    : `The channel’s managers and the admins can remake it with /arxiv digest ${date}.`;
  return message(summary, [
    paragraph(`${text} ${how}`),
    buttonRow(canManage && button('Remake', ['digest', date, 'confirmed']), button('Newest papers', ['top'])),
  ]);
};

const isUnsent = async (digest: Digest, { outbox }: Pick<Stores, 'outbox'>): Promise<boolean> =>
  (await outbox.unfinished(digest.channel, digest.createdAt)).includes(digest.date);

const retractedDay = async (
  channel: Channel,
  date: IsoDate | undefined,
  { changes }: Pick<Stores, 'changes'>,
): Promise<IsoDate | undefined> => {
  const days = (await changes.list(channel.name, 'retract')).map(({ value }) => value.date);
  return date === undefined ? days.toSorted().at(-1) : days.find((day) => day === date);
};

const newerRetracted = async ({ stores, mayManage }: CommandContext, channel: Channel, shown: IsoDate) => {
  const day = await retractedDay(channel, undefined, stores);
  if (day === undefined || day <= shown) return undefined;
  const how = mayManage(channel) ? ` Type /arxiv digest ${day} to remake it.` : '';
  return paragraph(`The digest of ${longDate(day)} was retracted.${how} This is the newest remaining digest.`);
};

const sendMissing = async (context: CommandContext, channel: Channel, digest: Digest): Promise<Part> => {
  if (!(await isUnsent(digest, context.stores))) return paragraph('Everything has been sent.');
  if (!context.mayManage(channel))
    return paragraph(
      'Some papers are still unsent. The channel’s managers and the admins can send them with /arxiv digest.',
    );
  await context.progress(textMessage('Sending what is missing …'));
  try {
    const sent = await context.services.deliver(channel, digest.date, context.signal);
    return paragraph(sent > 0 ? `Sent ${countOf(sent, 'missing paper')}.` : 'Sent what was missing.');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [paragraph(error.message), buttonRow(button('Retry', ['digest', digest.date]))];
  }
};

const remade = async (
  context: CommandContext,
  channel: Channel,
  date: IsoDate,
  isConfirmed: boolean,
): Promise<Message> => {
  if (!isConfirmed || !context.mayManage(channel))
    return (await retractedMessage(context, channel, date)) ?? noDigest(context.stores, channel, date, 'digest');
  await context.progress(textMessage(`Remaking the digest of ${longDate(date)} …`));
  const sent = await context.services.deliver(channel, date, context.signal, context.person);
  const done = `The digest of ${longDate(date)} has been remade; ${countOf(sent, 'paper')} sent.`;
  return message(done, [paragraph(done), buttonRow(button('Top papers', ['top', date]))]);
};

export const digest = defineCommand({
  name: 'digest',
  summary: 'Show a digest and send any unsent messages',
  examples: ['digest', 'digest 2025-07-08'],
  options: {
    date: { type: 'date', description: 'date of the digest (default: the newest)' },
    confirmed: {
      type: 'word',
      isHidden: true,
      values: ['confirmed'],
      description: 'remake a retracted digest (managers)',
    },
  },

  async run(context, { date, confirmed }) {
    const { stores, services } = context;
    const channel = await context.channel();
    const found = await findDigest(stores, channel, date);
    if (!found) {
      const day = await retractedDay(channel, date, stores);
      if (day === undefined) return noDigest(stores, channel, date, 'digest');
      return remade(context, channel, day, confirmed !== undefined && date !== undefined);
    }
    const day = longDate(found.date);
    const url = services.pageUrl(`${channel.name}/${found.date}.html`);
    // The counts already say what was screened out. The reason is needed only if nothing was.
    const isPrefilterIdle = found.prefilter !== undefined && 'reason' in found.prefilter;
    return message(`${channel.name}, ${day}`, [
      heading(`${day} · ${channel.name}`),
      date === undefined && (await newerRetracted(context, channel, found.date)),
      paragraph(describeCounts(found)),
      paragraph(isPrefilterIdle && `The prefilter ${describePrefilter(found)}.`),
      paragraph(describeRemedial(found)),
      paragraph(url && { text: 'Full digest', url }),
      await sendMissing(context, channel, found),
      buttonRow(
        button('Top papers', ['top', found.date]),
        context.mayManage(channel) && button('Retract', ['retract', found.date]),
      ),
    ]);
  },
});
