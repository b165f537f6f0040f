import { type Block, type Button, type Chart, type Inline, plainText } from '../../core/message.ts';
import { shorten } from '../../core/paper-text.ts';
import { maxButtons, usableButtons } from './buttons.ts';
import { barsInBlock, chartLines } from './chart.ts';
import { codeBlock, escaped, inlineMarkdown, oneLine } from './markdown.ts';

/** Longest text of an embed: https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
export const descriptionLimit = 4096;

/** A heading is cut to no less, in characters. */
const minHeadingLength = 100;

/**
 * A text that is never parted. `foot` is small print under an embed, which Discord shows as it is; what follows begins a
 * new embed. `glue` parts it from what stands before it.
 */
export type TextPiece = { kind: 'body' | 'foot'; text: string; glue: string };

/** Buttons that stand together. They are shown under the message, whatever follows them. */
type ButtonsPiece = { kind: 'buttons'; buttons: readonly Button[] };
export type Piece = TextPiece | ButtonsPiece;

export const headingMark = '### ';

const hasLink = (content: readonly Inline[]): boolean =>
  content.some((part) => typeof part !== 'string' && part.url !== undefined);

const hasBold = (content: readonly Inline[]): boolean => content.some((part) => typeof part !== 'string' && part.bold);

/** A paragraph in as many parts as an embed's text needs; a single text is never parted. */
const paragraphs = (content: readonly Inline[]): string[] => {
  const whole = inlineMarkdown(content);
  if (whole.length <= descriptionLimit) return [whole];
  const parts: string[] = [];
  let current: Inline[] = [];
  for (const part of content) {
    const longer = [...current, part];
    if (current.length > 0 && inlineMarkdown(longer).length > descriptionLimit) {
      parts.push(inlineMarkdown(current));
      current = [part];
    } else current = longer;
  }
  return [...parts, inlineMarkdown(current)];
};

/** The bars under the title, in as many blocks as they need. */
const chartTexts = (chart: Chart): string[] => {
  const title = inlineMarkdown([{ text: oneLine(chart.title).trim(), bold: true }]);
  const lines = chartLines(chart);
  if (lines.length === 0) return [title];
  const blocks = Array.from({ length: Math.ceil(lines.length / barsInBlock) }, (_, nth) =>
    codeBlock(lines.slice(nth * barsInBlock, (nth + 1) * barsInBlock).join('\n')),
  );
  return blocks.map((block, nth) => (nth === 0 ? `${title}\n${block}` : block));
};

const buttonPieces = (buttons: readonly Button[]): ButtonsPiece[] =>
  buttons.length === 0
    ? []
    : [{ kind: 'buttons', buttons: buttons.slice(0, maxButtons) }, ...buttonPieces(buttons.slice(maxButtons))];

/** A block in the parts between which an embed or a message may end; none where it would be empty. */
export const pieces = (block: Block): Piece[] => {
  const body = (text: string, glue = '\n\n'): TextPiece[] => (text.trim() ? [{ kind: 'body', text, glue }] : []);
  switch (block.type) {
    case 'heading':
      return block.text.trim() ? body(`${headingMark}${escaped(oneLine(block.text.trim()))}`) : [];
    case 'paragraph':
      return paragraphs(block.content).flatMap((text, index) => body(text, index === 0 ? '\n\n' : ''));
    case 'note': {
      // A footer carries neither links nor what stands out.
      if (hasLink(block.content) || hasBold(block.content)) return body(inlineMarkdown(block.content));
      const text = plainText(block.content).toWellFormed();
      return text.trim() ? [{ kind: 'foot', text, glue: '\n' }] : [];
    }
    case 'list': {
      const items = block.items.map((item) => oneLine(inlineMarkdown(item))).filter((item) => item.trim() !== '');
      return items.flatMap((item, index) => body(`${block.ordered ? `${index + 1}.` : '-'} ${item}`, '\n'));
    }
    case 'code':
      return block.text === '' ? [] : body(codeBlock(block.text));
    case 'chart':
      return chartTexts(block.chart).flatMap((text, index) => body(text, index === 0 ? '\n\n' : '\n'));
    case 'buttons':
      return buttonPieces(usableButtons(block.buttons));
  }
};

/** Every text but a heading's cut to a length; links stay links. */
export const trimmed = (blocks: readonly Block[], length: number): Block[] => {
  const trim = (part: Inline): Inline =>
    typeof part === 'string' ? shorten(part, length) : { ...part, text: shorten(part.text, length) };
  return blocks.map((block): Block => {
    switch (block.type) {
      case 'heading':
        return { ...block, text: shorten(block.text, Math.max(length, minHeadingLength)) };
      case 'list':
        return { ...block, items: block.items.map((item) => item.map(trim)) };
      case 'code':
        return { ...block, text: shorten(block.text, length) };
      case 'buttons':
      case 'chart':
        return block;
      default:
        return { ...block, content: block.content.map(trim) };
    }
  });
};
