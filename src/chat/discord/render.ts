import type { Block, Inline, Message } from '../../core/message.ts';
import { plainText } from '../../core/message.ts';
import { shorten } from '../../core/paper-text.ts';
import { codeBlock, escaped, inlineMarkdown, oneLine, unescaped } from './markdown.ts';

/** The few parts of Discord's embeds that are used here. Only `description` is markdown; `url` shows without a title nowhere. */
export type Embed = { description?: string; footer?: { text: string }; url?: string };

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const limits = { embeds: 10, description: 4096, footer: 2048, total: 6000 } as const;

/** No text is cut to less, in characters; what does not fit then is left out. */
const shortestText = 40;
const shortestHeading = 100;

/** A command is answered in at most so many messages. */
const answerLimit = 5;

/**
 * A text that is never parted. `foot` is small print under an embed, which Discord shows as it is; what follows begins a
 * new embed. `glue` parts it from what stands before it.
 */
type Piece = { kind: 'body' | 'foot'; text: string; glue: string };

const headingMark = '### ';

const hasLink = (content: readonly Inline[]): boolean =>
  content.some((part) => typeof part !== 'string' && part.url !== undefined);

/** A paragraph in as many parts as an embed's text needs; a single text is never parted. */
const paragraphs = (content: readonly Inline[]): string[] => {
  const whole = inlineMarkdown(content);
  if (whole.length <= limits.description) return [whole];
  const parts: string[] = [];
  let current: Inline[] = [];
  for (const part of content) {
    const longer = [...current, part];
    if (current.length > 0 && inlineMarkdown(longer).length > limits.description) {
      parts.push(inlineMarkdown(current));
      current = [part];
    } else current = longer;
  }
  return [...parts, inlineMarkdown(current)];
};

/** A block in the parts between which an embed or a message may end; none where it would be empty. */
const pieces = (block: Block): Piece[] => {
  const body = (text: string, glue = '\n\n'): Piece[] => (text.trim() ? [{ kind: 'body', text, glue }] : []);
  switch (block.type) {
    case 'heading':
      return block.text.trim() ? body(`${headingMark}${escaped(oneLine(block.text.trim()))}`) : [];
    case 'paragraph':
      return paragraphs(block.content).flatMap((text, index) => body(text, index === 0 ? '\n\n' : ''));
    case 'note': {
      // A footer cannot carry links.
      if (hasLink(block.content)) return body(inlineMarkdown(block.content));
      const text = plainText(block.content).toWellFormed();
      return text.trim() ? [{ kind: 'foot', text, glue: '\n' }] : [];
    }
    case 'list': {
      const items = block.items.map((item) => oneLine(inlineMarkdown(item))).filter((item) => item.trim() !== '');
      return items.flatMap((item, index) => body(`${block.ordered ? `${index + 1}.` : '-'} ${item}`, '\n'));
    }
    case 'code':
      return block.text === '' ? [] : body(codeBlock(block.text));
  }
};

const size = (embeds: readonly Embed[]): number =>
  embeds.reduce((sum, { description = '', footer }) => sum + description.length + (footer?.text.length ?? 0), 0);

const fits = (embeds: readonly Embed[]): boolean =>
  embeds.length <= limits.embeds &&
  size(embeds) <= limits.total &&
  embeds.every(({ description = '' }) => description.length <= limits.description);

/** The last embed with one piece more; undefined where the piece needs an embed of its own. */
const extended = (embed: Embed, { kind, text, glue }: Piece): Embed | undefined => {
  if (kind === 'foot') {
    const footer = { text: embed.footer ? `${embed.footer.text}${glue}${text}` : text };
    return footer.text.length <= limits.footer ? { ...embed, footer } : undefined;
  }
  if (embed.footer) return undefined;
  const { description = '' } = embed;
  // A heading stands close to what it heads.
  const isHeading = description.startsWith(headingMark) && !description.includes('\n');
  const longer = `${description}${isHeading ? '\n' : glue}${text}`;
  return longer.length <= limits.description ? { ...embed, description: longer } : undefined;
};

/** A message's embeds with one piece more; undefined where that breaks a limit. */
const added = (embeds: readonly Embed[], piece: Piece): Embed[] | undefined => {
  const last = embeds.at(-1);
  const longer = last && extended(last, piece);
  const text = piece.kind === 'foot' ? escaped(piece.text) : piece.text;
  const all = longer ? [...embeds.slice(0, -1), longer] : [...embeds, { description: text }];
  return fits(all) ? all : undefined;
};

/** Blocks in as many messages as they need; undefined where a single piece is too long for any. */
const laidOut = (blocks: readonly Block[]): Embed[][] | undefined => {
  const messages: Embed[][] = [];
  let current: Embed[] = [];
  for (const piece of blocks.flatMap(pieces)) {
    const longer = added(current, piece);
    if (longer) {
      current = longer;
      continue;
    }
    const alone = added([], piece);
    if (!alone) return undefined;
    messages.push(current);
    current = alone;
  }
  return current.length > 0 ? [...messages, current] : messages;
};

/** Every text but a heading's cut to a length; links stay links. */
const trimmed = (blocks: readonly Block[], length: number): Block[] => {
  const trim = (part: Inline): Inline =>
    typeof part === 'string' ? shorten(part, length) : { ...part, text: shorten(part.text, length) };
  return blocks.map((block): Block => {
    switch (block.type) {
      case 'heading':
        return { ...block, text: shorten(block.text, Math.max(length, shortestHeading)) };
      case 'list':
        return { ...block, items: block.items.map((item) => item.map(trim)) };
      case 'code':
        return { ...block, text: shorten(block.text, length) };
      default:
        return { ...block, content: block.content.map(trim) };
    }
  });
};

/** The longest cut of the blocks that a test accepts, else the shortest: the longest texts are cut first. */
const cutUntil = (blocks: readonly Block[], accepts: (messages: Embed[][] | undefined) => boolean) => {
  let [low, high] = [shortestText, limits.total];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (accepts(laidOut(trimmed(blocks, middle)))) low = middle;
    else high = middle - 1;
  }
  return laidOut(trimmed(blocks, low));
};

const sentence = (text: string): Piece => ({ kind: 'body', text: escaped(text), glue: '\n\n' });

/** A message's embeds with a last piece; what makes room for it is left out, some lines or the last embed. */
const closedWith = (embeds: readonly Embed[], last: Piece): Embed[] => {
  for (let kept = [...embeds]; ; kept = kept.slice(0, -1)) {
    const lines = kept.at(-1)?.description?.split('\n') ?? [];
    const description = lines.slice(0, -3).join('\n').trimEnd();
    const shorter = description ? [...kept.slice(0, -1), { description }] : [];
    const closed = added(kept, last) ?? (description ? added(shorter, last) : undefined);
    if (closed) return closed;
  }
};

const blocksOf = ({ blocks, summary }: Message): Block[] =>
  blocks.flatMap(pieces).length > 0 ? blocks : [{ type: 'paragraph', content: [summary.trim() || '…'] }];

/** A message to post, in one piece. `url` goes with its first embed, where it is not shown. */
export const renderPost = (message: Message, url: string): Embed[] => {
  const blocks = blocksOf(message);
  const isOne = (messages: Embed[][] | undefined): boolean => messages?.length === 1;
  const whole = laidOut(blocks);
  const [first = [], ...others] = (isOne(whole) ? whole : cutUntil(blocks, isOne)) ?? [];
  const embeds = others.length > 0 || first.length === 0 ? closedWith(first, sentence('…')) : first;
  return embeds.map((embed, index) => (index === 0 ? { ...embed, url } : embed));
};

/** The answer to a command, in at most five messages; the last says so where something had to be left out. */
export const renderAnswer = (message: Message): Embed[][] => {
  const blocks = blocksOf(message);
  const messages = laidOut(blocks) ?? cutUntil(blocks, (cut) => cut !== undefined) ?? [[{ description: '…' }]];
  const shown = messages.slice(0, answerLimit);
  if (messages.length === shown.length) return messages;
  const left = sentence('There is more than fits into one answer. Ask for less at a time.');
  return [...shown.slice(0, -1), closedWith(shown.at(-1) ?? [], left)];
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
