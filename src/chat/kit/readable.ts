import { withoutControls } from '../../core/folding.ts';
import type { Block, Button, Chart, Inline, Message } from '../../core/message.ts';
import { plainMathematics } from '../../core/plain-mathematics.ts';

/** Also a dash between words, which is neither `--option` nor in `npm run -s paperboy -- doctor`. */
const hasTex = /[$\\]|[^\s-]--[^\s-]|(?<!npm run .{0,40})\s--\s/;

/** Keeps "9 + 8", "1st of 383" and "match 96%" on one line. */
const withWholeScores = (text: string): string =>
  text
    .replace(/(?<!\d)(\d\d?) \+ (\d\d?)(?!\d)/g, '$1\u00a0+\u00a0$2')
    .replace(/(\d(?:st|nd|rd|th)) of (?=\d)/g, '$1\u00a0of\u00a0')
    .replace(/(match) (?=\d+(?:\.\d)?%)/gi, '$1\u00a0');

/** Mathematics and TeX as Unicode, scores on one line, and no control characters. */
export const readableText = (text: string): string =>
  withWholeScores(hasTex.test(text) ? plainMathematics(text) : withoutControls(text));

const textOf = (part: Inline): string => (typeof part === 'string' ? part : part.text);

const readablePart = (part: Inline): Inline =>
  typeof part === 'string'
    ? readableText(part)
    : { ...part, text: part.code || part.text === part.url ? withoutControls(part.text) : readableText(part.text) };

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

const readableChart = ({ title, bars }: Chart): Chart => ({
  title: withoutControls(title),
  bars: bars.map((bar) => ({ ...bar, label: withoutControls(bar.label), shown: withoutControls(bar.shown) })),
});

const readableButton = (button: Button): Button => ({ ...button, label: withoutControls(button.label) });

const readableBlock = (block: Block): Block => {
  switch (block.type) {
    case 'heading':
      return { ...block, text: readableText(block.text) };
    case 'paragraph':
    case 'note':
      return { ...block, content: readableContent(block.content) };
    case 'list':
      return { ...block, items: block.items.map(readableContent) };
    case 'code':
      return { ...block, text: withoutControls(block.text) };
    case 'chart':
      return { ...block, chart: readableChart(block.chart) };
    case 'buttons':
      return {
        ...block,
        buttons: block.buttons.map(readableButton),
        ...(block.menu && { menu: { ...block.menu, items: block.menu.items.map(readableButton) } }),
      };
  }
};

/**
 * A message for platforms that cannot typeset: mathematics in Unicode, without TeX, and scores on one line. Files and code
 * keep their TeX. Nothing contains control characters.
 */
export const readableMessage = (message: Message): Message => ({
  ...message,
  summary: readableText(message.summary),
  blocks: message.blocks.map(readableBlock),
  ...(message.files && {
    files: message.files.map((file) => ({
      ...file,
      name: withoutControls(file.name),
      text: withoutControls(file.text),
    })),
  }),
});
