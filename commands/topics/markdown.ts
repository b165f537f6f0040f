import type { ListItem, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as textOf } from 'mdast-util-to-string';
import { type Block, blocksOf, bulletList, codeBlock, type Part, paragraph } from '../../src/core/message.ts';

/** People indent lists by any number of spaces, and four must not turn a list into code. */
const extensions = [{ disable: { null: ['codeIndented'] } }];

const isList = (node: RootContent) => node.type === 'list';

const plain = (node: RootContent | ListItem): string => textOf(node).replace(/\s+/g, ' ').trim();

const ownText = ({ children }: ListItem): string =>
  children
    .filter((child) => !isList(child))
    .map(plain)
    .join(' ');

const flatItems = (items: readonly ListItem[]): string[] =>
  items.flatMap((item) => [
    ownText(item),
    ...item.children.flatMap((child) => (child.type === 'list' ? flatItems(child.children) : [])),
  ]);

const partOf = (node: RootContent): Part => {
  switch (node.type) {
    case 'heading':
      return paragraph({ text: plain(node), bold: true });
    case 'list':
      // Numbered items are topics with bullets below them.
      return node.ordered
        ? node.children.map((item, index) => [
            paragraph({ text: `${(node.start ?? 1) + index}. ${ownText(item)}`, bold: true }),
            item.children.filter(isList).map(partOf),
          ])
        : bulletList(flatItems(node.children));
    case 'blockquote':
      return node.children.map(partOf);
    case 'code':
      return codeBlock(node.value);
    default:
      return paragraph(plain(node));
  }
};

export const topicsBlocks = (markdown: string): Block[] =>
  blocksOf(fromMarkdown(markdown.replace(/^(\s*)•(?=\s)/gm, '$1-'), { extensions }).children.map(partOf));
