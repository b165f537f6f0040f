import { describe, expect, it } from 'vitest';
import { renderAnswer, renderInThread, renderText } from '../../../src/chat/kit/text.ts';
import type { Block, Message } from '../../../src/core/message.ts';
import { headerMessage, paperMessage } from '../../../src/digest/messages.ts';
import { digestOf, entryOf, paperOf, scoreOf } from '../../fakes/fixtures.ts';

const message = (...blocks: Block[]): Message => ({ summary: 'Summary', blocks });
const paragraph = (...content: Extract<Block, { type: 'paragraph' }>['content']): Block => ({
  type: 'paragraph',
  content,
});

describe('a message as plain text', () => {
  it('matches its golden file', async () => {
    const entry = entryOf(1, paperOf('2507.00001'), scoreOf('2507.00001', 9, 8));
    const text = [renderText(headerMessage(digestOf([entry]))), renderInThread(paperMessage(entry, digestOf([])))].join(
      '\n',
    );
    await expect(text).toMatchFileSnapshot('golden/digest.txt');
  });

  it('shows every kind of block', () => {
    const text = renderText(
      message(
        { type: 'heading', text: 'Head' },
        paragraph('Plain, ', { text: 'bold', bold: true }, ' and ', { text: 'linked', url: 'https://example.org/' }),
        { type: 'list', ordered: true, items: Array.from({ length: 10 }, (_, index) => [`Item ${index + 1}`]) },
        { type: 'list', ordered: false, items: [['One'], ['Two']] },
        { type: 'code', text: 'top 5\nhelp' },
        { type: 'note', content: ['Small'] },
      ),
    );
    expect(text.split('\n\n')).toEqual([
      'Head\n────',
      'Plain, bold and linked <https://example.org/>',
      expect.stringMatching(/^ 1\. Item 1\n 2\. Item 2\n[\s\S]*\n10\. Item 10$/),
      '• One\n• Two',
      '    top 5\n    help',
      'Small\n',
    ]);
  });

  it('lines up the numbers of a digest, and ends each line with its address', () => {
    const entries = Array.from({ length: 12 }, (_, index) =>
      entryOf(index + 1, paperOf(`2507.${index}`), scoreOf(`2507.${index}`, 9, 8)),
    );
    const lines = renderText(headerMessage(digestOf(entries))).split('\n');
    const titles = lines.filter((line) => line.includes('Title of'));
    expect(titles).toHaveLength(12);
    expect(titles[0]).toBe(' 1. Title of 2507.0  9 + 8 <https://arxiv.org/abs/2507.0>');
    expect(titles[3]).toBe(' 4. Title of 2507.3  9 + 8 <https://arxiv.org/abs/2507.3>');
    expect(titles[11]).toBe('12. Title of 2507.11  9 + 8 <https://arxiv.org/abs/2507.11>');
  });

  it('shows each of several addresses after its text', () => {
    const [one, other] = ['https://example.org/1', 'https://example.org/2'];
    const text = renderText(message(paragraph({ text: 'One', url: one }, ' · ', { text: 'Two', url: other }, ' end')));
    expect(text).toBe(`One <${one}> · Two <${other}> end\n`);
  });

  it('shows an address once if it is its own text', () => {
    const url = 'https://example.org/';
    expect(renderText(message(paragraph({ text: url, url })))).toBe(`${url}\n`);
  });

  const hostile: [what: string, text: string, shown: string][] = [
    ['a color', '\u001b[31mred\u001b[0m', 'red'],
    ['a cleared screen', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['a window title', '\u001b]0;owned\u0007text', 'text'],
    ['a link', '\u001b]8;;https://evil.example\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['an 8-bit escape', '\u009b31mred', 'red'],
    ['an escape in an escape', '\u001b\u001b[31m[31mred', '[31mred'],
    ['an escape that is not ended', 'x\u001b', 'x'],
    ['a carriage return and backspaces', 'good\r\b\b\b\bevil', 'goodevil'],
    ['a bell and a null', 'a\u0007\u0000b', 'ab'],
    ['a reversed direction', 'a\u202eb\u2066c', 'abc'],
  ];
  it.each(hostile)('drops %s in every kind of block', (_, text, shown) => {
    const blocks: Block[] = [
      { type: 'heading', text },
      paragraph(text, { text, url: `https://example.org/${text}` }),
      { type: 'note', content: [{ text }] },
      { type: 'list', ordered: false, items: [[text]] },
      { type: 'code', text },
    ];
    for (const block of blocks) {
      const rendered = renderText(message(block));
      expect(rendered).toContain(shown);
      expect(rendered).not.toMatch(/(?!\n)\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u);
    }
    expect(renderText(message({ type: 'list', ordered: false, items: [[text]] }))).toBe(`• ${shown}\n`);
  });

  it('underlines only the visible part of a heading', () => {
    expect(renderText(message({ type: 'heading', text: '\u001b[31mred\u001b[0m' }))).toBe('red\n───\n');
  });

  it('shows charts as bars, buttons as commands and files as their text', () => {
    const bars = [
      { label: 'Mon', value: 8, shown: '8 papers' },
      { label: 'Wednesday', value: 1, shown: '1 paper' },
      { label: 'Thu', value: 0.001, shown: 'hardly any' },
      { label: 'Fri', value: 0, shown: 'none' },
    ];
    const shown = renderText({
      ...message(
        { type: 'chart', chart: { title: 'Papers', bars } },
        {
          type: 'buttons',
          buttons: [
            { label: 'Save', command: 'save 2507.00001', style: 'primary' },
            { label: 'Retract', command: 'retract', style: 'danger' },
          ],
        },
      ),
      files: [{ name: 'list.bib', mediaType: 'application/x-bibtex', text: '@article{a,\n}\n' }],
    });
    expect(shown.split('\n\n')).toEqual([
      [
        ...['Papers', '──────'],
        `Mon       ${'█'.repeat(30)}   8 papers`,
        `Wednesday ███▊${' '.repeat(26)}    1 paper`,
        `Thu       ▏${' '.repeat(29)} hardly any`,
        `Fri       ${' '.repeat(30)}       none`,
      ].join('\n'),
      '→ Save: /arxiv save 2507.00001\n→ Retract: /arxiv retract',
      'list.bib\n────────\n@article{a,\n}\n',
    ]);
  });

  it('shows a chart without values', () => {
    const chart = { title: 'Cost', bars: [{ label: 'Mon', value: 0, shown: '$0.00' }] };
    expect(renderText(message({ type: 'chart', chart }))).toBe('Cost\n────\nMon $0.00\n');
    expect(renderText(message({ type: 'chart', chart: { ...chart, bars: [] } }))).toBe('Cost\n────\n');
  });

  it('shows a form with its values, and says where to fill it in', () => {
    const shown = renderAnswer({
      form: {
        title: 'Topics',
        intro: 'What the channel reads.',
        fields: [
          { name: 'topics', label: 'Topics', kind: 'text', value: 'Gears\nTrains', required: true },
          {
            ...{ name: 'by', label: 'By', kind: 'choice', value: 'a', required: true },
            options: [{ label: 'Score', value: 'a' }],
          },
          { name: 'why', label: 'Why\u001b[2J', kind: 'line', required: false },
        ],
        submit: { label: 'Save', command: 'topics save' },
      },
    });
    expect(shown.split('\n\n')).toEqual([
      'Topics\n──────',
      'What the channel reads.',
      'Topics:\n    Gears\n    Trains',
      'By: Score',
      'Why: –',
      'Forms cannot be filled in here. Use the web page or a chat app.\n',
    ]);
  });
});
