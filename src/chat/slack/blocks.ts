import type { Block, Inline } from '../../core/message.ts';

type PlainText = { type: 'plain_text'; text: string; emoji: false };
type Style = { bold?: true; italic?: true; code?: true };
type RichElement =
  | { type: 'text'; text: string; style?: Style }
  | { type: 'link'; url: string; text: string; style?: Style };
type Section = { type: 'rich_text_section'; elements: RichElement[] };
/** `offset` is how many numbers an ordered list skips: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export type List = { type: 'rich_text_list'; style: 'ordered' | 'bullet'; offset?: number; elements: Section[] };
type Preformatted = { type: 'rich_text_preformatted'; elements: { type: 'text'; text: string }[] };

export type RichPart = Section | List | Preformatted;

/** The few of Slack's blocks that are used here. None holds mrkdwn, which paper text could break out of. */
export type SlackBlock = { block_id?: string } & (
  | { type: 'header'; text: PlainText }
  | { type: 'context'; elements: PlainText[] }
  | { type: 'rich_text'; elements: RichPart[] }
);

/** Longest header: https://docs.slack.dev/reference/block-kit/blocks/header-block */
const headerLength = 150;
/** Longest text object: https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const textLength = 3000;
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

const plain = (text: string): PlainText => ({ type: 'plain_text', text, emoji: false });

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

/** A small-print block of plain text. */
export const note = (text: string): SlackBlock => ({ type: 'context', elements: [plain(cut(text, textLength))] });

/** A neutral block as Slack's; none where it would be empty. */
export const slackBlocks = (block: Block): SlackBlock[] => {
  switch (block.type) {
    case 'heading':
      return block.text.trim() ? [{ type: 'header', text: plain(cut(block.text.toWellFormed(), headerLength)) }] : [];
    case 'paragraph':
      return richText(section(block.content));
    case 'note': {
      const parts = section(block.content);
      const texts = parts.flatMap((part) => part.elements);
      // Small print cannot carry links.
      if (texts.some((element) => element.type === 'link')) return richText(parts);
      const text = texts.map((element) => element.text).join('');
      return text.trim() ? [note(text)] : [];
    }
    case 'list': {
      const elements = block.items.flatMap(section);
      const style = block.ordered ? 'ordered' : 'bullet';
      return elements.length > 0 ? richText([{ type: 'rich_text_list', style, elements }]) : [];
    }
    case 'code': {
      const text = block.text.toWellFormed();
      return text ? richText([{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }]) : [];
    }
  }
};
