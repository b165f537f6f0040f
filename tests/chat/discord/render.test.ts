import { describe, expect, it } from 'vitest';
import { headingIn, headingOf, type Rendered, renderAnswer, renderPost } from '../../../src/chat/discord/render.ts';
import { readableText } from '../../../src/chat/kit/readable.ts';
import { type Block, type Inline, type Message, plainText, textMessage } from '../../../src/core/message.ts';
import { discordAnswerSchema } from '../../fakes/discord-limits.ts';
import { readMarkdown, shownText } from './shown.ts';

const url = 'https://discord.com/channels/1/2#paperboy-k';
const accepted = (message: Rendered): Rendered['embeds'] => {
  discordAnswerSchema.parse({ ...message, allowed_mentions: { parse: [] } });
  return message.embeds;
};
const post = (blocks: Block[], summary = 'Summary') => accepted(renderPost({ summary, blocks }, url));
const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });
const markdownOf = (...content: Inline[]) => post([paragraph(...content)])[0]?.description ?? '';

const paper: Message = {
  summary: '1. Sorting in linear time & <other> stories',
  blocks: [
    { type: 'heading', text: '1. Sorting in linear time & <other> stories' },
    paragraph(
      { text: '1. ', bold: true },
      { text: 'A [short] title', url: 'https://arxiv.org/abs/2501.00001', bold: true },
    ),
    paragraph(
      { text: 'Relevance 9, novelty 7', bold: true },
      ' — matches ',
      { text: 'sorting', italic: true },
      ' in ',
      { text: 'cs.DS', code: true },
    ),
    {
      type: 'list',
      ordered: true,
      items: [[{ text: 'Abstract', url: 'https://arxiv.org/abs/2501.00001' }], ['Plain']],
    },
    { type: 'list', ordered: false, items: [['One', { text: '  by Ada', italic: true }], ['Two\nlines']] },
    { type: 'code', text: 'O(n) < O(n log n)' },
    { type: 'note', content: ['See ', { text: 'PDF', url: 'https://arxiv.org/pdf/2501.00001' }] },
    { type: 'note', content: ['2501.00001 · new in **cs.DS**'] },
    { type: 'note', content: ['Scored by hand'] },
  ],
};

const hostile = [
  '@everyone and @here <@123456789012345678> <@!1> <@&1> <#1> </top:1> <id:browse>',
  '<:smile:123456789012345678> <a:wave:1> :tada: <t:1618953630:R> <t:1618953630>',
  '**bold** *italic* __under__ _emphasis_ ~~gone~~ ||spoiler|| `code` ``more``',
  '```js\nalert(1)\n```',
  '[click](https://evil.example) [a\\](https://evil.example) <https://evil.example> https://evil.example/x_y_z',
  '# heading\n## second\n### third\n-# small',
  '> quote\n>>> all\n- one\n* two\n+ three\n1. four\n  2) five',
  'back\\slash \\*not\\* \\alpha $x_1^2 \\in \\{a_i\\}$ ¯\\_(ツ)_/¯',
  'discord.gg/invite steam://run mailto:a@b.example #general',
  '* * *\n\n---\n___',
  '***[both](https://x.example)***',
];

describe('a message rendered for Discord', () => {
  it('matches the golden file', async () => {
    const golden = JSON.stringify(accepted(renderPost(paper, url)), null, 2);
    await expect(`${golden}\n`).toMatchFileSnapshot('golden/paper.json');
  });
  it('keeps bold text in small print', () => {
    const [embed] = post([{ type: 'note', content: ['teeth ', { text: 'mesh', bold: true }] }]);
    expect(embed?.description).toBe('teeth **mesh**');
  });

  it.each(hostile)('shows %j as plain text everywhere', (written) => {
    const text = readableText(written);
    const flat = text.replace(/\s*\n+\s*/g, ' ');
    const shown = (...blocks: Block[]) => shownText(post(blocks));
    expect(shown(paragraph(text))).toBe(text);
    expect(shown(paragraph('x ', { text, bold: true }, ' ', { text, italic: true }, ' y'))).toBe(`x ${text} ${text} y`);
    expect(shown(paragraph({ text, bold: true }, { text, italic: true }))).toBe(`${text}${text}`);
    expect(shown(paragraph(text, { text, url: 'https://arxiv.org/abs/1' }))).toBe(`${text}${flat}`);
    expect(shown({ type: 'heading', text })).toBe(flat);
    expect(shown({ type: 'list', ordered: false, items: [[text], [text]] })).toBe(`${flat}\n${flat}`);
    expect(shown(paragraph('x'), { type: 'note', content: [text] })).toBe(`x\n${text}`);
    expect(shown({ type: 'code', text })).toBe(text);
    const linked = paragraph({ text: 'here', url: 'https://arxiv.org/abs/1' });
    expect(shown(linked, { type: 'code', text })).toBe(`here\n\n${text}`);
    expect(shown(paragraph({ text: flat, code: true }))).toBe(flat);
  });

  it.each(hostile)('makes neither a mark nor a link of %j', (text) => {
    const { active, links, marks } = readMarkdown(markdownOf(text));
    expect({ active, links, marks }).toEqual({ active: [], links: [], marks: [] });
  });

  it('shows any sequence of marks as plain text', () => {
    const inline = ['*', '**', '_', '`', '``', '```', '~~', '||', '\\', '[', ']', '(', '](https://x.y)', '<@1>', ':a:'];
    const marks = [...inline, '\n', '# ', '> ', '- ', '1. ', 'a', 'bc', ' ', 'https://x.y', 'x:'];
    let seed = 7;
    const random = (limit: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * limit);
    };
    const url = 'https://arxiv.org/abs/1';
    const part = (): Inline => {
      const text = Array.from({ length: 1 + random(5) }, () => marks[random(marks.length)]).join('');
      if (random(3) === 0) return text;
      return {
        text,
        bold: random(2) === 0,
        italic: random(2) === 0,
        code: random(4) === 0,
        ...(random(3) === 0 && { url }),
      };
    };
    const flat = (text: string): string => text.replace(/\s+/g, ' ');
    const readable = (part: Inline): Inline => {
      if (typeof part === 'string') return readableText(part);
      return part.code ? part : { ...part, text: readableText(part.text) };
    };
    for (let round = 0; round < 3000; round += 1) {
      const content = Array.from({ length: 1 + random(4) }, part);
      const shown = readMarkdown(markdownOf('x', ...content, 'x'));
      expect({ ...shown, text: flat(shown.text) }).toMatchObject({
        ...{ text: flat(`x${plainText(content.map(readable))}x`), active: [], marks: [] },
      });
      expect(shown.links.every((link) => link === url)).toBe(true);
    }
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'discord://open',
    'not an address',
    `https://x.example/${'a'.repeat(600)}`,
  ])('does not link %s', (address) => {
    expect(markdownOf({ text: 'here', url: address })).toBe('here');
  });

  it('links to an address with any characters', () => {
    const address = 'https://x.example/a_(b)*c?q=<d>&e="f"';
    const { links, text, active } = readMarkdown(markdownOf({ text: 'here', url: address, bold: true, italic: true }));
    expect({ text, active }).toEqual({ text: 'here', active: [] });
    expect(links.map((link) => decodeURIComponent(link))).toEqual([address]);
  });

  it.each(['a [b', 'a] b', 'see https://x.example'])(
    'shows the label %j without its link, since Discord would not link it',
    (text) => {
      const shown = readMarkdown(markdownOf({ text, url: 'https://arxiv.org/abs/1' }));
      expect(shown).toMatchObject({ text, links: [], active: [] });
    },
  );

  it('shows the bare id of a paper, which other tools rely on', () => {
    expect(markdownOf('2507.04742 · ', { text: 'PDF', url: 'https://arxiv.org/pdf/2507.04742' })).toMatch(
      /^2507\.04742 · /,
    );
    expect(readMarkdown(markdownOf('1.', ' one\n2) two\n3.'))).toMatchObject({ text: '1. one\n2) two\n3.', marks: [] });
  });

  it('drops empty blocks', () => {
    const empty: Block[] = [
      { type: 'heading', text: ' ' },
      paragraph(),
      paragraph('', { text: '', bold: true }),
      { type: 'note', content: [''] },
      { type: 'list', ordered: true, items: [[''], []] },
      { type: 'code', text: '' },
    ];
    expect(post([...empty, paragraph('left')])).toEqual([{ description: 'left', url }]);
  });

  it('shows the summary if every block is empty', () => {
    expect(shownText(post([], 'Nothing *today*'))).toBe('Nothing *today*');
    post([], '');
  });

  it('replaces half a character', () => {
    expect(shownText(post([paragraph('a\ud83d', { text: 'b\ud83d', code: true })]))).toBe('a\ufffdb\ufffd');
  });

  it("puts the delivery's URL on the first embed only, without a title that would show it", () => {
    const { embeds } = renderPost(paper, url);
    expect(embeds.map((embed) => embed.url)).toEqual([url, ...embeds.slice(1).map(() => undefined)]);
    expect(JSON.stringify(embeds)).not.toContain('"title"');
  });

  it('cuts only the longest text of a long post, and keeps its links', () => {
    const address = 'https://arxiv.org/abs/2501.00001';
    const embeds = post([
      paragraph({ text: 'A title', url: address }),
      paragraph('x_'.repeat(6000)),
      paragraph('y'.repeat(900), { text: 'Abstract', url: address }),
    ]);
    const shown = shownText(embeds);
    expect(shown).toMatch(/^A title\n+(x_){1200,}…\n+y{900}Abstract$/);
    expect(embeds.flatMap(({ description = '' }) => readMarkdown(description).links)).toEqual([address, address]);
  });

  it('fits fifty linked titles into one post, with every link', () => {
    const items = Array.from({ length: 50 }, (_, index): Inline[] => [
      { text: `Title ${index} ${'word '.repeat(60)}`, url: `https://arxiv.org/abs/2501.${10_000 + index}` },
      ' 9 + 8',
    ]);
    const embeds = post([
      { type: 'heading', text: 'Day' },
      { type: 'list', ordered: true, items },
      { type: 'note', content: ['Scored by hand'] },
    ]);
    const shown = embeds.map(({ description = '' }) => readMarkdown(description));
    expect(shown.flatMap(({ links }) => links)).toHaveLength(50);
    expect(shown.flatMap(({ marks }) => marks)).toEqual(['###', ...items.map((_, index) => `${index + 1}.`)]);
    expect(embeds.at(-1)?.footer?.text).toBe('Scored by hand');
  });

  it('ends with an ellipsis if a post holds more than fits', () => {
    for (const count of [300, 3000]) {
      const items = Array.from({ length: count }, (_, index): Inline[] => [`Item ${index} of the list`]);
      expect(shownText(post([{ type: 'list', ordered: false, items }]))).toMatch(/^Item 0 of the list\n[\s\S]*\n\n?…$/);
      const notes = items.map((content): Block[] => [paragraph('p'), { type: 'note', content }]);
      expect(post(notes.flat()).length).toBeLessThanOrEqual(10);
    }
  });

  it('renders any number of links', () => {
    const content = Array.from({ length: 2000 }, () => ({ text: 'a', url: `https://x.example/${'b'.repeat(400)}` }));
    post([paragraph(...content)]);
    post([{ type: 'list', ordered: false, items: content.map((one) => [one]) }]);
    post([{ type: 'list', ordered: false, items: [content] }]);
  });

  it('has a heading that can be read back', () => {
    expect(headingOf(paper)).toBe('1. Sorting in linear time & <other> stories');
    expect(headingIn(renderPost(paper, url).embeds)).toBe(headingOf(paper));
    expect(headingIn(renderPost(textMessage('*Just* a line'), url).embeds)).toBe('*Just* a line');
  });
});

describe('an answer to a command on Discord', () => {
  const listOf = (count: number, text: string): Message => ({
    summary: 'A list',
    blocks: [
      { type: 'heading', text: 'Papers' },
      { type: 'list', ordered: true, items: Array.from({ length: count }, (_, index) => [`${index} ${text}`]) },
    ],
  });

  it('is one message if it fits', () => {
    expect(renderAnswer(textMessage('Yes')).map(accepted)).toEqual([[{ description: 'Yes' }]]);
  });

  it('is split between list items, which keep their numbers', () => {
    const messages = renderAnswer(listOf(60, 'a'.repeat(300))).map(accepted);
    expect(messages.length).toBeGreaterThan(2);
    const marks = messages.flat().flatMap(({ description = '' }) => readMarkdown(description).marks);
    expect(marks).toEqual(['###', ...Array.from({ length: 60 }, (_, index) => `${index + 1}.`)]);
  });

  it('takes at most five messages, and the last one says that there is more', () => {
    const messages = renderAnswer(listOf(1000, 'a'.repeat(300))).map(accepted);
    expect(messages).toHaveLength(5);
    expect(shownText(messages.at(-1) ?? [])).toMatch(/Ask for less at a time\.$/);
  });

  it('splits a paragraph between its texts, and cuts a text that no message can hold', () => {
    const content = Array.from({ length: 40 }, (_, index) => `${index} ${'z'.repeat(400)} `);
    const parted = renderAnswer({ summary: 's', blocks: [paragraph(...content)] }).map(accepted);
    expect(parted.map(shownText).join('').replace(/\s/g, '')).toBe(content.join('').replace(/\s/g, ''));
    const cut = renderAnswer(textMessage('z'.repeat(40_000))).map(accepted);
    expect(cut).toHaveLength(1);
    expect(shownText(cut[0] ?? [])).toMatch(/^z{3900,}…$/);
  });
});
