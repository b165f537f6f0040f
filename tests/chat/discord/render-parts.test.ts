import { describe, expect, it } from 'vitest';
import { type Rendered, renderAnswer, renderPost } from '../../../src/chat/discord/render.ts';
import { type Block, type Inline, maxActionLength, textMessage } from '../../../src/core/message.ts';
import { discordAnswerSchema } from '../../fakes/discord-limits.ts';
import { shownText } from './shown.ts';

const url = 'https://discord.com/channels/1/2#paperboy-k';
const accepted = (message: Rendered): Rendered['embeds'] => {
  discordAnswerSchema.parse({ ...message, allowed_mentions: { parse: [] } });
  return message.embeds;
};
const post = (blocks: Block[], summary = 'Summary') => accepted(renderPost({ summary, blocks }, url));
const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

describe('buttons, charts and files on Discord', () => {
  const buttonsOf = (count: number): Block => ({
    type: 'buttons',
    buttons: Array.from({ length: count }, (_, index) => ({ label: `Button ${index}`, command: `show ${index}` })),
  });
  const rowsOf = (...blocks: Block[]) => {
    const { components } = renderPost({ summary: 's', blocks }, url);
    return components.map((row) => row.components.map((one) => ('label' in one ? one.label : undefined)));
  };

  it('shows each group of buttons in rows of its own, of at most five', () => {
    expect(rowsOf(paragraph('x'), buttonsOf(2), buttonsOf(6)).map((row) => row.length)).toEqual([2, 5, 1]);
    const close = rowsOf(...Array.from({ length: 8 }, () => buttonsOf(3))).map((row) => row.length);
    expect(close).toEqual([5, 5, 5, 5, 4]);
  });

  it('has the entries of a menu in a row of their own', () => {
    const items = [{ label: 'BibTeX', command: 'bibtex 1' }];
    const block: Block = {
      type: 'buttons',
      buttons: [{ label: 'Save', command: 'save 1' }],
      menu: { label: 'More', items },
    };
    const { components } = renderPost({ summary: 's', blocks: [block] }, url);
    expect(components.at(-1)?.components).toEqual([
      { type: 3, custom_id: 'arxiv-menu:0', placeholder: 'More', options: [{ label: 'BibTeX', value: 'bibtex 1' }] },
    ]);
  });

  it('gives buttons with the same command different ids', () => {
    const { components } = renderPost({ summary: 's', blocks: [buttonsOf(2), buttonsOf(2)] }, url);
    expect(new Set(components.flatMap((row) => row.components.map((one) => one.custom_id))).size).toBe(4);
  });

  it('cuts long labels, and leaves out buttons that Discord would refuse', () => {
    const buttons = [
      { label: 'l'.repeat(100), command: 'c'.repeat(maxActionLength), style: 'danger' as const },
      { label: ' ', command: 'show 1' },
      { label: 'Too long', command: 'c'.repeat(120) },
    ];
    const message = renderPost({ summary: 'Only buttons', blocks: [{ type: 'buttons', buttons }] }, url);
    accepted(message);
    expect(message.components.flatMap((row) => row.components)).toMatchObject([
      { label: `${'l'.repeat(79)}…`, style: 4 },
    ]);
    expect(shownText(message.embeds)).toBe('Only buttons');
  });

  it('continues in the next message if there are too many buttons', () => {
    const messages = renderAnswer({ summary: 's', blocks: [paragraph('x'), buttonsOf(30)] });
    for (const one of messages) accepted(one);
    expect(messages.map(({ components }) => components.flatMap((row) => row.components).length)).toEqual([25, 5]);
  });

  it('shows a chart as bars in columns', () => {
    const bars = [
      { label: 'Monday', value: 10, shown: '10 papers' },
      { label: 'Tu', value: 5, shown: '5 papers' },
      { label: 'We', value: 0.01, shown: 'few' },
      { label: 'Thursday', value: 0, shown: 'none' },
    ];
    const [embed] = post([{ type: 'chart', chart: { title: 'Papers *a* day', bars } }]);
    expect(shownText([embed ?? {}]).split('\n')).toEqual([
      'Papers *a* day',
      `Monday   ${'█'.repeat(16)} 10 papers`,
      `Tu       ${'█'.repeat(8)}${' '.repeat(8)}  5 papers`,
      `We       ▏${' '.repeat(15)}       few`,
      `Thursday ${' '.repeat(16)}      none`,
    ]);
  });

  it('draws charts of any values and length within the limits', () => {
    const values = [Number.NaN, -3, Number.POSITIVE_INFINITY, 1e12, 0];
    const bars = Array.from({ length: 200 }, (_, index) => ({
      ...{ label: `\`\`\`${'x'.repeat(40)}`, value: values[index % 5] ?? 0, shown: 'y\n'.repeat(30) },
    }));
    for (const one of renderAnswer({ summary: 's', blocks: [{ type: 'chart', chart: { title: 't', bars } }] }))
      accepted(one);
    post([{ type: 'chart', chart: { title: '', bars: [] } }]);
    post([{ type: 'chart', chart: { title: 'Big', bars } }]);
  });

  it('shows the text of a posted file under its name, cut if it is too long', () => {
    const file = { name: 'list.bib', mediaType: 'application/x-bibtex', text: '@article{a}' };
    const shown = (text: string) =>
      shownText(accepted(renderPost({ ...textMessage('List'), files: [{ ...file, text }] }, url)));
    expect(shown(file.text)).toBe('List\n\nlist.bib\n\n@article{a}');
    expect(shown('z'.repeat(9000))).toMatch(/^List\n+list\.bib\n+z{3000,}…$/);
  });
});
