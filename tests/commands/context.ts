import { commands } from '../../commands/index.ts';
import { parseCommand } from '../../src/chat/parse.ts';
import { type Message, plainText } from '../../src/core/message.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { channelOf } from '../fakes/fixtures.ts';

/** Asks a command as a person types it. */
export const ask = (stores: Stores, text: string, list = commands): Promise<Message> => {
  const clock = createSteppingClock('2025-07-08T13:00:00Z');
  const { command, values } = parseCommand(text, list, clock.now());
  const channel = channelOf();
  const context = {
    channel: async () => channel,
    channels: [channel],
    person: 'slack:T1:U1',
    clock,
    stores,
    commands: list,
  };
  return command.run(context, values);
};

/** What a reader sees of a message, a line a block or list item. */
export const linesOf = ({ blocks }: Message): string[] =>
  blocks.flatMap((block) => {
    if (block.type === 'heading' || block.type === 'code') return block.text.split('\n');
    return block.type === 'list' ? block.items.map(plainText) : [plainText(block.content)];
  });
