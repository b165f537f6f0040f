import { commands } from '../../commands/index.ts';
import { rightsOf } from '../../src/chat/dispatcher.ts';
import { parseCommand } from '../../src/chat/language/parse.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { isAddressOf } from '../../src/core/addresses.ts';
import type { ChannelRegistry } from '../../src/core/channel.ts';
import type { CommandContext, CommandEntry } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import { type Answer, type Block, isForm, type Message, plainText } from '../../src/core/message.ts';
import type { Services } from '../../src/core/services.ts';
import type { Stores } from '../../src/core/stores.ts';
import { registryOf } from '../fakes/channels.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { servicesOf } from '../fakes/services.ts';

/** By default, the channel is foundations and the time nine in the morning in New York on 8 July 2025. */
export type Asking = {
  list?: readonly CommandEntry[];
  channels?: ChannelRegistry;
  /** Name of the destination's channel; undefined if it has none. */
  channel?: string | undefined;
  person?: string;
  admins?: readonly string[];
  destination?: string;
  /** Where a request to the web page came from. */
  address?: string;
  fields?: Record<string, string>;
  services?: Partial<Services>;
  progress?: (message: Message) => void;
  now?: string;
};

/** Runs a command as a person, a form or a button sends it. */
export const answerTo = async (stores: Stores, text: string, asking: Asking = {}): Promise<Answer> => {
  const { list = commands, channels = registryOf(), person = 'slack:T1:U1', admins = [], fields = {} } = asking;
  const clock = createSteppingClock(asking.now ?? '2025-07-08T13:00:00Z');
  const { command, values } = parseCommand(text, list, clock.now());
  const named = 'channel' in asking ? asking.channel : channels.list()[0]?.name;
  const channel = named === undefined ? undefined : channels.find(named);
  const context: CommandContext = {
    channel: async () => {
      if (!channel) throw new UserError('Paperboy does not post here.');
      return channel;
    },
    ...rightsOf({ person }, admins, isAddressOf),
    ...{ channels, person, fields, clock, stores, platforms, commands: list, address: asking.address },
    destination: asking.destination ?? 'slack:T1:C1',
    thread: undefined,
    isMention: false,
    about: undefined,
    progress: async (message) => asking.progress?.(message),
    services: servicesOf(asking.services),
    signal: new AbortController().signal,
  };
  if (command.rights === 'managers') context.requireManager(channel);
  return command.run(context, values);
};

/** The answer, which must be a message. */
export const ask = async (stores: Stores, text: string, asking: Asking = {}): Promise<Message> => {
  const answer = await answerTo(stores, text, asking);
  if (isForm(answer)) throw new Error('a form was answered');
  return answer;
};

const linesOfBlock = (block: Block): string[] => {
  switch (block.type) {
    case 'heading':
    case 'code':
      return block.text.split('\n');
    case 'list':
      return block.items.map(plainText);
    case 'buttons':
      return block.buttons.map(({ label, command }) => `[${label}: ${command}]`);
    case 'chart':
      return [block.chart.title, ...block.chart.bars.map(({ label, shown }) => `${label} ${shown}`)];
    default:
      return [plainText(block.content)];
  }
};

/** What a reader sees of a message, one line per block, list item, button or bar. */
export const linesOf = ({ blocks }: Message): string[] => blocks.flatMap(linesOfBlock);
