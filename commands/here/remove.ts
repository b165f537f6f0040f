import type { Destination } from '../../src/core/addresses.ts';
import type { Channel } from '../../src/core/channel.ts';
import type { CommandContext } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Inline, Message } from '../../src/core/message.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { addHereDraft } from './drafts.ts';

/** An address without its team: `slack:T01TEAM:C01GEN` and `slack:C01GEN` are one place. */
const isSamePlace = (written: string, destination: Destination): boolean => {
  const [platform, id, ...more] = written.trim().split(':');
  const parts = destination.split(':');
  if (written.trim() === destination) return true;
  return more.length === 0 && id !== undefined && parts.length === 3 && parts[0] === platform && parts[2] === id;
};

/** The channel that posts in a place; the only channel there is may post elsewhere. */
export const placeOwner = (channels: readonly Channel[], destination: Destination): Channel | undefined =>
  channels.find(({ post }) => post.some((written) => isSamePlace(written, destination)));

const told = (summary: string, content: readonly Inline[], buttons: Parameters<typeof buttonsBlock>[0]): Message => ({
  summary,
  blocks: [{ type: 'paragraph', content: [...content] }, ...buttonsBlock(buttons)],
});

const question = ({ name }: Channel, changeId: number): Message =>
  told(
    `Shall I take ${name} away from this place?`,
    [
      { text: `This takes ${name} away from this place. `, bold: true },
      'Nothing more is posted, and its topics, schedule and followed authors hold no more. What was posted, its pages and its history stay.',
    ],
    [
      ...button('Take it away', ['here remove confirmed', String(changeId)], 'danger'),
      ...button('Only pause it', ['pause']),
    ],
  );

/**
 * Takes a channel away that was made in chat, after asking.
 *
 * @param confirmed The record by which the channel was made that was asked about; another may stand there since.
 * @throws UserError where nothing is here, or the config file has it.
 */
export const removeHere = async (context: CommandContext, confirmed: number | undefined): Promise<Message> => {
  const { channels, destination, person } = context;
  const owner = placeOwner(channels.list(), destination);
  if (!owner) throw new UserError('Nothing is posted in this place, so that there is nothing to take away.');
  const origin = channels.origin(owner.name);
  if (origin && confirmed !== origin.changeId) return question(owner, origin.changeId);
  await channels.remove(owner.name, person);
  const { name, categories, timezone, rubric } = owner;
  // What it read, to be had back by the same way as a new one.
  const draft = { name, timezone, topics: rubric.topics, categories: categories.join(', '), destination };
  const draftId = String(await addHereDraft(draft, context));
  return told(
    `${name} is taken away`,
    [
      { text: `${name} is taken away. `, bold: true },
      'Nothing more is posted here, but for a run that is under way. What was posted, its pages and its history stay.',
    ],
    button('Bring it back', ['herechange', draftId]),
  );
};
