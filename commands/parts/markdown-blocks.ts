import type { Block, Inline } from '../../src/core/message.ts';

/** The words of a line without Markdown's marks for bold and code. */
const plain = (line: string): string => line.replace(/\*\*|__|`/g, '').trim();

type Piece = { kind: 'heading' | 'text'; text: string } | { kind: 'item'; text: string };

const piecesOf = (markdown: string): Piece[] => {
  const pieces: Piece[] = [];
  let isOpen = false;
  for (const raw of markdown.split(/\r\n?|\n/)) {
    const line = raw.trim();
    const [, heading] = /^#{1,6}\s+(.*?)\s*#*$/.exec(line) ?? [];
    const [, item] = /^[-*+•]\s+(.*)$/.exec(line) ?? [];
    const isNumbered = /^\d{1,3}[.)]\s/.test(line);
    const last = pieces.at(-1);
    if (line === '') isOpen = false;
    else if (heading !== undefined || isNumbered) pieces.push({ kind: 'heading', text: plain(heading ?? line) });
    else if (item !== undefined) pieces.push({ kind: 'item', text: plain(item) });
    // A paragraph or item goes on until an empty line.
    else if (isOpen && last) last.text += ` ${plain(line)}`;
    else pieces.push({ kind: 'text', text: plain(line) });
    if (line !== '') isOpen = heading === undefined;
  }
  return pieces;
};

/** A Markdown text of headings, paragraphs and lists as blocks that every platform shows. */
export const markdownBlocks = (markdown: string): Block[] => {
  const blocks: Block[] = [];
  for (const { kind, text } of piecesOf(markdown)) {
    const last = blocks.at(-1);
    const content: Inline[] = kind === 'heading' ? [{ text, bold: true }] : [text];
    if (kind === 'item' && last?.type === 'list') last.items.push(content);
    else if (kind === 'item') blocks.push({ type: 'list', ordered: false, items: [content] });
    else blocks.push({ type: 'paragraph', content });
  }
  return blocks;
};
