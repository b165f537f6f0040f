import { expect, it } from 'vitest';
import {
  blocksOf,
  bulletList,
  button,
  buttonRow,
  codeBlock,
  heading,
  maxActionLength,
  message,
  note,
  numberedList,
  paragraph,
} from '../../src/core/message.ts';

it('drops absent parts at every depth', () => {
  expect(message('s', [heading('h'), false, [paragraph('a', undefined, ''), [undefined, note(false)]]]).blocks).toEqual(
    [
      { type: 'heading', text: 'h' },
      { type: 'paragraph', content: ['a'] },
    ],
  );
});

it('leaves out a block whose content is absent', () => {
  expect(blocksOf(paragraph(undefined, ''), note(), bulletList([false]), numberedList([]), codeBlock(''))).toEqual([]);
});

it('keeps options beside summary and blocks', () => {
  expect(message('s', paragraph('a'), { isPublic: true })).toEqual({
    summary: 's',
    blocks: [{ type: 'paragraph', content: ['a'] }],
    isPublic: true,
  });
});

it('accepts list items as text or inline content', () => {
  const items = [['a', { text: 'b', bold: true }]];
  expect(numberedList(['x', ...items])).toEqual({
    type: 'list',
    ordered: true,
    items: [['x'], ['a', { text: 'b', bold: true }]],
  });
});

it('leaves out a button whose command is too long', () => {
  const fits = button('Show', ['show', '2503.07639', undefined, '']);
  expect(fits).toEqual({ label: 'Show', command: 'show 2503.07639' });
  expect(buttonRow(fits, button('Long', ['x'.repeat(maxActionLength + 1)]), false)).toEqual({
    type: 'buttons',
    buttons: [fits],
  });
  expect(buttonRow(undefined, [])).toBeUndefined();
});

it('puts buttons that destroy something last, in a row of their own', () => {
  const remove = button('Remove', ['remove'], 'danger');
  const keep = button('Keep', ['keep']);
  expect(blocksOf(buttonRow(remove, keep))).toEqual([
    { type: 'buttons', buttons: [keep] },
    { type: 'buttons', buttons: [remove] },
  ]);
  expect(blocksOf(buttonRow(remove))).toEqual([{ type: 'buttons', buttons: [remove] }]);
});
