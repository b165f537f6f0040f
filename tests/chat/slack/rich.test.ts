import { describe, expect, it } from 'vitest';
import { modalOf } from '../../../src/chat/slack/forms.ts';
import { renderAnswer, renderDialog, renderPost, type SlackMessage } from '../../../src/chat/slack/render.ts';
import { type Block, type Button, type FormField, type Message, maxValueLength } from '../../../src/core/message.ts';
import { slackMessageSchema, slackModalSchema } from '../../fakes/slack-limits.ts';
import { shownForm, shownText } from './shown.ts';

const accepted = (message: SlackMessage) => slackMessageSchema.parse(message) && message;
const post = (blocks: Block[], more: Partial<Message> = {}) =>
  accepted(renderPost({ summary: 'Summary', blocks, ...more }, 'paperboy:k'));
const buttonsOf = ({ blocks }: SlackMessage) =>
  blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .filter((element) => element.type === 'button');

describe('buttons in Slack', () => {
  const button = (label: string, command = 'top'): Button => ({ label, command });

  it('carry their commands, each with its own action id, also in two rows', () => {
    const buttons = Array.from({ length: 30 }, (_, index) => button(`Button ${index}`, `show ${index}`));
    const message = post([
      { type: 'buttons', buttons },
      { type: 'buttons', buttons: [{ ...button('Last'), style: 'danger' }] },
    ]);
    const shown = buttonsOf(message);
    expect(message.blocks.map((block) => block.type === 'actions' && block.elements.length)).toEqual([25, 5, 1]);
    expect(shown.map(({ value }) => value)).toEqual([...buttons.map(({ command }) => command), 'top']);
    expect(new Set(shown.map(({ action_id }) => action_id)).size).toBe(31);
    expect(shown.at(-1)).toMatchObject({ style: 'danger', text: { text: 'Last' } });
  });

  it('have labels of at most 75 characters, and are left out if Slack would refuse them', () => {
    const shown = buttonsOf(
      post([{ type: 'buttons', buttons: [button('x'.repeat(90)), button(' '), button('No', '')] }]),
    );
    expect(shown.map(({ text }) => text.text)).toEqual([`${'x'.repeat(74)}…`]);
    const none = renderAnswer({ summary: 'Nothing to press', blocks: [{ type: 'buttons', buttons: [] }] });
    expect(none.map(({ blocks }) => shownText(blocks))).toEqual(['Nothing to press']);
  });
});

describe('menus, lists and dialogs in Slack', () => {
  const item = (label: string, command: string): Button => ({ label, command });

  it('have their entries in an overflow menu after the buttons', () => {
    const items = Array.from({ length: 7 }, (_, index) => item(`Item ${index}`, `show ${index}`));
    const [block] = post([
      { type: 'buttons', buttons: [item('Save', 'save 1')], menu: { label: 'More', items } },
    ]).blocks;
    expect(block).toMatchObject({
      type: 'actions',
      elements: [
        { type: 'button', value: 'save 1' },
        { type: 'overflow', options: items.slice(0, 5).map(({ command }) => ({ value: command })) },
      ],
    });
  });

  it('begin at the number of their first item', () => {
    const [block] = post([{ type: 'list', ordered: true, start: 4, items: [['Four'], ['Five']] }]).blocks;
    expect(block).toMatchObject({ elements: [{ type: 'rich_text_list', style: 'ordered', offset: 3 }] });
  });

  it('show a message without its buttons, under its heading', () => {
    const { title, blocks } = renderDialog({
      summary: 'Abstract of a paper',
      blocks: [
        { type: 'heading', text: 'Abstract' },
        { type: 'paragraph', content: ['Of $n^2$ gears.'] },
        { type: 'buttons', buttons: [item('Save', 'save 1')] },
      ],
    });
    expect([title.text, blocks.map(shownText)]).toEqual(['Abstract', ['Of n² gears.']]);
  });
});

describe('a chart in Slack', () => {
  const bars = (...values: number[]) =>
    values.map((value, index) => ({ label: `d${index}`, value, shown: `${value}` }));

  it('draws bars up to the highest value, with the values in one column', () => {
    const chart = {
      title: 'Papers a day',
      bars: [
        { label: 'Mon', value: 16, shown: '16' },
        { label: 'Tuesday', value: 4.5, shown: '4.5' },
        { label: 'Wed', value: 0.001, shown: 'nearly none' },
        { label: 'Thu', value: 0, shown: 'none' },
      ],
    };
    const [title, lines] = post([{ type: 'chart', chart }]).blocks.map(shownText);
    expect(title).toBe('Papers a day');
    expect(lines?.split('\n')).toEqual([
      'Mon     ████████████████          16',
      'Tuesday ████▌                    4.5',
      'Wed     ▏                nearly none',
      'Thu                             none',
    ]);
  });

  const linesOf = (drawn: ReturnType<typeof bars>) =>
    post([{ type: 'chart', chart: { title: 'Chart', bars: drawn } }])
      .blocks.map(shownText)[1]
      ?.split('\n') ?? [];

  it('accepts values that are not numbers, and long or broken labels', () => {
    const lines = linesOf(bars(Number.NaN, -3, Number.POSITIVE_INFINITY, 2));
    expect(lines.map((line) => line.split('█').length - 1)).toEqual([0, 0, 16, 16]);
    const [line] = linesOf([{ label: 'a\nb '.repeat(20), value: 0, shown: '0' }]);
    expect(line).toBe('a b a b a b a b a b a… 0');
  });

  it('counts the bars that do not fit', () => {
    const lines = linesOf(bars(...Array.from({ length: 400 }, (_, index) => index)));
    expect(lines).toHaveLength(61);
    expect(lines.at(-1)).toBe('… and 340 more');
    post([{ type: 'chart', chart: { title: 'Year', bars: bars(...Array.from({ length: 400 }, () => 1)) } }]);
  });
});

describe('a file in Slack', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `@article{a${index}, year = 2025}`);
  const file = (count: number) => ({
    name: 'list.bib',
    mediaType: 'application/x-bibtex',
    text: `${lines(count).join('\n')}\n`,
  });

  it('is shown below its name, whole if it fits', () => {
    const { blocks } = post([{ type: 'paragraph', content: ['Here'] }], { files: [file(20)] });
    expect(blocks.map(shownText)).toEqual(['Here', 'list.bib', lines(20).join('\n')]);
  });

  it('is cut between lines in a post, with a count of the other lines', () => {
    const shown = post([{ type: 'paragraph', content: ['Here'] }], { files: [file(1000)] }).blocks.map(shownText);
    const kept = shown[2]?.split('\n') ?? [];
    expect(kept).toEqual(lines(kept.length));
    expect(kept.length).toBeGreaterThan(100);
    expect(shown[3]).toBe(`The file is cut here: ${1000 - kept.length} more lines do not fit.`);
  });

  it('continues between lines in the next message of an answer', () => {
    const messages = renderAnswer({ summary: 'List', blocks: [], files: [file(600)] }).map(accepted);
    expect(messages.length).toBeGreaterThan(1);
    const code = messages.flatMap(({ blocks }) => blocks.map(shownText)).slice(1);
    expect(code.join('\n')).toBe(lines(600).join('\n'));
  });
});

describe('a form in Slack', () => {
  const fields: FormField[] = [
    {
      name: 'a',
      label: 'Line',
      kind: 'line',
      value: 'x'.repeat(maxValueLength + 9),
      hint: 'h'.repeat(200),
      required: true,
    },
    { name: 'b', label: 'Text', kind: 'text', value: '', required: false },
    { name: 'c', label: 'Number', kind: 'number', value: 'seven', required: true },
    {
      name: 'd',
      label: 'Choice',
      kind: 'choice',
      value: 'gone',
      options: [{ label: 'One', value: '1' }],
      required: true,
    },
  ];

  it("stays within Slack's limits, whatever its content", () => {
    const form = { title: 'A title that is far too long for Slack', intro: 'i'.repeat(4000), fields };
    const view = modalOf({ ...form, submit: { label: '', command: 'x' } }, '{}', 'n1');
    slackModalSchema.parse(view);
    expect(view.title.text).toHaveLength(24);
    expect(shownForm(view)).toContain('Number');
    const elements = view.blocks.flatMap((block) => (block.type === 'input' ? block.element : []));
    expect(elements.map((element) => 'initial_value' in element || 'initial_option' in element)).toEqual([
      ...[true, false, false, false],
    ]);
  });
});
