import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHelp } from '../../commands/help.ts';
import { top } from '../../commands/top.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { Block, Inline, Message } from '../../src/core/message.ts';
import { linkedTitle } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';
import { headerMessage, paperMessage } from '../../src/digest/messages.ts';
import { messageHtml } from '../../src/pages/message.ts';
import { ask } from '../commands/context.ts';
import { saveDigest } from '../fakes/digest.ts';
import { digestOf, entryOf, paperOf, scoreOf } from '../fakes/fixtures.ts';
import { attributesOf, parsePage, textOf } from './page.ts';

const message = (...blocks: Block[]): Message => ({ summary: 'Summary', blocks });
const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });
const htmlOf = (...blocks: Block[]): string => String(messageHtml(message(...blocks)));
const inline = (...content: Inline[]): string => htmlOf(paragraph(...content)).replace(/^<p>|<\/p>$/g, '');

let stores: Stores;
beforeAll(async () => {
  stores = openStores(':memory:');
  const titles = ['Pruning & <b>Merging</b>', 'A $5 "Model"', 'Text---without `mathematics'];
  const papers = titles.map((title, index) => paperOf(`2507.0000${index + 1}`, { title }));
  await saveDigest(stores, papers, { date: '2025-07-08' });
});
afterAll(() => stores.close());

describe('a message in a page', () => {
  it('matches its golden file', async () => {
    const entry = entryOf(1, paperOf('2507.00001'), scoreOf('2507.00001', 9, 8));
    // Only these two, so that new commands change no golden file.
    const help = createHelp(() => [{ title: 'Commands', entries: [top] }]);
    const list = [top, help];
    const replies = await Promise.all(['top', 'help', 'help top'].map((text) => ask(stores, text, { list })));
    const shown = [...replies, headerMessage(digestOf([entry])), paperMessage(entry, digestOf([]))].map((one) =>
      String(messageHtml(one)),
    );
    await expect(`${shown.join('\n\n')}\n`).toMatchFileSnapshot('golden/messages.html');
  });

  it('starts a list at its number, and folds a menu', () => {
    expect(htmlOf({ type: 'list', ordered: true, start: 4, items: [['Four']] })).toBe(
      '<ol start="4"><li>Four</li></ol>',
    );
    const menu = { label: 'More', items: [{ label: 'BibTeX', command: 'bibtex 1' }] };
    const block: Block = { type: 'buttons', buttons: [{ label: 'Save', command: 'save 1' }], menu };
    const html = String(messageHtml(message(block), { address: 'commands', page: 'index.html' }));
    expect(html).toContain(
      '<details class="menu"><summary>More</summary><div><button name="text" value="bibtex 1">BibTeX</button></div></details>',
    );
  });

  it('has one element per block, and no heading elements', () => {
    const html = htmlOf(
      { type: 'heading', text: 'Head' },
      paragraph('Plain'),
      { type: 'list', ordered: true, items: [['One'], ['Two ', { text: 'bold', bold: true }]] },
      { type: 'list', ordered: false, items: [['Dot']] },
      { type: 'code', text: '/arxiv top 5\n/arxiv help' },
      { type: 'note', content: ['Small'] },
    );
    expect(html.split(/\n(?=<)/)).toEqual([
      '<p class="message-heading"><b>Head</b></p>',
      '<p>Plain</p>',
      '<ol><li>One</li><li>Two <b>bold</b></li></ol>',
      '<ul><li>Dot</li></ul>',
      '<pre>/arxiv top 5\n/arxiv help</pre>',
      '<p class="small">Small</p>',
    ]);
  });

  it('combines bold, italic, code and links', () => {
    expect(inline({ text: 'b', bold: true }, { text: 'i', italic: true }, { text: 'c', code: true })).toBe(
      '<b>b</b><i>i</i><code>c</code>',
    );
    expect(inline({ text: 'a', bold: true, italic: true, code: true, url: 'https://example.org/' })).toBe(
      '<a href="https://example.org/" rel="noopener noreferrer"><b><i><code>a</code></i></b></a>',
    );
    expect(inline({ text: 'off', bold: false, italic: false, code: false })).toBe('off');
  });

  it('typesets formulas and TeX quotation marks, but not in code', () => {
    const text = "``Flow'' at $x^2$ --- fast";
    expect(inline(text)).toContain('class="katex"');
    expect(inline(text)).toMatch(/^“Flow” at .* — fast$/);
    expect(inline(linkedTitle(paperOf('1', { title: text }), true))).toMatch(/^<a [^>]*><b>“Flow” at .*katex/);
    expect(htmlOf({ type: 'heading', text })).toContain('class="katex"');
    expect(inline({ text, code: true })).not.toContain('katex');
    expect(htmlOf({ type: 'code', text: 'a -- $b$' })).toBe('<pre>a -- $b$</pre>');
  });

  it('shows charts as tables, the largest bar at full length', () => {
    const bars = [
      { label: 'Monday', value: 12, shown: '12 papers' },
      { label: '<b>Tue</b>', value: 3, shown: '3 papers' },
      { label: 'Wednesday', value: 0, shown: 'none' },
    ];
    const page = parsePage(htmlOf({ type: 'chart', chart: { title: 'Papers a day', bars } }));
    expect(textOf(page.querySelector('table.chart > caption'))).toBe('Papers a day');
    expect(page.querySelectorAll('tr').map(textOf)).toEqual([
      'Monday 12 papers',
      '<b>Tue</b> 3 papers',
      'Wednesday none',
    ]);
    expect(attributesOf(page, '.bar', 'style')).toEqual(['--share:100%', '--share:25%', '--share:0%']);
    expect(attributesOf(page, 'th', 'scope')).toEqual(['row', 'row', 'row']);
  });

  it.each([[[]], [[{ label: 'a', value: 0, shown: '0' }]], [[{ label: 'a', value: -1, shown: '-1' }]]])(
    'draws no wrong bars without values, %j',
    (bars) => {
      const page = parsePage(htmlOf({ type: 'chart', chart: { title: 'Cost', bars } }));
      expect(attributesOf(page, '.bar', 'style')).toEqual(bars.map(() => '--share:0%'));
    },
  );

  it('has buttons in a form that sends their commands, and none for readers without rights', () => {
    const sent = message({
      type: 'buttons',
      buttons: [
        { label: 'Save <it>', command: 'save "2507.00001"', style: 'primary' },
        { label: 'Take it back', command: 'retract', style: 'danger' },
        { label: 'More', command: 'similar 2507.00001' },
      ],
    });
    expect(String(messageHtml(sent))).toBe('');
    const page = parsePage(String(messageHtml(sent, { address: '/gears/commands', page: '2025-07-08.html' })));
    const form = page.querySelector('form.command.buttons');
    expect([form?.getAttribute('method'), form?.getAttribute('action')]).toEqual(['post', '/gears/commands']);
    expect(attributesOf(page, 'input[name=page]', 'value')).toEqual(['2025-07-08.html']);
    const buttons = page.querySelectorAll('button[name=text]');
    expect(buttons.map((one) => [textOf(one), one.getAttribute('value'), one.getAttribute('class')])).toEqual([
      ['Save <it>', 'save "2507.00001"', 'primary'],
      ['Take it back', 'retract', 'danger'],
      ['More', 'similar 2507.00001', undefined],
    ]);
  });

  it('shows a file as escaped text under its name', () => {
    const text = '@article{a,\n  title = {</pre><script>alert(1)</script> $x$ ---}\n}';
    const file = { name: '"list".bib', mediaType: 'application/x-bibtex', text };
    const page = parsePage(String(messageHtml({ ...message(paragraph('Here.')), files: [file] })));
    expect(textOf(page.querySelector('details.file > summary'))).toBe('"list".bib');
    expect(page.querySelector('details.file > pre')?.text).toBe(text);
    expect(page.querySelector('script, .katex')).toBeNull();
    const details = page.querySelector('details');
    expect([details?.getAttribute('data-name'), details?.getAttribute('data-type')]).toEqual([
      '"list".bib',
      'application/x-bibtex',
    ]);
  });

  it('is empty without blocks', () => {
    expect(htmlOf()).toBe('');
  });
});

/** A message with the text in every field. */
const everywhere = (text: string, url?: string): Message => {
  const part = url === undefined ? { text } : { text, url };
  const all: Inline[] = [text, part, { ...part, bold: true, italic: true }, { ...part, code: true }];
  return {
    summary: text,
    blocks: [
      { type: 'heading', text },
      { type: 'paragraph', content: all },
      { type: 'note', content: all },
      { type: 'list', ordered: true, items: [all] },
      { type: 'list', ordered: false, items: [all] },
      { type: 'code', text },
    ],
  };
};

const allowed = ['a', 'b', 'code', 'i', 'li', 'ol', 'p', 'pre', 'ul'];

const hostile: [what: string, text: string][] = [
  ['a script', '<script>alert(1)</script>'],
  ['a broken tag', '<img src=x onerror=alert(1) '],
  ['the end of its element', '</p></li></pre></code><script>alert(1)</script>'],
  ['a comment', '<!-- --><!--'],
  ['quotes', `" onmouseover="alert(1)" '`],
  ['a character by its number', '&#60;script&#62; &lt;b&gt; &amp;'],
  ['mentions', '@everyone <@U1> <!channel>'],
  ['markdown', '[x](https://evil.example) **b** https://evil.example'],
];

describe('the content of a message', () => {
  it.each(hostile)('is never markup: %s', (_, text) => {
    const html = String(messageHtml(everywhere(text)));
    const page = parsePage(html);
    const names = page.querySelectorAll('*').map(({ rawTagName }) => rawTagName);
    expect([...new Set(names)].filter((name) => !allowed.includes(name))).toEqual([]);
    expect(page.querySelectorAll('a')).toEqual([]);
    expect(html).not.toContain('<!--');
    const shown = text.replace(/\s+/g, ' ').trim();
    for (const selector of ['.message-heading', 'pre', 'code'])
      expect(textOf(page.querySelector(selector)), selector).toBe(shown);
  });

  const addresses = [
    'javascript:alert(1)',
    'JavaScript:alert(1)//https://example.org',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'mailto:a@example.org',
    '//example.org/x',
    '/arxiv/top',
    'example.org',
    'https://',
    'http://[',
    '',
  ];
  it.each(addresses)('links to %j', (url) => {
    const html = String(messageHtml(everywhere('text', url)));
    expect(html).not.toMatch(/<a|href/);
    expect(parsePage(html).querySelector('ol')?.text).toBe('texttexttexttext');
  });

  it.each([
    ['https://example.org/"onmouseover="alert(1)', 'https://example.org/%22onmouseover=%22alert(1)'],
    [`https://example.org/?q='"><script>`, 'https://example.org/?q=%27%22%3E%3Cscript%3E'],
    ['https://example.org/a?b=1&c=2', 'https://example.org/a?b=1&amp;c=2'],
    ['HTTP://example.org/\u202eb', 'http://example.org/%E2%80%AEb'],
    ['https://example.org/#"\'`<&', 'https://example.org/#%22&#39;%60%3C&amp;'],
  ])('stays within the address of a link: %j', (url, written) => {
    const page = parsePage(inline({ text: 'here', url }));
    const [link, ...others] = page.querySelectorAll('*');
    expect(others).toEqual([]);
    expect(link?.rawAttrs).toBe(`href="${written}" rel="noopener noreferrer"`);
  });

  it('drops direction marks everywhere', () => {
    const text = 'a\u202eb\u2066c\u200fd\u061ce\u2069 $\u202ex^2$';
    const html = String(messageHtml(everywhere(text, 'https://example.org/\u202e')));
    expect(html).not.toMatch(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    expect(html).toContain('<pre>abcde $x^2$</pre>');
  });

  it('sets no ids or classes', () => {
    const page = parsePage(String(messageHtml(everywhere('<p id="main" name="x" class="y">', 'https://example.org/'))));
    expect(attributesOf(page, '*', 'id')).toEqual([]);
    expect(new Set(attributesOf(page, '*', 'class'))).toEqual(new Set(['message-heading', 'small']));
  });
});
