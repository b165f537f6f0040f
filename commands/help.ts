import { acknowledgement } from '../src/core/acknowledgement.ts';
import { defineCommand, type ListedCommand, listedCommands, type Option, usageText } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Block, Inline } from '../src/core/message.ts';
import { shorten } from '../src/core/paper-text.ts';

const rangeOf = (option: Option): string => {
  if (option.type === 'integer') return ` (${option.minimum} to ${option.maximum})`;
  if (option.type === 'date') return ' (such as 2025-07-08, today or yesterday)';
  return option.type === 'word' ? ` (${option.values.join(', ')})` : '';
};

const details = (listed: ListedCommand): Block[] => {
  const { command } = listed;
  const options = Object.entries(command.options).map(([name, option]): Inline[] => [
    { text: name, code: true },
    ` ${option.description}${rangeOf(option)}`,
  ]);
  return [
    { type: 'paragraph', content: [{ text: `/arxiv ${usageText(listed)}`, code: true }, `  ${command.summary}`] },
    ...(options.length > 0 ? [{ type: 'list' as const, ordered: false, items: options }] : []),
    { type: 'paragraph', content: ['For example:'] },
    { type: 'code', text: command.examples.map((example) => `/arxiv ${example}`).join('\n') },
  ];
};

export const help = defineCommand({
  name: 'help',
  summary: 'what you can ask, with examples',
  examples: ['help', 'help top'],
  options: {
    command: { type: 'text', description: 'one command, for its options', required: false, offers: 'commands' },
  },

  async run({ channels, commands }, { command: asked }) {
    const listed = listedCommands(commands);
    if (asked) {
      const name = asked.toLowerCase().replace(/^\/arxiv /, '');
      const found = listed.filter(({ path }) => path === name || path.startsWith(`${name} `));
      if (found.length === 0)
        throw new UserError(`There is no command "${shorten(asked, 60)}"; type /arxiv help for the list of all.`);
      return { summary: `Help for ${asked}`, blocks: found.flatMap(details) };
    }
    const items = listed.map((one): Inline[] => [
      { text: `/arxiv ${usageText(one)}`, code: true },
      `  ${one.command.summary}`,
    ]);
    const read = channels.map(({ name, categories, cutoffs }): Inline[] => [
      { text: name, bold: true },
      ` reads ${categories.join(' and ')}, and is sent papers with relevance ${cutoffs.relevance} and novelty ${cutoffs.novelty} or more`,
    ]);
    return {
      summary: 'What you can ask Paperboy',
      blocks: [
        { type: 'heading', text: 'What you can ask Paperboy' },
        { type: 'list', ordered: false, items },
        { type: 'list', ordered: false, items: read },
        { type: 'paragraph', content: ['React to a paper with 👍 or 👎 to vote.'] },
        { type: 'note', content: [acknowledgement] },
      ],
    };
  },
});
