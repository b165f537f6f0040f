import type { Block, Inline, Message } from '../../core/message.ts';
import { plainMathematics } from '../../core/plain-mathematics.ts';

/** Also a dash between words, which is neither `--option` nor in `npm run -s paperboy -- doctor`. */
const hasTex = /[$\\]|[^\s-]--[^\s-]|(?<!npm run .{0,40})\s--\s/;

/** Keeps "9 + 8", "1st of 383" and "match 96%" on one line. */
const withWholeScores = (text: string): string =>
  text
    .replace(/(?<!\d)(\d\d?) \+ (\d\d?)(?!\d)/g, '$1\u00a0+\u00a0$2')
    .replace(/(\d(?:st|nd|rd|th)) of (?=\d)/g, '$1\u00a0of\u00a0')
    .replace(/(match) (?=\d+(?:\.\d)?%)/gi, '$1\u00a0');

/** Mathematics and TeX as Unicode, scores on one line. */
export const readableText = (text: string): string =>
  withWholeScores(hasTex.test(text) ? plainMathematics(text) : text);

const textOf = (part: Inline): string => (typeof part === 'string' ? part : part.text);

const readablePart = (part: Inline): Inline =>
  typeof part === 'string'
    ? readableText(part)
    : { ...part, text: part.code || part.text === part.url ? part.text : readableText(part.text) };

/** A formula that marks of a search cut into parts is only readable as a whole, without the marks. */
const readableContent = (content: readonly Inline[]): Inline[] => {
  const parts = content.map(readablePart);
  const isCode = (part: Inline): boolean => typeof part !== 'string' && part.code === true;
  if (parts.some(isCode) || !parts.some((part) => textOf(part).includes('$'))) return parts;
  const whole = content.map(textOf).join('');
  const readable = readableText(whole);
  if (readable.includes('$') || readable === whole) return parts;
  const url = content.flatMap((part) => (typeof part === 'string' ? [] : (part.url ?? [])))[0];
  return [url === undefined ? readable : { text: readable, url }];
};

const readableBlock = (block: Block): Block => {
  switch (block.type) {
    case 'heading':
      return { ...block, text: readableText(block.text) };
    case 'paragraph':
    case 'note':
      return { ...block, content: readableContent(block.content) };
    case 'list':
      return { ...block, items: block.items.map(readableContent) };
    default:
      return block;
  }
};

/** A message for platforms that cannot typeset: mathematics in Unicode, without TeX, and scores on one line. Files and code stay as they are. */
export const readableMessage = (message: Message): Message => ({
  ...message,
  summary: readableText(message.summary),
  blocks: message.blocks.map(readableBlock),
});
