import type { Channel } from '../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../src/core/command.ts';
import { dayText } from '../src/core/dates.ts';
import { UserError } from '../src/core/errors.ts';
import { fold } from '../src/core/folding.ts';
import { bulletList, button, buttonRow, heading, type Message, message, note, paragraph } from '../src/core/message.ts';
import { createMute, isSameMuted, mutedText, readMuted } from '../src/core/mute.ts';
import { countOf, grouped, shorten } from '../src/core/paper.ts';
import { nearestOf } from './shared/nearest.ts';

const oneOf = (muted: readonly string[]): string => (muted.length === 1 ? 'it' : 'one of them');

const ruleOf = (muted: readonly string[]): string =>
  `Papers with ${oneOf(muted)} in title or abstract are left out, unless they are by followed authors.`;

const undoButton = button('Undo', ['mute', 'undo']);

/** As they are typed, so that each stays one. */
const asTyped = (muted: readonly string[]): string => muted.map((text) => `"${text}"`).join(' ');

/** "It would have left out 3 of 281 papers announced on 8 July 2025." */
const effectOf = async (
  { name, categories }: Channel,
  muted: readonly string[],
  { stores }: CommandContext,
): Promise<string> => {
  const newest = await stores.digests.newest(name);
  if (!newest) return '';
  const announced = await stores.announcements.read(newest.date, categories);
  const papers = new Map(announced.map(({ paper }) => [paper.id, paper]));
  const mutedIn = createMute(muted);
  const left = [...papers.values()].filter((paper) => mutedIn(paper) !== undefined).length;
  return ` Of ${countOf(papers.size, 'paper')} announced on ${dayText(newest.date)}, ${left === 1 ? '1 has' : `${grouped(left)} have`} ${oneOf(muted)}.`;
};

/** "federated learning" is one phrase, or two words that are each common. */
const question = (muted: readonly string[]): Message => {
  const words = muted.flatMap((text) => text.split(' '));
  return message('A phrase or words?', [
    paragraph(`Do you mean ${mutedText(muted)} as written, or each word? In a command, put quotes around phrases.`),
    buttonRow(
      button(shorten(`Mute ${mutedText(muted)}`, 75), ['mute', asTyped(muted)], 'primary'),
      button('Mute each word', ['mute', words.join(', ')]),
    ),
  ]);
};

const list = ({ name, mute: muted }: Channel): Message => {
  if (muted.length === 0)
    return message(`${name} mutes no words`, [
      paragraph(
        `${name} mutes no words. Type, for example, /arxiv mute blockchain. To stop all posts, type /arxiv pause.`,
      ),
    ]);
  const title = `Muted words of ${name}`;
  return message(title, [
    heading(title),
    bulletList(muted.toSorted((a, b) => a.localeCompare(b, 'en'))),
    note(`${ruleOf(muted)} Managers add words with /arxiv mute and remove them with /arxiv unmute.`),
  ]);
};

const undo = async (context: CommandContext, channel: Channel): Promise<Message> => {
  const now = await context.channels.undo(channel.name, 'mute', context.person);
  if (!now)
    throw new UserError(
      `There is nothing to undo: nobody has changed the muted words of ${channel.name} in chat. Type /arxiv mute for the list.`,
    );
  const done = 'The latest change to the muted words was undone';
  const state = now.mute.length === 0 ? 'no words' : mutedText(now.mute);
  return message(done, [
    paragraph(`${done}. ${now.name} now mutes ${state}.`),
    buttonRow(button('Muted words', ['mute']), button('History', ['history'])),
  ]);
};

export const mute = defineCommand({
  name: 'mute',
  summary: 'Show the muted words; managers can add words whose papers are left out',
  examples: ['mute', 'mute blockchain', 'mute "federated learning", survey', 'mute undo'],
  options: {
    words: { type: 'text', required: false, description: 'words, or phrases in quotes; undo for the latest change' },
  },

  async run(context, { words: typed }) {
    const channel = await context.channel();
    if (typed === undefined) return list(channel);
    context.requireManager(channel);
    if (fold(typed) === 'undo') return undo(context, channel);
    const { muted, isUnclear } = readMuted(typed);
    if (isUnclear) return question(muted);
    const added = muted.filter((text) => !channel.mute.some((one) => isSameMuted(one, text)));
    if (added.length === 0)
      throw new UserError(`${channel.name} already mutes ${mutedText(muted)}. Type /arxiv mute for all muted words.`);
    await context.channels.change(channel.name, { kind: 'mute', muted: [...channel.mute, ...added] }, context.person);
    const done = `${channel.name} now mutes ${mutedText(added)}`;
    return message(done, [
      paragraph(`${done}. ${ruleOf(added)}${await effectOf(channel, added, context)}`),
      buttonRow(undoButton, button('Muted words', ['mute'])),
    ]);
  },
});

export const unmute = defineCommand({
  name: 'unmute',
  summary: 'Remove muted words, so that their papers are posted again',
  examples: ['unmute blockchain'],
  rights: 'managers',
  options: {
    words: { type: 'text', required: true, description: 'words, or phrases in quotes' },
  },

  async run(context, { words: typed }) {
    const channel = await context.channel();
    const known = (text: string): string | undefined => channel.mute.find((one) => isSameMuted(one, text));
    const wanted = readMuted(typed).muted.flatMap((text) => (known(text) === undefined ? text.split(' ') : [text]));
    const missing = wanted.find((text) => known(text) === undefined);
    if (missing !== undefined) {
      const near = nearestOf(shorten(missing, 100), channel.mute);
      const advice = near ? `Did you mean /arxiv unmute ${near}?` : 'Type /arxiv mute for all muted words.';
      throw new UserError(`${channel.name} does not mute "${shorten(missing, 60)}". ${advice}`);
    }
    const removed = channel.mute.filter((one) => wanted.some((text) => isSameMuted(one, text)));
    const left = channel.mute.filter((one) => !removed.includes(one));
    await context.channels.change(channel.name, { kind: 'mute', muted: left }, context.person);
    const done = `${channel.name} no longer mutes ${mutedText(removed)}`;
    return message(done, [
      paragraph(`${done}. It mutes ${left.length === 0 ? 'no words' : mutedText(left)} now.`),
      buttonRow(undoButton, button('Muted words', ['mute'])),
    ]);
  },
});
