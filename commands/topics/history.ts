import type { Change } from '../../src/core/changes.ts';
import type { Channel } from '../../src/core/channel.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { UserError } from '../../src/core/errors.ts';
import {
  button,
  buttonRow,
  heading,
  type Message,
  message,
  note,
  type Part,
  paragraph,
} from '../../src/core/message.ts';
import { countOf } from '../../src/core/paper.ts';
import { momentText } from '../shared/dates.ts';
import { personText } from '../shared/people.ts';
import { type LineChange, linesBlock } from './lines.ts';
import { currentVersion, firstTopicsText, topicsEdits, topicsVersions } from './versions.ts';

const maxEdits = 20;
const maxWithLines = 4;
const maxLines = 6;
const maxEditButtons = 2;

type Edit = { number: number; text: string; lines: readonly LineChange[] };

const readEdits = async (channel: Channel, context: CommandContext): Promise<Edit[]> => {
  const { stores } = context;
  const undos = new Map((await stores.changes.list(channel.name, 'undo')).map((undo) => [undo.changeId, undo]));
  const when = ({ at, person: by }: Pick<Change, 'at' | 'person'>): string =>
    `${momentText(new Date(at), channel.timezone)}, ${personText(by, context)}`;
  return (await topicsEdits(channel, context)).map(({ version: { change }, what, lines }, index): Edit => {
    const undo = change.undoneBy === undefined ? undefined : undos.get(change.undoneBy);
    return { number: index + 1, text: `${when(change)}: ${what}${undo ? ` (undone: ${when(undo)})` : ''}`, lines };
  });
};

const oneEdit = (channel: Channel, edits: readonly Edit[], number: number): Message => {
  const edit = edits[number - 1];
  if (!edit)
    throw new UserError(
      `The topics of ${channel.name} have ${edits.length === 0 ? 'no edits' : `only ${countOf(edits.length, 'edit')}`}. Type /arxiv topics history to see them.`,
    );
  const title = `Edit ${number} to the topics of ${channel.name}`;
  return message(title, [
    heading(title),
    paragraph(edit.text),
    linesBlock(edit.lines),
    buttonRow(button('All edits', ['topics history'])),
  ]);
};

const editParts = ({ number, text, lines }: Edit, hasLines: boolean): Part => [
  paragraph({ text: `${number}. `, bold: true }, text),
  hasLines && linesBlock(lines, maxLines),
];

export const topicsHistory = defineCommand({
  name: 'history',
  summary: 'Show who edited which lines of the topics, and when',
  examples: ['topics history', 'topics history 3'],
  options: {
    edit: { type: 'integer', description: 'number of the edit to show', minimum: 1, maximum: 100_000 },
  },

  async run(context, { edit }) {
    const channel = await context.channel();
    const edits = await readEdits(channel, context);
    if (edit !== undefined) return oneEdit(channel, edits, edit);
    const shown = edits.toReversed().slice(0, maxEdits);
    const older = edits.length - shown.length;
    const cut = shown.slice(0, maxWithLines).filter(({ lines }) => lines.length > maxLines);
    const current = currentVersion(await topicsVersions(channel.name, context.stores.changes));
    const title = `Edits to the topics of ${channel.name}`;
    return message(title, [
      heading(title),
      shown.map((one, index) => editParts(one, index < maxWithLines)),
      paragraph(shown.length === 0 && `No edits yet: the topics are ${await firstTopicsText(channel, context)}.`),
      note(shown.length > maxWithLines && 'Type /arxiv topics history with a number to see the lines of that edit.'),
      note(older > 0 && `${countOf(older, 'older edit')} not shown.`),
      buttonRow(
        button('Topics', ['topics show']),
        current && context.mayManage(channel) && button('Undo', ['topics undo']),
        cut.slice(0, maxEditButtons).map(({ number }) => button(`Edit ${number}`, ['topics history', String(number)])),
      ),
    ]);
  },
});
