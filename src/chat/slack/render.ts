import type { Message } from '../../core/message.ts';
import { cut, type List, note, numbered, type RichPart, type SlackBlock, slackBlocks } from './blocks.ts';
import { fileBlocks, linePieces } from './files.ts';

/** A message as Slack takes it. `text` is what notifications show. */
export type SlackMessage = { text: string; blocks: SlackBlock[] };

/** https://docs.slack.dev/reference/block-kit/blocks */
const blockLimit = 50;
/**
 * Longest message in characters of its blocks' JSON. Slack does not document the limit of `msg_blocks_too_long`; it was
 * met at about 13,200 characters (github.com/slackapi/bolt-js/issues/2509) and, in rich text, at 11,300 characters of
 * text alone (issues/2867). The JSON is longer than whatever Slack counts.
 */
const sizeLimit = 12_000;
const fallbackLimit = 3000;
/** A command may be answered five times: https://docs.slack.dev/interactivity/handling-user-interaction */
export const answerLimit = 5;
/** Characters of a file's text in a message that is posted, and in an answer, which may be several. */
const fileLength = { post: 6_000, answer: 30_000 };
/** Characters of preformatted lines that are never parted. */
const codePart = 4_000;

const size = (blocks: readonly SlackBlock[]): number => JSON.stringify(blocks).length;
const fits = (blocks: readonly SlackBlock[]) => blocks.length <= blockLimit && size(blocks) <= sizeLimit;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const fallback = (message: Message): string => {
  const summary = message.summary.toWellFormed() || 'Paperboy';
  let length = fallbackLimit;
  let text = escaped(cut(summary, length));
  while (text.length > fallbackLimit) {
    // An escaped character takes at most five.
    length -= Math.ceil((text.length - fallbackLimit) / 5);
    text = escaped(cut(summary, length));
  }
  return text;
};

/** Every text but a header's cut to a length; links stay links. */
const trimmed = (blocks: readonly SlackBlock[], length: number): SlackBlock[] => {
  const trim = <T extends { text: string }>(element: T): T => ({ ...element, text: cut(element.text, length) });
  const trimPart = (part: RichPart): RichPart => {
    if (part.type === 'rich_text_list') {
      return { ...part, elements: part.elements.map((item) => ({ ...item, elements: item.elements.map(trim) })) };
    }
    if (part.type === 'rich_text_section') return { ...part, elements: part.elements.map(trim) };
    return { ...part, elements: part.elements.map(trim) };
  };
  return blocks.map((block): SlackBlock => {
    if (block.type === 'rich_text') return { ...block, elements: block.elements.map(trimPart) };
    return block.type === 'context' ? { ...block, elements: block.elements.map(trim) } : block;
  });
};

/** One message that Slack accepts: the longest texts are cut first, as little as is needed. */
const fitted = (blocks: SlackBlock[]): SlackBlock[] => {
  const some = blocks.length > blockLimit ? [...blocks.slice(0, blockLimit - 1), note('…')] : blocks;
  if (fits(some)) return some;
  let [low, high] = [1, sizeLimit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(trimmed(some, middle))) low = middle;
    else high = middle - 1;
  }
  const cutDown = trimmed(some, low);
  return fits(cutDown) ? cutDown : (split(cutDown)[0] ?? [note('…')]);
};

/** How many texts and links of one paragraph are never parted. */
const paragraphPart = 50;

/** A block in the parts between which a message may end where the whole does not fit: a list's items, a paragraph's. */
const pieces = (block: SlackBlock): SlackBlock[] => {
  const part = block.type === 'rich_text' && block.elements.length === 1 ? block.elements[0] : undefined;
  if (part?.type === 'rich_text_list') {
    return part.elements.map((item, index): SlackBlock => {
      const offset = part.style === 'ordered' && index > 0 ? { offset: index } : {};
      return { type: 'rich_text', elements: [{ ...part, ...offset, elements: [item] }] };
    });
  }
  if (part?.type === 'rich_text_preformatted') {
    const texts = part.elements.flatMap(({ text }) => linePieces(text, codePart));
    return texts.map((text) => ({ type: 'rich_text', elements: [{ ...part, elements: [{ type: 'text', text }] }] }));
  }
  if (part?.type !== 'rich_text_section') return [block];
  return Array.from({ length: Math.ceil(part.elements.length / paragraphPart) }, (_, index): SlackBlock => {
    const elements = part.elements.slice(index * paragraphPart, (index + 1) * paragraphPart);
    return { type: 'rich_text', elements: [{ ...part, elements }] };
  });
};

const listOf = (block: SlackBlock | undefined): List | undefined => {
  const part = block?.type === 'rich_text' ? block.elements[0] : undefined;
  return part?.type === 'rich_text_list' ? part : undefined;
};

/** Adds a list item to the list that a message ends with, anything else as a block of its own. */
const joined = (message: readonly SlackBlock[], piece: SlackBlock, continues: boolean): SlackBlock[] => {
  const [list, item] = [listOf(message.at(-1)), listOf(piece)];
  if (!continues || !list || !item) return [...message, piece];
  return [
    ...message.slice(0, -1),
    { type: 'rich_text', elements: [{ ...list, elements: [...list.elements, ...item.elements] }] },
  ];
};

/** Blocks in as many messages as they need, cut only between blocks, list items and parts of long paragraphs. */
const split = (blocks: readonly SlackBlock[]): SlackBlock[][] => {
  const messages: SlackBlock[][] = [];
  let current: SlackBlock[] = [];
  for (const block of blocks) {
    const whole = [...current, block];
    if (fits(whole)) {
      current = whole;
      continue;
    }
    for (const [index, piece] of pieces(block).entries()) {
      const longer = joined(current, piece, index > 0);
      if (fits(longer)) {
        current = longer;
        continue;
      }
      if (current.length > 0) messages.push(current);
      current = fits([piece]) ? [piece] : trimToOne(piece);
    }
  }
  return current.length > 0 ? [...messages, current] : messages;
};

/** A single piece that is too long by itself; one without any text to cut is left out. */
const trimToOne = (piece: SlackBlock): SlackBlock[] => {
  const parts = trimmed([piece], 1);
  return fits(parts) ? fitted([piece]) : [];
};

const rendered = ({ summary, blocks, files = [] }: Message, maxFileLines: number): SlackBlock[] => {
  const all = [...blocks, ...files.flatMap((file) => fileBlocks(file, maxFileLines))].flatMap(slackBlocks);
  return all.length > 0 ? numbered(all) : [note(summary.toWellFormed() || '…')];
};

/** A message to post, in one piece; its first block carries the delivery key, by which it is found again. */
export const renderPost = (message: Message, blockId: string): SlackMessage => ({
  text: fallback(message),
  blocks: fitted(rendered(message, fileLength.post)).map((block, index) =>
    index === 0 ? { ...block, block_id: blockId } : block,
  ),
});

/** A message that is no delivery and is not looked for again, in one piece. */
export const renderNews = (message: Message): SlackMessage => ({
  text: fallback(message),
  blocks: fitted(rendered(message, fileLength.post)),
});

/** The answer to a command, in at most so many messages; the last says so where something had to be left out. */
export const renderAnswer = (message: Message, limit = answerLimit): SlackMessage[] => {
  const text = fallback(message);
  const messages = split(rendered(message, fileLength.answer));
  const shown = messages.slice(0, limit);
  const last = shown.at(-1);
  if (messages.length > limit && last) {
    // What makes room for the sentence is left out too.
    const left = note('There is more than Slack takes in one answer. Ask for less at a time.');
    while (!fits([...last, left])) last.pop();
    last.push(left);
  }
  return shown.map((blocks) => ({ text, blocks }));
};
