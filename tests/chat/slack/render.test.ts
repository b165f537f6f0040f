import { describe, expect, it } from 'vitest';
import { renderAnswer, renderPost, type SlackMessage } from '../../../src/chat/slack/render.ts';
import { type Block, type Inline, type Message, textMessage } from '../../../src/core/message.ts';
import { slackMessageSchema } from '../../fakes/slack-limits.ts';
import { shownText } from './shown.ts';

const post = (blocks: Block[], summary = 'Summary') => renderPost({ summary, blocks }, 'paperboy:k');
const accepted = (message: SlackMessage) => slackMessageSchema.parse(message) && message;
const elements = (content: Inline[]) => {
  const [block] = accepted(post([{ type: 'paragraph', content }])).blocks;
  const part = block?.type === 'rich_text' ? block.elements[0] : undefined;
  return part?.type === 'rich_text_section' ? part.elements : undefined;
};

const paper: Message = {
  summary: '1. Sorting in linear time & <other> stories',
  blocks: [
    { type: 'heading', text: '1. Sorting in linear time & <other> stories' },
    {
      type: 'paragraph',
      content: [
        { text: 'Relevance 9, novelty 7', bold: true },
        ' — matches ',
        { text: 'sorting', italic: true },
        ' in ',
        { text: 'cs.DS', code: true },
      ],
    },
    {
      type: 'list',
      ordered: true,
      items: [[{ text: 'Abstract', url: 'https://arxiv.org/abs/2501.00001' }], ['Plain']],
    },
    { type: 'list', ordered: false, items: [['One'], ['Two ', { text: 'bold', bold: true }]] },
    { type: 'code', text: 'O(n) < O(n log n)' },
    { type: 'note', content: ['2501.00001 · new in cs.DS'] },
    { type: 'note', content: ['See ', { text: 'PDF', url: 'https://arxiv.org/pdf/2501.00001' }] },
  ],
};

describe('a message rendered for Slack', () => {
  it('matches the golden file', async () => {
    const golden = JSON.stringify(accepted(renderPost(paper, 'paperboy:2025-01-02-c-1')), null, 2);
    await expect(`${golden}\n`).toMatchFileSnapshot('golden/paper.json');
  });

  it.each(['<!channel>', '<@U1>', '@here', '*bold*', '`code`', '<https://x|y>', ':tada:', '~a~ _b_', 'a\u2028b'])(
    'keeps %s as plain text everywhere',
    (text) => {
      const blocks: Block[] = [
        { type: 'heading', text },
        { type: 'paragraph', content: [text] },
        { type: 'note', content: [text] },
        { type: 'list', ordered: false, items: [[text]] },
        { type: 'code', text },
      ];
      const message = accepted(post(blocks, text));
      expect(message.blocks.map(shownText)).toEqual(blocks.map(() => text));
    },
  );

  it('escapes the notification text', () => {
    expect(post([], '<!channel> & <@U1>').text).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'slack://open', 'not an address'])('does not link %s', (url) => {
    expect(elements([{ text: 'here', url }])).toEqual([{ type: 'text', text: 'here' }]);
  });

  it('does not link an address that is too long', () => {
    const url = `https://x.example/${'a'.repeat(3000)}`;
    expect(elements([{ text: 'here', url }])).toEqual([{ type: 'text', text: 'here' }]);
  });

  it('keeps bold text in small print', () => {
    const content = ['teeth ', { text: 'mesh', bold: true }];
    expect(accepted(post([{ type: 'note', content }])).blocks).toMatchObject([
      { type: 'rich_text', elements: [{ elements: [{}, { text: 'mesh', style: { bold: true } }] }] },
    ]);
  });

  it('drops empty blocks, because Slack refuses them', () => {
    expect(elements(['', { text: '', bold: true }, 'a', { text: '', url: 'https://x.example' }])).toEqual([
      { type: 'text', text: 'a' },
    ]);
    const empty: Block[] = [
      { type: 'heading', text: ' ' },
      { type: 'paragraph', content: [] },
      { type: 'note', content: [''] },
      { type: 'list', ordered: true, items: [[''], []] },
      { type: 'code', text: '' },
    ];
    expect(accepted(post([...empty, { type: 'paragraph', content: ['left'] }])).blocks).toHaveLength(1);
  });

  it('shows the summary if every block is empty', () => {
    expect(accepted(post([], 'Nothing today')).blocks.map(shownText)).toEqual(['Nothing today']);
    accepted(post([], ''));
  });

  it('cuts a long heading between characters', () => {
    const [block] = accepted(post([{ type: 'heading', text: `${'a'.repeat(148)}😀😀` }])).blocks;
    expect(shownText(block)).toBe(`${'a'.repeat(148)}…`);
  });

  it('replaces half a character', () => {
    expect(shownText(accepted(post([{ type: 'paragraph', content: ['a\ud83d'] }], 'b\ud83d')).blocks)).toBe('a\ufffd');
  });

  it('cuts only the longest text of a post that is too long, and keeps its links', () => {
    const url = 'https://arxiv.org/abs/2501.00001';
    const message = accepted(
      post([
        { type: 'paragraph', content: [{ text: 'A title', url }] },
        { type: 'paragraph', content: ['x'.repeat(30_000)] },
        { type: 'paragraph', content: ['y'.repeat(3000), { text: 'Abstract', url }] },
      ]),
    );
    const [title, long, short] = message.blocks.map(shownText);
    expect([title, short]).toEqual(['A title', `${'y'.repeat(3000)}Abstract`]);
    expect(long).toMatch(/^x{8000,}…$/);
    expect(JSON.stringify(message.blocks).split(url)).toHaveLength(3);
  });

  it('fits fifty linked titles into one post, with every link', () => {
    const items = Array.from({ length: 50 }, (_, index) => [
      { text: `Title ${index} ${'word '.repeat(60)}`, url: `https://arxiv.org/abs/2501.${10_000 + index}` },
      ' 9 + 8',
    ]);
    const { blocks } = accepted(
      post([
        { type: 'heading', text: 'Day' },
        { type: 'list', ordered: true, items },
      ]),
    );
    expect(JSON.stringify(blocks).match(/arxiv\.org\/abs/g)).toHaveLength(50);
  });

  it('keeps at most fifty blocks of a post, and marks the cut', () => {
    const { blocks } = accepted(
      post(Array.from({ length: 80 }, (_, index) => ({ type: 'paragraph', content: [`${index}`] }))),
    );
    expect(blocks).toHaveLength(50);
    expect(shownText(blocks.at(-1))).toBe('…');
  });

  it('accepts thousands of links', () => {
    const content = Array.from({ length: 2000 }, () => ({ text: 'a', url: 'https://x.example' }));
    accepted(post([{ type: 'paragraph', content }]));
    accepted(post([{ type: 'list', ordered: false, items: content.map((one) => [one]) }]));
    const long = content.map((one) => ({ ...one, url: `https://x.example/${'a'.repeat(1900)}` }));
    accepted(post([{ type: 'paragraph', content: long }]));
  });

  it('keeps the notification text under 3,000 characters after escaping', () => {
    for (const character of ['&', '<', 'a', '😀']) {
      const { text } = accepted(post([], character.repeat(5000)));
      expect(text.length).toBeGreaterThan(2900);
      expect(text.endsWith('…')).toBe(true);
    }
  });

  it('puts the delivery key on the first block only', () => {
    const { blocks } = renderPost(paper, 'paperboy:key');
    expect(blocks.map((block) => block.block_id)).toEqual(['paperboy:key', ...blocks.slice(1).map(() => undefined)]);
  });
});

describe('an answer to a command', () => {
  const listOf = (count: number, text: string): Message => ({
    summary: 'A list',
    blocks: [
      { type: 'heading', text: 'Papers' },
      { type: 'list', ordered: true, items: Array.from({ length: count }, (_, index) => [`${index} ${text}`]) },
    ],
  });

  it('is one message if it fits', () => {
    expect(renderAnswer(textMessage('Yes')).map(accepted)).toHaveLength(1);
  });

  it('is split between list items, which keep their numbers', () => {
    const messages = renderAnswer(listOf(100, 'a'.repeat(300))).map(accepted);
    expect(messages.length).toBeGreaterThan(2);
    let seen = 0;
    for (const { blocks } of messages) {
      const lists = blocks.flatMap((block) => (block.type === 'rich_text' ? block.elements : []));
      for (const list of lists) {
        if (list.type !== 'rich_text_list') continue;
        expect(list.offset ?? 0).toBe(seen);
        expect(shownText(list.elements[0])).toMatch(new RegExp(`^${seen} `));
        seen += list.elements.length;
      }
    }
    expect(seen).toBe(100);
  });

  it('takes at most five messages, and the last one says that there is more', () => {
    const messages = renderAnswer(listOf(1000, 'a'.repeat(300))).map(accepted);
    expect(messages).toHaveLength(5);
    expect(shownText(messages.at(-1)?.blocks)).toMatch(/Ask for less at a time\.$/);
  });

  it('is split after fifty blocks', () => {
    const blocks = Array.from({ length: 120 }, (_, index): Block => ({ type: 'heading', text: `${index}` }));
    const messages = renderAnswer({ summary: 'Many', blocks }).map(accepted);
    expect(messages.map((message) => message.blocks.length)).toEqual([50, 50, 20]);
  });

  it('cuts a paragraph that no message can hold', () => {
    const messages = renderAnswer(textMessage('z'.repeat(40_000))).map(accepted);
    expect(messages).toHaveLength(1);
    expect(shownText(messages[0]?.blocks)).toMatch(/^z{10000,}…$/);
  });
});
