import type { Change } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Block, Message } from '../../src/core/message.ts';
import { countOf } from '../../src/core/paper-text.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { momentText } from '../shared/dates.ts';
import type { LineChange } from '../shared/line-changes.ts';
import { personText } from '../shared/people.ts';
import { linesBlock } from './draft-view.ts';
import { firstTopicsText, topicsEdits, topicsVersions } from './versions.ts';

const most = 20;
/** Of the newest edits the lines are shown too, so many of each. */
const maxWithLines = 4;
const linesEach = 6;

/** An edit with its number, counted from the oldest, and what it changed. */
type Edit = { number: number; text: string; lines: readonly LineChange[] };

/** The edits of a channel's topics, oldest first. */
const readEdits = async (channel: Channel, context: CommandContext): Promise<Edit[]> => {
  const { stores } = context;
  const undos = new Map((await stores.changes.list(channel.name, 'undo')).map((undo) => [undo.changeId, undo]));
  const when = ({ at, person: by }: Pick<Change, 'at' | 'person'>): string =>
    `${momentText(new Date(at), channel.timezone)}, ${personText(by, context)}`;
  return (await topicsEdits(channel, context)).map(({ version: { record }, what, lines }, index): Edit => {
    const undo = record.undoneBy === undefined ? undefined : undos.get(record.undoneBy);
    const back = undo ? ` (taken back: ${when(undo)})` : '';
    return { number: index + 1, text: `${when(record)}: ${what}${back}`, lines };
  });
};

/** One edit with all its lines. */
const oneEdit = (channel: Channel, edits: readonly Edit[], number: number): Message => {
  const edit = edits[number - 1];
  if (!edit)
    throw new UserError(
      `The topics of ${channel.name} have ${edits.length === 0 ? 'no edits' : countOf(edits.length, 'edit')}; type /arxiv topics history for them.`,
    );
  const heading = `Edit ${number} of the topics of ${channel.name}`;
  return {
    summary: heading,
    blocks: [
      { type: 'heading', text: heading },
      { type: 'paragraph', content: [edit.text] },
      ...linesBlock(edit.lines),
      ...buttonsBlock(button('All edits', ['topics history'])),
    ],
  };
};

const editBlocks = ({ number, text, lines }: Edit, maxLines: number): Block[] => [
  { type: 'paragraph', content: [{ text: `${number}. `, bold: true }, text] },
  ...(maxLines > 0 ? linesBlock(lines, maxLines) : []),
];

export const topicsHistory = defineCommand({
  name: 'history',
  summary: 'who changed the topics, when, and which lines',
  examples: ['topics history', 'topics history 3'],
  options: {
    edit: { type: 'integer', description: 'the number of one edit, for all its lines', minimum: 1, maximum: 100_000 },
  },

  async run(context, { edit }) {
    const channel = await context.channel();
    const edits = await readEdits(channel, context);
    if (edit !== undefined) return oneEdit(channel, edits, edit);
    const first = (await firstTopicsText(channel, context)) ?? 'those of the config file';
    const shown = edits.toReversed().slice(0, most);
    const older = edits.length - shown.length;
    const cut = shown.slice(0, maxWithLines).filter(({ lines }) => lines.length > linesEach);
    const versions = await topicsVersions(channel.name, context.stores.changes);
    const canUndo = versions.some(({ record }) => record.undoneBy === undefined) && context.mayManage(channel);
    return {
      summary: `Edits of the topics of ${channel.name}`,
      blocks: [
        { type: 'heading', text: `Edits of the topics of ${channel.name}` },
        ...shown.flatMap((one, index) => editBlocks(one, index < maxWithLines ? linesEach : 0)),
        ...(shown.length === 0 ? [{ type: 'paragraph' as const, content: [`None: they are ${first}.`] }] : []),
        ...(shown.length > maxWithLines
          ? [{ type: 'note' as const, content: ['/arxiv topics history with a number shows the lines of that edit.'] }]
          : []),
        ...(older > 0 ? [{ type: 'note' as const, content: [`${older} older ones are not shown.`] }] : []),
        ...buttonsBlock([
          ...button('Topics', ['topics show']),
          ...(canUndo ? button('Take the newest back', ['topics undo']) : []),
          ...cut
            .slice(0, 2)
            .flatMap(({ number }) => button(`All of edit ${number}`, ['topics history', String(number)])),
        ]),
      ],
    };
  },
});
