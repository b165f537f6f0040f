import { type APIEmbed, EmbedBuilder } from 'discord.js';
import { withoutControls } from '../../core/folding.ts';
import {
  type Block,
  type Button,
  blocksOf,
  codeBlock as codeBlockOf,
  type Inline,
  type Menu,
  type Message,
  paragraph,
  plainText,
} from '../../core/message.ts';
import { shorten } from '../../core/paper.ts';
import { chunksOf, largestAccepted } from '../kit/fit.ts';
import { readableMessage } from '../kit/readable.ts';
import { type ButtonRow, buttonRows, buttonsPerRow, maxButtons, usableButtons } from './forms.ts';
import { chartTexts, codeBlock, escaped, inlineMarkdown, oneLine, unescaped } from './markdown.ts';

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const limits = { embeds: 10, description: 4096, footer: 2048, total: 6000 } as const;

/**
 * In characters. Headings and other texts are never shortened below these limits; whatever still does not fit is
 * omitted.
 */
const minHeadingLength = 100;
const minTextLength = 40;

const maxAnswerMessages = 5;

/**
 * A text that is never split. `foot` is the footer of an embed, shown as plain text; the next part starts a new embed.
 * `glue` goes between this text and the previous one.
 */
type TextPart = { kind: 'body' | 'foot'; text: string; glue: string };

type ButtonsPart = { kind: 'buttons'; buttons: readonly Button[]; menu?: Menu };
type Part = TextPart | ButtonsPart;

/** Only `description` is markdown. Without a title, Discord does not show `url`. */
type Embed = Pick<APIEmbed, 'description' | 'url' | 'footer'>;

type Layout = { embeds: Embed[]; buttons: (readonly Button[])[]; menus: Menu[] };

export type Rendered = { embeds: Embed[]; components: ButtonRow[] };

const headingMark = '### ';

const isMarked = (content: readonly Inline[]): boolean =>
  content.some((part) => typeof part !== 'string' && (part.url !== undefined || part.bold));

const paragraphTexts = (content: readonly Inline[]): string[] => {
  const whole = inlineMarkdown(content);
  if (whole.length <= limits.description) return [whole];
  const texts: string[] = [];
  let current: Inline[] = [];
  for (const part of content) {
    const longer = [...current, part];
    if (current.length > 0 && inlineMarkdown(longer).length > limits.description) {
      texts.push(inlineMarkdown(current));
      current = [part];
    } else current = longer;
  }
  return [...texts, inlineMarkdown(current)];
};

/** The parts of a block. An embed or a message may end between them. None if the block is empty. */
const partsOf = (block: Block): Part[] => {
  const body = (text: string, glue = '\n\n'): TextPart[] => (text.trim() ? [{ kind: 'body', text, glue }] : []);
  switch (block.type) {
    case 'heading':
      return block.text.trim() ? body(`${headingMark}${escaped(oneLine(block.text.trim()))}`) : [];
    case 'paragraph':
      return paragraphTexts(block.content).flatMap((text, index) => body(text, index === 0 ? '\n\n' : ''));
    case 'note': {
      // A footer shows neither links nor bold text.
      if (isMarked(block.content)) return body(inlineMarkdown(block.content));
      const text = plainText(block.content).toWellFormed();
      return text.trim() ? [{ kind: 'foot', text, glue: '\n' }] : [];
    }
    case 'list': {
      const items = block.items.map((item) => oneLine(inlineMarkdown(item))).filter((item) => item.trim() !== '');
      const first = block.start ?? 1;
      return items.flatMap((item, index) => body(`${block.ordered ? `${first + index}.` : '-'} ${item}`, '\n'));
    }
    case 'code':
      return block.text === '' ? [] : body(codeBlock(block.text));
    case 'chart':
      return chartTexts(block.chart).flatMap((text, index) => body(text, index === 0 ? '\n\n' : '\n'));
    case 'buttons':
      return chunksOf(usableButtons(block.buttons), maxButtons).map(
        (buttons, index, all): ButtonsPart => ({
          ...{ kind: 'buttons', buttons },
          ...(block.menu && index === all.length - 1 && { menu: block.menu }),
        }),
      );
  }
};

const trimmed = (blocks: readonly Block[], length: number): Block[] => {
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

const fits = (embeds: readonly Embed[]): boolean => {
  const length = ({ description = '', footer }: Embed): number => description.length + (footer?.text.length ?? 0);
  return (
    embeds.length <= limits.embeds &&
    embeds.reduce((sum, embed) => sum + length(embed), 0) <= limits.total &&
    embeds.every(({ description = '' }) => description.length <= limits.description)
  );
};

const extended = (embed: Embed, { kind, text, glue }: TextPart): Embed | undefined => {
  if (kind === 'foot') {
    const footer = { text: embed.footer ? `${embed.footer.text}${glue}${text}` : text };
    return footer.text.length <= limits.footer ? { ...embed, footer } : undefined;
  }
  if (embed.footer) return undefined;
  const { description = '' } = embed;
  // No empty line follows a heading.
  const isHeading = description.startsWith(headingMark) && !description.includes('\n');
  const longer = `${description}${isHeading ? '\n' : glue}${text}`;
  return longer.length <= limits.description ? { ...embed, description: longer } : undefined;
};

const embedsWith = (embeds: readonly Embed[], part: TextPart): Embed[] | undefined => {
  const last = embeds.at(-1);
  const longer = last && extended(last, part);
  const text = part.kind === 'foot' ? escaped(part.text) : part.text;
  const all = longer ? [...embeds.slice(0, -1), longer] : [...embeds, { description: text }];
  return fits(all) ? all : undefined;
};

const added = (layout: Layout, part: Part): Layout | undefined => {
  if (part.kind === 'buttons') {
    const buttons = [...layout.buttons, part.buttons];
    const menus = part.menu ? [...layout.menus, part.menu] : layout.menus;
    return buttons.flat().length + menus.length * buttonsPerRow <= maxButtons
      ? { ...layout, buttons, menus }
      : undefined;
  }
  const embeds = embedsWith(layout.embeds, part);
  return embeds && { ...layout, embeds };
};

const empty: Layout = { embeds: [], buttons: [], menus: [] };

/** Splits blocks into as many messages as they need; undefined if a single part is too long for any message. */
const laidOut = (blocks: readonly Block[]): Layout[] | undefined => {
  const messages: Layout[] = [];
  let current = empty;
  for (const part of blocks.flatMap(partsOf)) {
    const longer = added(current, part);
    if (longer) {
      current = longer;
      continue;
    }
    const alone = added(empty, part);
    if (!alone) return undefined;
    messages.push(current);
    current = alone;
  }
  return current === empty ? messages : [...messages, current];
};

/** Shortens the longest texts first, by as little as `accepts` allows; if it never accepts, as far as possible. */
const cutUntil = (blocks: readonly Block[], accepts: (messages: Layout[] | undefined) => boolean) => {
  const cut = (length: number) => laidOut(trimmed(blocks, length));
  return cut(largestAccepted(minTextLength, limits.total, (length) => accepts(cut(length))));
};

const closedWith = (layout: Layout, ending: string): Layout => {
  const last: TextPart = { kind: 'body', text: escaped(ending), glue: '\n\n' };
  for (let kept = [...layout.embeds]; ; kept = kept.slice(0, -1)) {
    const lines = kept.at(-1)?.description?.split('\n') ?? [];
    const description = lines.slice(0, -3).join('\n').trimEnd();
    const shorter = description ? [...kept.slice(0, -1), { description }] : [];
    const closed = embedsWith(kept, last) ?? (description ? embedsWith(shorter, last) : undefined);
    if (closed) return { ...layout, embeds: closed };
  }
};

const rendered = ({ embeds, buttons, menus }: Layout): Rendered => ({
  embeds: embeds.map((embed) => new EmbedBuilder(embed).toJSON()),
  components: buttonRows(buttons, menus),
});

const shownBlocks = ({ blocks, summary }: Pick<Message, 'blocks' | 'summary'>): Block[] =>
  blocks.flatMap(partsOf).some(({ kind }) => kind !== 'buttons')
    ? blocks
    : blocksOf(paragraph(summary.trim() || '…'), blocks);

/** Files as text, because posting a file would need one more permission in each channel. */
const filesAsText = ({ files = [] }: Message): Block[] =>
  files.flatMap(({ name, text }) => blocksOf(paragraph({ text: name, bold: true }), codeBlockOf(text)));

/** A single message to post. Its first embed gets `url`, which Discord does not show. */
export const renderPost = (message: Message, url: string): Rendered => {
  const readable = readableMessage(message);
  const blocks = shownBlocks({ ...readable, blocks: [...readable.blocks, ...filesAsText(message)] });
  const isOne = (messages: Layout[] | undefined): boolean => messages?.length === 1;
  const whole = laidOut(blocks);
  const [first = empty, ...others] = (isOne(whole) ? whole : cutUntil(blocks, isOne)) ?? [];
  const shown = others.length > 0 || first.embeds.length === 0 ? closedWith(first, '…') : first;
  const embeds = shown.embeds.map((embed, index) => (index === 0 ? { ...embed, url } : embed));
  return rendered({ ...shown, embeds });
};

export const renderAnswer = (message: Message): [Rendered, ...Rendered[]] => {
  const blocks = shownBlocks(readableMessage(message));
  const messages = laidOut(blocks) ?? cutUntil(blocks, (cut) => cut !== undefined) ?? [];
  const [first = { ...empty, embeds: [{ description: '…' }] }, ...others] = messages;
  if (messages.length <= maxAnswerMessages) return [rendered(first), ...others.map(rendered)];
  const shown = others.slice(0, maxAnswerMessages - 1);
  const last = closedWith(shown.at(-1) ?? first, 'The answer is too long to show in full. Ask for less at a time.');
  return [rendered(first), ...[...shown.slice(0, -1), last].map(rendered)];
};

export const headingOf = ({ blocks, summary }: Message): string => {
  const heading = blocks.find((block) => block.type === 'heading');
  return oneLine(withoutControls(heading?.text ?? summary)).trim();
};

export const headingIn = (embeds: readonly { description?: string | null | undefined }[]): string => {
  const [line = ''] = (embeds[0]?.description ?? '').split('\n');
  return unescaped(line.startsWith(headingMark) ? line.slice(headingMark.length) : line).trim();
};
