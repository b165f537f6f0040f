import { acknowledgement } from '../src/core/arxiv.ts';
import type { Channel } from '../src/core/channel.ts';
import {
  defineCommand,
  type ListedCommand,
  listedCommands,
  type Option,
  shownCommands,
  shownOptions,
  usageText,
} from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Block, Inline } from '../src/core/message.ts';
import { shorten } from '../src/core/paper-text.ts';
import { sectionsOf } from './index.ts';
import { button, buttonsBlock } from './shared/buttons.ts';
import { nearestOf } from './shared/paper-lines.ts';

/** What may be written for an option; empty where its description says it. */
const valuesOf = (option: Option): string => {
  switch (option.type) {
    case 'integer':
      return `${option.minimum.toLocaleString('en-US')} to ${option.maximum.toLocaleString('en-US')}`;
    case 'date':
      return 'such as 2025-07-08, today or yesterday';
    case 'period':
      return 'a day such as 2025-07-08, today or yesterday; a month such as 2025-07; week or month for the last 7 or 30 days';
    case 'word':
      return option.values.join(', ');
    case 'paper':
      return 'such as 2503.07639, its DOI, or a link to it';
    case 'papers':
      return 'ids such as 2503.07639, or links, with spaces between them';
    case 'text':
      return '';
  }
};

const optionLine = ([name, option]: [string, Option]): Inline[] => {
  const values = valuesOf(option);
  const written = option.keyword === undefined ? '' : `written after the word ${option.keyword}`;
  const notes = [written, values].filter(Boolean).join(': ');
  return [{ text: name, code: true }, ` ${option.description}${notes ? ` (${notes})` : ''}`];
};

const managersMark = ' (managers)';

const summaryOf = ({ command }: ListedCommand): string =>
  `${command.summary}${command.rights === 'managers' ? managersMark : ''}`;

const details = (listed: ListedCommand): Block[] => {
  const { command } = listed;
  const options = shownOptions(command).map(optionLine);
  return [
    { type: 'paragraph', content: [{ text: `/arxiv ${usageText(listed)}`, code: true }, `  ${summaryOf(listed)}`] },
    ...(options.length > 0 ? [{ type: 'list' as const, ordered: false, items: options }] : []),
    { type: 'paragraph', content: ['For example:'] },
    { type: 'code', text: command.examples.map((example) => `/arxiv ${example}`).join('\n') },
  ];
};

/** @param hidden Commands that are told of only to those who know the name: messages offer some of them. */
const helpFor = (asked: string, listed: readonly ListedCommand[], hidden: readonly ListedCommand[]): Block[] => {
  const name = asked.toLowerCase().replace(/^\/(?:arxiv(?:\s+|$))?/, '');
  const found = listed.filter(({ path }) => path === name || path.startsWith(`${name} `));
  if (found.length === 0) found.push(...hidden.filter(({ path }) => path === name));
  if (found.length > 0) return found.flatMap(details);
  const shown = shorten(asked, 60);
  const names = [...new Set(listed.flatMap(({ path }) => [path, path.split(' ')[0] ?? path]))];
  const near = nearestOf(shorten(name, 60), names);
  const meant = near ? `did you mean /arxiv help ${near}? /arxiv help lists` : 'type /arxiv help for the list of';
  throw new UserError(`There is no command "${shown}"; ${meant} all${near ? ' commands' : ''}.`);
};

const howItReads = ({ name, categories, cutoffs }: Channel): Inline[] => [
  { text: name, bold: true },
  ` reads ${categories.join(' and ')}, and is sent papers with relevance ${cutoffs.relevance} and novelty ${cutoffs.novelty} or more`,
];

export const help = defineCommand({
  name: 'help',
  summary: 'what you can ask, with examples',
  examples: ['help', 'help top'],
  options: {
    command: { type: 'text', description: 'one command, for its options', required: false, offers: 'commands' },
  },

  async run({ channels, commands }, { command: asked }) {
    const listed = shownCommands(commands);
    if (asked) {
      const hidden = listedCommands(commands).filter(({ command }) => command.isHidden);
      return { summary: `Help for ${shorten(asked, 60)}`, blocks: helpFor(asked, listed, hidden) };
    }
    const forManagers = listed.some(({ command }) => command.rights === 'managers');
    const has = (path: string): boolean => listed.some((one) => one.path === path);
    return {
      summary: 'What you can ask Paperboy',
      blocks: [
        { type: 'heading', text: 'What you can ask Paperboy' },
        ...sectionsOf(listed).flatMap(({ title, commands: inside }): Block[] => [
          { type: 'paragraph', content: [{ text: title, bold: true }] },
          {
            type: 'list',
            ordered: false,
            items: inside.map((one): Inline[] => [
              { text: `/arxiv ${usageText(one)}`, code: true },
              `  ${summaryOf(one)}`,
            ]),
          },
        ]),
        {
          type: 'paragraph',
          content: [
            'In capitals is what must be there, in brackets what may be; ',
            { text: '/arxiv help top', code: true },
            ` tells all of one command.${forManagers ? ` Those marked${managersMark} are for a channel’s managers and the admins.` : ''}`,
          ],
        },
        { type: 'list', ordered: false, items: channels.list().map(howItReads) },
        { type: 'paragraph', content: ['React to a paper with 👍 or 👎 to vote.'] },
        { type: 'note', content: [acknowledgement] },
        ...buttonsBlock([
          ...(has('top') ? button('Newest papers', ['top']) : []),
          ...(has('status') ? button('How things stand', ['status']) : []),
        ]),
      ],
    };
  },
});
