import type { Block, Button, Inline } from '../../core/message.ts';
import { chartLines } from './chart.ts';

export type PlainText = { type: 'plain_text'; text: string; emoji: false };
type Style = { bold?: true; italic?: true; code?: true };
type RichElement =
  | { type: 'text'; text: string; style?: Style }
  | { type: 'link'; url: string; text: string; style?: Style };
type Section = { type: 'rich_text_section'; elements: RichElement[] };
/** `offset` is how many numbers an ordered list skips: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export type List = { type: 'rich_text_list'; style: 'ordered' | 'bullet'; offset?: number; elements: Section[] };
type Preformatted = { type: 'rich_text_preformatted'; elements: { type: 'text'; text: string }[] };

type ActionButton = {
  type: 'button';
  /** Unique within a message; the message sees to it. */
  action_id: string;
  text: PlainText;
  /** The command that pressing it says. */
  value: string;
  style?: 'primary' | 'danger';
};

export type RichPart = Section | List | Preformatted;

/** The few of Slack's blocks that are used here. None holds mrkdwn, which paper text could break out of. */
export type SlackBlock = { block_id?: string } & (
  | { type: 'header'; text: PlainText }
  | { type: 'context'; elements: PlainText[] }
  | { type: 'rich_text'; elements: RichPart[] }
  | { type: 'actions'; elements: ActionButton[] }
);

/** Longest header: https://docs.slack.dev/reference/block-kit/blocks/header-block */
const headerLength = 150;
/** Longest text object: https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const textLength = 3000;
/** Most elements of a row of buttons: https://docs.slack.dev/reference/block-kit/blocks/actions-block */
const rowLength = 25;
/** Longest label and value: https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const buttonLimits = { label: 75, value: 2000 };
/** Longest address that is made a link. */
const urlLength = 2000;

/** A text of at most `length` UTF-16 units, its end replaced by … where it was longer; no character is cut in two. */
export const cut = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${text
        .slice(0, length - 1)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`;

/** A text as Slack takes it where nothing in it may be markup; never empty, never longer than a text may be. */
export const plain = (text: string, length = textLength): PlainText => ({
  type: 'plain_text',
  text: cut(text.toWellFormed(), length) || '…',
  emoji: false,
});

const linkTarget = (url: string | undefined): string | undefined => {
  const parsed = url && url.length <= urlLength ? URL.parse(url) : null;
  return parsed && (parsed.protocol === 'https:' || parsed.protocol === 'http:') ? parsed.href : undefined;
};

const richElement = (part: Inline): RichElement[] => {
  const { text, bold, italic, code, url } = typeof part === 'string' ? { text: part } : part;
  // Slack refuses empty elements.
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

/** How the actions of our buttons begin. */
export const actionPrefix = 'paperboy:';

const rows = (buttons: readonly Button[]): SlackBlock[] => {
  const elements = buttons
    // One that Slack refuses would take the whole message with it.
    .filter(({ label, command }) => label.trim() && command.trim() && command.length <= buttonLimits.value)
    .map(({ label, command, style }, index): ActionButton => {
      const text = plain(label, buttonLimits.label);
      return { type: 'button', action_id: `${actionPrefix}${index}`, text, value: command, ...(style && { style }) };
    });
  return Array.from({ length: Math.ceil(elements.length / rowLength) }, (_, row): SlackBlock => {
    return { type: 'actions', elements: elements.slice(row * rowLength, (row + 1) * rowLength) };
  });
};

/** The blocks of a message with an action of its own for every button. */
export const numbered = (blocks: readonly SlackBlock[]): SlackBlock[] => {
  let next = 0;
  return blocks.map((block): SlackBlock => {
    if (block.type !== 'actions') return block;
    return {
      ...block,
      elements: block.elements.map((button) => ({ ...button, action_id: `${actionPrefix}${next++}` })),
    };
  });
};

/** A small-print block of plain text. */
export const note = (text: string): SlackBlock => ({ type: 'context', elements: [plain(text)] });

/** A neutral block as Slack's; none where it would be empty. */
export const slackBlocks = (block: Block): SlackBlock[] => {
  switch (block.type) {
    case 'heading':
      return block.text.trim() ? [{ type: 'header', text: plain(block.text, headerLength) }] : [];
    case 'paragraph':
      return richText(section(block.content));
    case 'note': {
      const parts = section(block.content);
      const texts = parts.flatMap((part) => part.elements);
      // Small print carries neither links nor what stands out.
      if (texts.some((element) => element.type === 'link' || element.style?.bold)) return richText(parts);
      const text = texts.map((element) => element.text).join('');
      return text.trim() ? [note(text)] : [];
    }
    case 'list': {
      const elements = block.items.flatMap(section);
      const style = block.ordered ? 'ordered' : 'bullet';
      return elements.length > 0 ? richText([{ type: 'rich_text_list', style, elements }]) : [];
    }
    case 'code':
      return preformatted(block.text);
    case 'buttons':
      return rows(block.buttons);
    case 'chart':
      return [
        ...richText(section([{ text: block.chart.title, bold: true }])),
        ...preformatted(chartLines(block.chart).join('\n')),
      ];
  }
};
