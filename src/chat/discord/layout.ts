import type { Block, Button } from '../../core/message.ts';
import { maxButtons } from './buttons.ts';
import { escaped } from './markdown.ts';
import { descriptionLimit, headingMark, type Piece, pieces, type TextPiece, trimmed } from './pieces.ts';

/** The few parts of Discord's embeds that are used here. Only `description` is markdown; `url` shows without a title nowhere. */
export type Embed = { description?: string; footer?: { text: string }; url?: string };

/** One message of Discord's: texts, and groups of buttons under them. */
export type Layout = { embeds: Embed[]; buttons: (readonly Button[])[] };

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const limits = { embeds: 10, footer: 2048, total: 6000 } as const;

/** No text is cut to less, in characters; what does not fit then is left out. */
const minTextLength = 40;

const size = (embeds: readonly Embed[]): number =>
  embeds.reduce((sum, { description = '', footer }) => sum + description.length + (footer?.text.length ?? 0), 0);

const fits = (embeds: readonly Embed[]): boolean =>
  embeds.length <= limits.embeds &&
  size(embeds) <= limits.total &&
  embeds.every(({ description = '' }) => description.length <= descriptionLimit);

/** The last embed with one piece more; undefined where the piece needs an embed of its own. */
const extended = (embed: Embed, { kind, text, glue }: TextPiece): Embed | undefined => {
  if (kind === 'foot') {
    const footer = { text: embed.footer ? `${embed.footer.text}${glue}${text}` : text };
    return footer.text.length <= limits.footer ? { ...embed, footer } : undefined;
  }
  if (embed.footer) return undefined;
  const { description = '' } = embed;
  // A heading stands close to what it heads.
  const isHeading = description.startsWith(headingMark) && !description.includes('\n');
  const longer = `${description}${isHeading ? '\n' : glue}${text}`;
  return longer.length <= descriptionLimit ? { ...embed, description: longer } : undefined;
};

/** Embeds with a text more; undefined where that breaks a limit. */
const embedsWith = (embeds: readonly Embed[], piece: TextPiece): Embed[] | undefined => {
  const last = embeds.at(-1);
  const longer = last && extended(last, piece);
  const text = piece.kind === 'foot' ? escaped(piece.text) : piece.text;
  const all = longer ? [...embeds.slice(0, -1), longer] : [...embeds, { description: text }];
  return fits(all) ? all : undefined;
};

/** A message with one piece more; undefined where that breaks a limit. */
const added = (layout: Layout, piece: Piece): Layout | undefined => {
  if (piece.kind === 'buttons') {
    const buttons = [...layout.buttons, piece.buttons];
    return buttons.flat().length <= maxButtons ? { ...layout, buttons } : undefined;
  }
  const embeds = embedsWith(layout.embeds, piece);
  return embeds && { ...layout, embeds };
};

const empty: Layout = { embeds: [], buttons: [] };

/** Blocks in as many messages as they need; undefined where a single piece is too long for any. */
export const laidOut = (blocks: readonly Block[]): Layout[] | undefined => {
  const messages: Layout[] = [];
  let current = empty;
  for (const piece of blocks.flatMap(pieces)) {
    const longer = added(current, piece);
    if (longer) {
      current = longer;
      continue;
    }
    const alone = added(empty, piece);
    if (!alone) return undefined;
    messages.push(current);
    current = alone;
  }
  return current === empty ? messages : [...messages, current];
};

/** The longest cut of the blocks that a test accepts, else the shortest: the longest texts are cut first. */
export const cutUntil = (blocks: readonly Block[], accepts: (messages: Layout[] | undefined) => boolean) => {
  let [low, high] = [minTextLength, limits.total];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (accepts(laidOut(trimmed(blocks, middle)))) low = middle;
    else high = middle - 1;
  }
  return laidOut(trimmed(blocks, low));
};

export const sentence = (text: string): TextPiece => ({ kind: 'body', text: escaped(text), glue: '\n\n' });

/** A message with a last text; what makes room for it is left out, some lines or the last embed. */
export const closedWith = (layout: Layout, last: TextPiece): Layout => {
  for (let kept = [...layout.embeds]; ; kept = kept.slice(0, -1)) {
    const lines = kept.at(-1)?.description?.split('\n') ?? [];
    const description = lines.slice(0, -3).join('\n').trimEnd();
    const shorter = description ? [...kept.slice(0, -1), { description }] : [];
    const closed = embedsWith(kept, last) ?? (description ? embedsWith(shorter, last) : undefined);
    if (closed) return { ...layout, embeds: closed };
  }
};
