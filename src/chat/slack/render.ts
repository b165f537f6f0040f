import { blocksOf, type Message } from '../../core/message.ts';
import { chunksOf, largestAccepted } from '../kit/fit.ts';
import { readableMessage } from '../kit/readable.ts';
import {
  context,
  cut,
  fileBlocks,
  type List,
  lineChunks,
  numbered,
  type PlainText,
  plain,
  type RichPart,
  type SlackBlock,
  slackBlocks,
} from './blocks.ts';

export type SlackMessage = { text: string; blocks: SlackBlock[] };

/** https://docs.slack.dev/reference/block-kit/blocks */
const blockLimit = 50;
/**
 * Characters of a message's blocks as JSON. Slack does not document the limit of `msg_blocks_too_long`. People reported
 * it at about 13,200 characters (github.com/slackapi/bolt-js/issues/2509) and, in rich text, at 11,300 characters of
 * text alone (issues/2867). The JSON is longer than whatever Slack counts.
 */
const sizeLimit = 12_000;
const fallbackLimit = 3000;
/** Maximum number of answers to one command: https://docs.slack.dev/interactivity/handling-user-interaction */
export const answerLimit = 5;
/** Maximum length of a file's text, in characters. An answer may take several messages. */
const fileLength = { post: 6_000, answer: 30_000 };
const codePart = 4_000;

const size = (blocks: readonly SlackBlock[]): number => JSON.stringify(blocks).length;
const fits = (blocks: readonly SlackBlock[]) => blocks.length <= blockLimit && size(blocks) <= sizeLimit;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const fallback = (message: Message): string => {
  const summary = message.summary.toWellFormed() || 'Paperboy';
  let length = fallbackLimit;
  let text = escaped(cut(summary, length));
  while (text.length > fallbackLimit) {
    // An escaped character is at most five characters long.
    length -= Math.ceil((text.length - fallbackLimit) / 5);
    text = escaped(cut(summary, length));
  }
  return text;
};

/** Truncates every text except headers to a length; keeps links. */
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

const fitted = (blocks: SlackBlock[]): SlackBlock[] => {
  const some = blocks.length > blockLimit ? [...blocks.slice(0, blockLimit - 1), context('…')] : blocks;
  if (fits(some)) return some;
  const length = largestAccepted(1, sizeLimit, (middle) => fits(trimmed(some, middle)));
  const cutDown = trimmed(some, length);
  return fits(cutDown) ? cutDown : (split(cutDown)[0] ?? [context('…')]);
};

const paragraphPart = 50;

/** Splits a block where a message may end if the block does not fit: between list items or parts of a paragraph. */
const partsOf = (block: SlackBlock): SlackBlock[] => {
  const part = block.type === 'rich_text' && block.elements.length === 1 ? block.elements[0] : undefined;
  if (part?.type === 'rich_text_list') {
    return part.elements.map((item, index): SlackBlock => {
      const before = (part.offset ?? 0) + index;
      const offset = part.style === 'ordered' && before > 0 ? { offset: before } : {};
      return { type: 'rich_text', elements: [{ ...part, ...offset, elements: [item] }] };
    });
  }
  if (part?.type === 'rich_text_preformatted') {
    const texts = part.elements.flatMap(({ text }) => lineChunks(text, codePart));
    return texts.map((text) => ({ type: 'rich_text', elements: [{ ...part, elements: [{ type: 'text', text }] }] }));
  }
  if (part?.type !== 'rich_text_section') return [block];
  return chunksOf(part.elements, paragraphPart).map(
    (elements): SlackBlock => ({ type: 'rich_text', elements: [{ ...part, elements }] }),
  );
};

const listOf = (block: SlackBlock | undefined): List | undefined => {
  const part = block?.type === 'rich_text' ? block.elements[0] : undefined;
  return part?.type === 'rich_text_list' ? part : undefined;
};

const joined = (message: readonly SlackBlock[], part: SlackBlock, continues: boolean): SlackBlock[] => {
  const [list, item] = [listOf(message.at(-1)), listOf(part)];
  if (!continues || !list || !item) return [...message, part];
  return [
    ...message.slice(0, -1),
    { type: 'rich_text', elements: [{ ...list, elements: [...list.elements, ...item.elements] }] },
  ];
};

/** Splits only between blocks, list items and parts of long paragraphs. */
const split = (blocks: readonly SlackBlock[]): SlackBlock[][] => {
  const messages: SlackBlock[][] = [];
  let current: SlackBlock[] = [];
  for (const block of blocks) {
    const whole = [...current, block];
    if (fits(whole)) {
      current = whole;
      continue;
    }
    for (const [index, part] of partsOf(block).entries()) {
      const longer = joined(current, part, index > 0);
      if (fits(longer)) {
        current = longer;
        continue;
      }
      if (current.length > 0) messages.push(current);
      current = fits([part]) ? [part] : trimToOne(part);
    }
  }
  return current.length > 0 ? [...messages, current] : messages;
};

/** Shortens a part that is too long for a message, or omits it if it has no text. */
const trimToOne = (part: SlackBlock): SlackBlock[] => (fits(trimmed([part], 1)) ? fitted([part]) : []);

const rendered = ({ summary, blocks, files = [] }: Message, maxFileLength: number): SlackBlock[] => {
  const all = blocksOf(blocks, ...files.map((file) => fileBlocks(file, maxFileLength))).flatMap(slackBlocks);
  return all.length > 0 ? numbered(all) : [context(summary.toWellFormed() || '…')];
};

/** A delivery in one message. `find` recognizes it by the delivery key in its first block. */
export const renderPost = (message: Message, blockId: string): SlackMessage => {
  const { text, blocks } = renderNews(message);
  return { text, blocks: blocks.map((block, index) => (index === 0 ? { ...block, block_id: blockId } : block)) };
};

export const renderNews = (message: Message): SlackMessage => {
  const shown = readableMessage(message);
  return { text: fallback(shown), blocks: fitted(rendered(shown, fileLength.post)) };
};

/** https://docs.slack.dev/reference/views/modal-views */
export type DialogView = { type: 'modal'; title: PlainText; close: PlainText; blocks: SlackBlock[] };

const dialogTitleLength = 24;

/** A message as a modal, without its buttons: an action in a modal does not say which channel it is about. */
export const renderDialog = (message: Message): DialogView => {
  const { blocks, summary } = message;
  const heading = blocks.find(({ type }) => type === 'heading');
  const shown = blocks.filter((block) => block !== heading && block.type !== 'buttons');
  const title = heading?.type === 'heading' ? heading.text : summary;
  return {
    ...{ type: 'modal', title: plain(title, dialogTitleLength), close: plain('Close') },
    blocks: renderNews({ ...message, blocks: shown }).blocks,
  };
};

export const renderAnswer = (message: Message, limit = answerLimit): SlackMessage[] => {
  const readable = readableMessage(message);
  const text = fallback(readable);
  const messages = split(rendered(readable, fileLength.answer));
  const shown = messages.slice(0, limit);
  const last = shown.at(-1);
  if (messages.length > limit && last) {
    // Make room for the sentence.
    const left = context('The rest does not fit into one answer on Slack. Ask for less at a time.');
    while (!fits([...last, left])) last.pop();
    last.push(left);
  }
  return shown.map((blocks) => ({ text, blocks }));
};
