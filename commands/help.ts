import { acknowledgement } from '../src/core/arxiv.ts';
import type { Channel } from '../src/core/channel.ts';
import {
  type Command,
  defineCommand,
  type ListedCommand,
  listedCommands,
  type Option,
  shownCommands,
  shownOptions,
  usageText,
} from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { bareWord } from '../src/core/folding.ts';
import {
  type Block,
  blocksOf,
  bulletList,
  button,
  buttonRow,
  codeBlock,
  heading,
  type Inline,
  message,
  note,
  paragraph,
} from '../src/core/message.ts';
import { grouped, shorten } from '../src/core/paper.ts';
import type { Section } from './index.ts';
import { limitsText } from './shared/cutoffs.ts';
import { nearestOf } from './shared/nearest.ts';
import { channelsShown } from './shared/people.ts';

const valuesOf = (option: Option): string => {
  switch (option.type) {
    case 'integer':
      return `${grouped(option.minimum)} to ${grouped(option.maximum)}`;
    case 'date':
      return 'such as 2025-07-08, today or yesterday';
    case 'period':
      return 'a day such as 2025-07-08, today or yesterday; a month such as 2025-07; week or month for the last 7 or 30 days';
    case 'word':
      return option.values.join(', ');
    case 'paper':
      return 'such as 2503.07639; a DOI also works';
    case 'papers':
      return 'ids such as 2503.07639, or links, separated by spaces';
    case 'code':
      return 'such as WDJB-MJHT';
    case 'text':
      return '';
  }
};

const optionLine = ([name, option]: [string, Option]): Inline[] => {
  const after = option.keyword === undefined ? '' : `after the word ${option.keyword}`;
  const notes = [after, valuesOf(option)].filter(Boolean).join(': ');
  return [{ text: name, code: true }, ` ${option.description}${notes ? ` (${notes})` : ''}`];
};

const managersMark = ' (managers)';

const usageLine = (listed: ListedCommand): Inline[] => {
  const { summary, rights } = listed.command;
  return [
    { text: `/arxiv ${usageText(listed)}`, code: true },
    `  ${summary}${rights === 'managers' ? managersMark : ''}`,
  ];
};

const details = (listed: ListedCommand): Block[] =>
  blocksOf(
    paragraph(...usageLine(listed)),
    bulletList(shownOptions(listed.command).map(optionLine)),
    paragraph('For example:'),
    codeBlock(listed.command.examples.map((example) => `/arxiv ${example}`).join('\n')),
  );

/** @param hidden Commands that help explains by name but does not list, because only some messages mention them. */
const helpFor = (input: string, listed: readonly ListedCommand[], hidden: readonly ListedCommand[]): Block[] => {
  const name = bareWord(input.trim())
    .toLowerCase()
    .replace(/^\/(?:arxiv(?:\s+|$))?/, '');
  const found = listed.filter(({ path }) => path === name || path.startsWith(`${name} `));
  if (found.length === 0) found.push(...hidden.filter(({ path }) => path === name));
  if (found.length > 0) return found.flatMap(details);
  const names = [...new Set(listed.flatMap(({ path }) => [path, path.split(' ')[0] ?? path]))];
  const near = nearestOf(shorten(name, 60), names);
  const advice = near ? `Did you mean /arxiv help ${near}?` : 'Type /arxiv help for all commands.';
  throw new UserError(`There is no command "${shorten(input, 60)}". ${advice}`);
};

const channelLine = (channel: Channel, model: string | undefined): Inline[] => [
  { text: channel.name, bold: true },
  ` reads ${channel.categories.join(' and ')} and posts ${limitsText(channel, model)}`,
];

/** @param sectionsOf Called when somebody asks, because the sections include help itself. */
export const createHelp = (sectionsOf: () => readonly Section[]): Command =>
  defineCommand({
    name: 'help',
    summary: 'List all commands, or explain one',
    examples: ['help', 'help top'],
    aliases: ['help me', 'what can you do', 'what can i do', 'how does this work', 'how do you work', 'commands'],
    options: {
      command: { type: 'text', description: 'the command to explain', required: false, offers: 'commands' },
    },

    async run(context, { command: input }) {
      const { commands, services } = context;
      const sections = sectionsOf().map(({ title, entries }) => ({ title, listed: shownCommands(entries) }));
      const listed = sections.flatMap((section) => section.listed);
      if (input) {
        const hidden = listedCommands(commands).filter(({ command }) => command.isHidden);
        return message(`Help for ${shorten(input, 60)}`, helpFor(input, listed, hidden));
      }
      const hasRights = listed.some(({ command }) => command.rights === 'managers');
      return message('Paperboy commands', [
        heading('Paperboy commands'),
        sections.map((section) => [
          paragraph({ text: section.title, bold: true }),
          bulletList(section.listed.map(usageLine)),
        ]),
        paragraph(
          'CAPITALS are required, [brackets] optional. Type ',
          { text: '/arxiv help top', code: true },
          ' for details on one command.',
          hasRights && ` Commands marked${managersMark} are for the channel’s managers and the admins.`,
        ),
        bulletList((await channelsShown(context)).map((one) => channelLine(one, services.model))),
        paragraph('React to a paper with 👍 or 👎 to vote.'),
        note(acknowledgement),
        buttonRow(button('Newest papers', ['top']), button('Status', ['status'])),
      ]);
    },
  });
