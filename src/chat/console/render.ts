import { stripVTControlCharacters } from 'node:util';
import type { Block, Inline, Message } from '../../core/message.ts';

/** Nothing in a text may steer the terminal. */
const harmless = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/(?!\n)\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, '');

const inlineText = (content: readonly Inline[]): string =>
  content
    .map((part) => {
      if (typeof part === 'string') return harmless(part);
      const text = harmless(part.text);
      return part.url === undefined || part.url === part.text ? text : `${text} <${harmless(part.url)}>`;
    })
    .join('');

const blockText = (block: Block): string => {
  if (block.type === 'heading') {
    const text = harmless(block.text);
    return `${text}\n${'─'.repeat(Math.min(80, text.length))}`;
  }
  if (block.type === 'code') return harmless(block.text).replaceAll(/^/gm, '    ');
  if (block.type !== 'list') return inlineText(block.content);
  const width = block.ordered ? String(block.items.length).length : 0;
  return block.items
    .map((item, index) => `${block.ordered ? `${String(index + 1).padStart(width)}.` : '•'} ${inlineText(item)}`)
    .join('\n');
};

/** A message as plain text for a terminal, with a line break at the end. */
export const renderText = (message: Message): string => `${message.blocks.map(blockText).join('\n\n')}\n`;
