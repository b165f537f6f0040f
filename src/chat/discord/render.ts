import type { Block, Message } from '../../core/message.ts';
import { type ButtonRow, buttonRows } from './buttons.ts';
import { closedWith, cutUntil, type Embed, type Layout, laidOut, sentence } from './layout.ts';
import { oneLine, unescaped } from './markdown.ts';
import { headingMark, pieces } from './pieces.ts';

/** A command is answered in at most so many messages. */
const answerLimit = 5;

/** A message as Discord takes it. */
export type Rendered = { embeds: Embed[]; components: ButtonRow[] };

const rendered = ({ embeds, buttons }: Layout): Rendered => ({ embeds, components: buttonRows(buttons) });

/** The blocks, with the summary above them where they show no text. */
const blocksOf = ({ blocks, summary }: Pick<Message, 'blocks' | 'summary'>): Block[] =>
  blocks.flatMap(pieces).some(({ kind }) => kind !== 'buttons')
    ? blocks
    : [{ type: 'paragraph', content: [summary.trim() || '…'] }, ...blocks];

/** Files as text: for a posted file the bot would need one permission more in each channel. */
const filesAsText = ({ files = [] }: Message): Block[] =>
  files.flatMap(({ name, text }): Block[] => [
    { type: 'paragraph', content: [{ text: name, bold: true }] },
    { type: 'code', text },
  ]);

/** A message to post, in one piece. `url` goes with its first embed, where it is not shown. */
export const renderPost = (message: Message, url: string): Rendered => {
  const blocks = blocksOf({ ...message, blocks: [...message.blocks, ...filesAsText(message)] });
  const isOne = (messages: Layout[] | undefined): boolean => messages?.length === 1;
  const whole = laidOut(blocks);
  const [first = { embeds: [], buttons: [] }, ...others] = (isOne(whole) ? whole : cutUntil(blocks, isOne)) ?? [];
  const shown = others.length > 0 || first.embeds.length === 0 ? closedWith(first, sentence('…')) : first;
  const embeds = shown.embeds.map((embed, index) => (index === 0 ? { ...embed, url } : embed));
  return rendered({ ...shown, embeds });
};

/** The answer to a command, in at most five messages; the last says so where something had to be left out. */
export const renderAnswer = (message: Message): [Rendered, ...Rendered[]] => {
  const blocks = blocksOf(message);
  const laid = laidOut(blocks) ?? cutUntil(blocks, (cut) => cut !== undefined) ?? [];
  const [first = { embeds: [{ description: '…' }], buttons: [] }, ...others] = laid;
  if (laid.length <= answerLimit) return [rendered(first), ...others.map(rendered)];
  const left = sentence('There is more than fits into one answer. Ask for less at a time.');
  const shown = others.slice(0, answerLimit - 1);
  const last = closedWith(shown.at(-1) ?? first, left);
  return [rendered(first), ...[...shown.slice(0, -1), last].map(rendered)];
};

/** What a message is about, in a line: its heading, else its summary. */
export const headingOf = ({ blocks, summary }: Message): string => {
  const heading = blocks.find((block) => block.type === 'heading');
  return oneLine(heading?.text ?? summary).trim();
};

/** The heading in a post that was read back, else its first line. */
export const headingIn = (embeds: readonly { description?: string | null | undefined }[]): string => {
  const [line = ''] = (embeds[0]?.description ?? '').split('\n');
  return unescaped(line.startsWith(headingMark) ? line.slice(headingMark.length) : line).trim();
};
