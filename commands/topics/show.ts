import type { ListItem, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as textOf } from 'mdast-util-to-string';
import { defineCommand } from '../../src/core/command.ts';
import {
  type Block,
  blocksOf,
  bulletList,
  button,
  buttonRow,
  codeBlock,
  heading,
  message,
  note,
  type Part,
  paragraph,
} from '../../src/core/message.ts';
import { limitsText } from '../shared/cutoffs.ts';
import { momentText } from '../shared/dates.ts';
import { personText } from '../shared/people.ts';
import { understoodParts } from './understood.ts';
import { currentVersion, firstTopicsText, topicsVersions } from './versions.ts';

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

const topicsBlocks = (markdown: string): Block[] =>
  blocksOf(fromMarkdown(markdown.replace(/^(\s*)•(?=\s)/gm, '$1-'), { extensions }).children.map(partOf));

export const showTopics = defineCommand({
  name: 'show',
  summary: 'Show the topics and limits of the channel',
  examples: ['topics show'],
  options: {},

  async run(context) {
    const channel = await context.channel();
    const { change } = currentVersion(await topicsVersions(channel.name, context.stores.changes)) ?? {};
    const origin = change
      ? `Last edited by ${personText(change.person, context)} (${momentText(new Date(change.at), channel.timezone)}).`
      : `The topics are ${await firstTopicsText(channel, context)}.`;
    const title = `Topics of ${channel.name}`;
    const parts = [
      heading(title),
      note(`${channel.name} posts ${limitsText(channel, context.services.model)}. ${origin}`),
      topicsBlocks(channel.rubric.topics),
      understoodParts(await context.services.understand(channel)),
      buttonRow(
        context.mayManage(channel) && button('Edit', ['topics edit']),
        change && button('History', ['topics history']),
      ),
    ];
    return message(title, parts, {
      files: [{ name: 'topics.md', mediaType: 'text/markdown', text: channel.rubric.topics }],
    });
  },
});
