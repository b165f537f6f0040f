import { lastRetraction } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import { longDate } from '../../src/core/clock.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { type Block, type Inline, type Message, textMessage } from '../../src/core/message.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { countOf } from '../../src/core/paper-text.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { momentText } from '../shared/dates.ts';
import { personText } from '../shared/people.ts';
import { noDigest, realDigest } from './digest.ts';

/** That a day without a digest had one that was taken back, by whom, and how it is made anew; undefined for any other. */
export const takenBack = async (
  context: Pick<CommandContext, 'stores' | 'person' | 'platforms' | 'mayManage'>,
  channel: Channel,
  date: IsoDate,
): Promise<Message | undefined> => {
  const { stores, mayManage } = context;
  const retraction = await lastRetraction(channel.name, date, stores.changes);
  if (!retraction || (await stores.digests.find(channel.name, date))) return undefined;
  const { by, at } = retraction;
  const summary = `The digest of ${longDate(date)} was taken back`;
  const text = `${summary} by ${personText(by, context)} (${momentText(new Date(at), channel.timezone)}).`;
  const canManage = mayManage(channel);
  const how = canManage
    ? 'It does not come back by itself.'
    : `The channel’s managers and the admins can have it made anew with /arxiv digest ${date}.`;
  return {
    summary,
    blocks: [
      { type: 'paragraph', content: [`${text} ${how}`] },
      ...buttonsBlock([
        ...(canManage ? button('Make and post it anew', ['digest', date, 'confirmed']) : []),
        ...button('Newest papers', ['top']),
      ]),
    ],
  };
};

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

export const retract = defineCommand({
  name: 'retract',
  summary: 'take a bad digest back: its messages, and the votes on them; asks first',
  examples: ['retract', 'retract 2025-07-08'],
  rights: 'managers',
  options: {
    date: { type: 'date', description: 'the day; the newest if you do not say' },
    confirmed: { type: 'word', isHidden: true, values: ['confirmed'], description: 'do it at once; only with a day' },
  },

  async run(context, { date, confirmed }) {
    const { stores, services, signal, person } = context;
    const channel = await context.channel();
    const digest = await realDigest(stores, channel, date);
    if (!digest)
      return (date && (await takenBack(context, channel, date))) || noDigest(stores, channel, date, 'retract');
    const words = longDate(digest.date);
    // Without a day the one that was looked at may not be the newest any more.
    if (confirmed && date !== undefined) {
      await context.progress(textMessage(`Taking the digest of ${words} back …`));
      const removed = await services.retract(channel, digest.date, signal, person);
      const done = `The digest of ${words} is taken back; ${countOf(removed, 'message')} removed.`;
      return {
        summary: done,
        blocks: [
          paragraph(`${done} It does not come back by itself.`),
          ...buttonsBlock([
            ...button('Make and post it anew', ['digest', digest.date, 'confirmed']),
            ...button('What was changed', ['history']),
          ]),
        ],
      };
    }
    const votes = await stores.reactions.votes(
      channel.name,
      digest.entries.map(({ paper }) => paper.id),
    );
    const count = [...votes.values()].reduce((sum, { up, down }) => sum + up + down, 0);
    const what = `This takes back the digest of ${words}: ${countOf(digest.entries.length, 'paper')}, posted in ${countOf(channel.post.length, 'place')}`;
    return {
      summary: `Shall I take the digest of ${words} back?`,
      blocks: [
        paragraph(`${what}, with ${countOf(count, 'vote')} on them. Their messages are removed.`),
        { type: 'list', ordered: false, items: channel.post.map((place): Inline[] => [place]) },
        ...buttonsBlock([
          ...button('Take it back', ['retract', digest.date, 'confirmed'], 'danger'),
          ...button('Look at it first', ['digest', digest.date]),
        ]),
      ],
    };
  },
});
