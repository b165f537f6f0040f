import { defineCommand } from '../../src/core/command.ts';
import type { Block, Inline } from '../../src/core/message.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { cutoffsText } from '../shared/cutoffs.ts';
import { momentText } from '../shared/dates.ts';
import { personText } from '../shared/people.ts';
import { firstTopicsText, standingVersion, topicsVersions } from './versions.ts';

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
const markdownBlocks = (markdown: string): Block[] => {
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

export const showTopics = defineCommand({
  name: 'show',
  summary: 'what the channel reads, and its cutoffs',
  examples: ['topics show'],
  options: {},

  async run(context) {
    const channel = await context.channel();
    const { stores } = context;
    const { record } = standingVersion(await topicsVersions(channel.name, stores.changes)) ?? {};
    const first = record ? undefined : await firstTopicsText(channel, context);
    const untouched = first ? `They are ${first}.` : 'As in the config file; nobody has changed them in chat.';
    const since = record
      ? `Since ${momentText(new Date(record.at), channel.timezone)}, by ${personText(record.person, context)}.`
      : untouched;
    const sent: Inline[] = [`Papers are sent with ${cutoffsText(channel.cutoffs)}. ${since}`];
    return {
      summary: `Topics of ${channel.name}`,
      blocks: [
        { type: 'heading', text: `Topics of ${channel.name}` },
        { type: 'note', content: sent },
        ...markdownBlocks(channel.rubric.topics),
        ...buttonsBlock([
          ...(context.mayManage(channel) ? button('Edit', ['topics edit']) : []),
          ...(record ? button('History', ['topics history']) : []),
        ]),
      ],
      files: [{ name: 'topics.md', mediaType: 'text/markdown', text: channel.rubric.topics }],
    };
  },
});
