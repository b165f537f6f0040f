import { type Command, type CommandEntry, defineCommand, type Options } from '../../src/core/command.ts';
import { textMessage } from '../../src/core/message.ts';
import type { CommandInput } from '../../src/core/platform.ts';

/** A command that answers with its name and values. */
export const commandOf = (name: string, options: Options = {}, more: Partial<Command> = {}): Command => ({
  ...defineCommand({
    ...{ name, options, summary: `does ${name}`, examples: [name] },
    run: async (_, values) => textMessage(`${name} ${JSON.stringify(values)}`),
  }),
  ...more,
});

/** What a platform sent as a text, whether it sent one or typed options. */
export const commandText = ({ text, command, values }: CommandInput): string =>
  text ?? [command, ...Object.values(values)].join(' ');

/** Commands with every kind of option, and a group. */
export const everyKind: readonly CommandEntry[] = [
  commandOf(
    'top',
    {
      n: { type: 'integer', description: 'how many', minimum: 1, maximum: 50 },
      date: { type: 'date', description: 'the day' },
    },
    { examples: ['top 5', 'top 5 2025-07-08'] },
  ),
  commandOf('help', { command: { type: 'text', description: 'one command', required: false } }),
  commandOf(
    'ask',
    {
      order: { type: 'word', description: 'the order', values: ['newest', 'best'] },
      n: { type: 'integer', description: 'how many', minimum: 1, maximum: 9 },
      question: { type: 'text', description: 'what you want to know', required: true },
    },
    { examples: ['ask best 3 what is new', 'ask why', 'ask 2 how'] },
  ),
  commandOf('between', { from: { type: 'date', description: 'first' }, to: { type: 'date', description: 'last' } }),
  {
    name: 'topics',
    summary: 'what is read for',
    commands: [
      commandOf('show'),
      commandOf('edit', { text: { type: 'text', description: 'the new topics', required: true } }),
    ],
  },
];
