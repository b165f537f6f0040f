import { withoutControls } from '../../core/folding.ts';
import {
  type Block,
  type Button,
  type Inline,
  type Menu,
  type MessageFile,
  note,
  paragraph,
} from '../../core/message.ts';
import { chartLines } from '../kit/chart.ts';
import { chunksOf } from '../kit/fit.ts';

export type PlainText = { type: 'plain_text'; text: string; emoji: false };
type Style = { bold?: true; italic?: true; code?: true };
type RichElement =
  | { type: 'text'; text: string; style?: Style }
  | { type: 'link'; url: string; text: string; style?: Style };
type Section = { type: 'rich_text_section'; elements: RichElement[] };
/**
 * `offset` is the number of items that an ordered list skips:
 * https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export type List = { type: 'rich_text_list'; style: 'ordered' | 'bullet'; offset?: number; elements: Section[] };
type Preformatted = { type: 'rich_text_preformatted'; elements: { type: 'text'; text: string }[] };

type ActionButton = {
  type: 'button';
  /** Unique within a message; see `numbered`. */
  action_id: string;
  text: PlainText;
  value: string;
  style?: 'primary' | 'danger';
};

/** https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element */
type Overflow = { type: 'overflow'; action_id: string; options: { text: PlainText; value: string }[] };

export type RichPart = Section | List | Preformatted;

/** The Slack blocks used here. None contains mrkdwn, because paper text could break out of it. */
export type SlackBlock = { block_id?: string } & (
  | { type: 'header'; text: PlainText }
  | { type: 'context'; elements: PlainText[] }
  | { type: 'rich_text'; elements: RichPart[] }
  | { type: 'actions'; elements: (ActionButton | Overflow)[] }
);

/** https://docs.slack.dev/reference/block-kit/blocks/header-block */
const headerLength = 150;
/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const textLength = 3000;
/** https://docs.slack.dev/reference/block-kit/blocks/actions-block */
const rowLength = 25;
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const buttonLimits = { label: 75, value: 2000 };
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const menuLimits = { options: 5, label: 75, value: 150 };
const urlLength = 2000;
/** Keeps chart lines from wrapping on a phone. */
const chartWidths = { label: 24, bar: 16, value: 24 };
/** Maximum number of bars in a message with other blocks. */
const maxBars = 60;

/** Truncates to at most `length` UTF-16 units with a final …, never within a character. */
export const cut = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${text
        .slice(0, length - 1)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`;

/** Never empty, because Slack rejects empty texts. */
export const plain = (text: string, length = textLength): PlainText => ({
  type: 'plain_text',
  text: cut(withoutControls(text).toWellFormed(), length) || '…',
  emoji: false,
});

const linkTarget = (url: string | undefined): string | undefined => {
  const parsed = url && url.length <= urlLength ? URL.parse(url) : null;
  return parsed && (parsed.protocol === 'https:' || parsed.protocol === 'http:') ? parsed.href : undefined;
};

const richElement = (part: Inline): RichElement[] => {
  const { text, bold, italic, code, url } = typeof part === 'string' ? { text: part } : part;
  // Slack rejects empty elements.
  if (!text) return [];
  const style: Style = { ...(bold && { bold }), ...(italic && { italic }), ...(code && { code }) };
  const styled = { text: text.toWellFormed(), ...(Object.keys(style).length > 0 && { style }) };
  const target = linkTarget(url);
  return [target ? { type: 'link', url: target, ...styled } : { type: 'text', ...styled }];
};

const section = (content: readonly Inline[]): Section[] => {
  const elements = content.flatMap(richElement);
  return elements.length > 0 ? [{ type: 'rich_text_section', elements }] : [];
};

const richText = (elements: RichPart[]): SlackBlock[] => (elements.length > 0 ? [{ type: 'rich_text', elements }] : []);

const preformatted = (text: string): SlackBlock[] =>
  text ? richText([{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: text.toWellFormed() }] }]) : [];

export const actionPrefix = 'paperboy:';

/** A single invalid button would make Slack reject the whole message. */
const usable = (buttons: readonly Button[], maxValue: number): Button[] =>
  buttons.filter(({ label, command }) => label.trim() && command.trim() && command.length <= maxValue);

const overflowOf = ({ items }: Menu): Overflow[] => {
  const options = usable(items, menuLimits.value)
    .slice(0, menuLimits.options)
    .map(({ label, command }) => ({ text: plain(label, menuLimits.label), value: command }));
  return options.length > 0 ? [{ type: 'overflow', action_id: actionPrefix, options }] : [];
};

const rows = (buttons: readonly Button[], menu: Menu | undefined): SlackBlock[] => {
  const elements = usable(buttons, buttonLimits.value).map(({ label, command, style }, index): ActionButton => {
    const text = plain(label, buttonLimits.label);
    return { type: 'button', action_id: `${actionPrefix}${index}`, text, value: command, ...(style && { style }) };
  });
  return chunksOf<ActionButton | Overflow>([...elements, ...(menu ? overflowOf(menu) : [])], rowLength).map(
    (row): SlackBlock => ({ type: 'actions', elements: row }),
  );
};

export const numbered = (blocks: readonly SlackBlock[]): SlackBlock[] => {
  let next = 0;
  return blocks.map((block): SlackBlock => {
    if (block.type !== 'actions') return block;
    return {
      ...block,
      elements: block.elements.map((element) => ({ ...element, action_id: `${actionPrefix}${next++}` })),
    };
  });
};

export const context = (text: string): SlackBlock => ({ type: 'context', elements: [plain(text)] });

/** Empty if there is nothing to show. */
export const slackBlocks = (block: Block): SlackBlock[] => {
  switch (block.type) {
    case 'heading':
      return block.text.trim() ? [{ type: 'header', text: plain(block.text, headerLength) }] : [];
    case 'paragraph':
      return richText(section(block.content));
    case 'note': {
      const parts = section(block.content);
      const texts = parts.flatMap((part) => part.elements);
      // A context block shows neither links nor bold text.
      if (texts.some((element) => element.type === 'link' || element.style?.bold)) return richText(parts);
      const text = texts.map((element) => element.text).join('');
      return text.trim() ? [context(text)] : [];
    }
    case 'list': {
      const elements = block.items.flatMap(section);
      const style = block.ordered ? 'ordered' : 'bullet';
      const offset = block.start === undefined ? {} : { offset: block.start - 1 };
      return elements.length > 0 ? richText([{ type: 'rich_text_list', style, ...offset, elements }]) : [];
    }
    case 'code':
      return preformatted(block.text);
    case 'buttons':
      return rows(block.buttons, block.menu);
    case 'chart': {
      const { title, bars } = block.chart;
      const lines = chartLines({ title, bars: bars.slice(0, maxBars) }, chartWidths);
      const more = bars.length > maxBars ? [`… and ${bars.length - maxBars} more`] : [];
      return [...richText(section([{ text: title, bold: true }])), ...preformatted([...lines, ...more].join('\n'))];
    }
  }
};

/** Length as JSON, where escaped characters count twice. */
const jsonLength = (text: string): number => JSON.stringify(text).length;

/** Splits text between lines into chunks of at most `length` characters; a longer line gets its own chunk. */
export const lineChunks = (text: string, length: number): string[] => {
  const chunks: string[] = [];
  let chunk: string | undefined;
  let size = 0;
  for (const line of text.split('\n')) {
    const added = jsonLength(line);
    if (chunk !== undefined && size + added > length) {
      chunks.push(chunk);
      chunk = undefined;
      size = 0;
    }
    chunk = chunk === undefined ? line : `${chunk}\n${line}`;
    size += added;
  }
  return chunk === undefined ? chunks : [...chunks, chunk];
};

export const fileBlocks = ({ name, text }: MessageFile, length: number): (Block | undefined)[] => {
  const whole = text.trimEnd();
  const [first = ''] = lineChunks(whole, length);
  const left = whole.split('\n').length - first.split('\n').length;
  return [
    paragraph({ text: name, bold: true }),
    { type: 'code', text: first },
    note(left > 0 && `The file is cut here: ${left === 1 ? '1 more line does' : `${left} more lines do`} not fit.`),
  ];
};
