import { ask as askPaper } from '../../commands/ask.ts';
import { follow, following, unfollow } from '../../commands/follow.ts';
import { here, hereChange, hereCheck, hereStart } from '../../commands/here/here.ts';
import { history } from '../../commands/history.ts';
import { mute, unmute } from '../../commands/mute.ts';
import { pause, resume } from '../../commands/pause.ts';
import { rescore } from '../../commands/rescore.ts';
import { digest } from '../../commands/retract/digest.ts';
import { retract } from '../../commands/retract/retract.ts';
import { schedule } from '../../commands/schedule.ts';
import { topics } from '../../commands/topics/index.ts';
import { categoryFault } from '../../config/category.ts';
import { channelNameFault, cronFault, timeZoneFault } from '../../config/values.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { CommandEntry } from '../../src/core/command.ts';
import { type Button, isForm, type Message } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createChannelRegistry } from '../../src/daily/channels/channels.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { channelOf, rubricOf } from '../fakes/fixtures.ts';
import { type Asking, answerTo, linesOf } from './context.ts';

/** The commands that change things, with the hidden ones of their buttons and forms. */
export const changing: readonly CommandEntry[] = [
  ...[rescore, askPaper, digest, retract, topics, mute, unmute, follow, unfollow, following],
  ...[here, hereCheck, hereChange, hereStart, pause, resume, schedule, history],
];

export const manager = 'slack:T1:UMANAGER';
export const otherManager = 'slack:T1:UOTHER';
export const reader = 'slack:T1:UREADER';

export const managed = (more: Partial<Channel> = {}): Channel =>
  channelOf({ post: ['slack:C1'], managers: ['slack:UMANAGER', otherManager], ...more });

/** The channels with their changes on record, as the bot has them. */
export const changingChannels = (stores: Stores, fileChannels: readonly Channel[] = [managed()]) =>
  createChannelRegistry({
    ...{
      fileChannels,
      changes: stores.changes,
      digests: stores.digests,
      clock: createSteppingClock('2025-07-08T13:00:00Z'),
    },
    createRubric: (texts) => rubricOf({ ...texts, hash: `hash of ${JSON.stringify(texts)}` }),
    defaults: { schedule: '0 9 * * 1-5', language: 'English', criteria: 'Built-in criteria.' },
    validate: { name: channelNameFault, schedule: cronFault, category: categoryFault, timezone: timeZoneFault },
  });

/** A person who sends commands, by default a manager. */
export const talk = async (stores: Stores, more: Asking = {}) => {
  const channels = more.channels ?? (await changingChannels(stores));
  const asking: Asking = { list: changing, person: manager, ...more, channels };
  const answerOf = (text: string, now: Asking = {}) => answerTo(stores, text, { ...asking, ...now });
  const message = async (text: string, now: Asking = {}): Promise<Message> => {
    const given = await answerOf(text, now);
    if (isForm(given)) throw new Error(`"${text}" answered a form`);
    return given;
  };
  return {
    channels,
    message,
    lines: async (text: string, now: Asking = {}): Promise<string[]> => linesOf(await message(text, now)),
    form: async (text: string, now: Asking = {}) => {
      const given = await answerOf(text, now);
      if (!isForm(given)) throw new Error(`"${text}" answered a message`);
      return given.form;
    },
  };
};

export const buttonsOf = ({ blocks }: Message): readonly Button[] =>
  blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));

/** The command of the button with this label. */
export const pressed = (message: Message, label: string): string => {
  const found = buttonsOf(message).find((one) => one.label === label);
  if (!found)
    throw new Error(
      `no button "${label}" among ${buttonsOf(message)
        .map((one) => one.label)
        .join(', ')}`,
    );
  return found.command;
};
