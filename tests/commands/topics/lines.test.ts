import { describe, expect, it } from 'vitest';
import { lineChanges } from '../../../commands/topics/lines.ts';
import { computing } from '../../computing.ts';

const shown = (before: string, after: string): string[] =>
  lineChanges(before, after).map(({ kind, line }) => `${kind === 'added' ? '+' : '-'}${line}`);

describe('the changed lines of a text', () => {
  it.each([
    ['a\nb\nc', 'a\nb\nc', []],
    ['a\r\nb', 'a\n\nb\n', []],
    ['a\nb\nc', 'a\nx\nc', ['-b', '+x']],
    ['a\nb', 'a\nb\nb', ['+b']],
    ['a\nb\nc\nd', 'b\nd', ['-a', '-c']],
    ['', 'a\nb', ['+a', '+b']],
    ['a\nb\nc', 'c\na\nb', ['+c', '-c']],
  ])('are found in %j and %j', (before, after, changes) => {
    expect(shown(before, after)).toEqual(changes);
  });

  it('are found quickly in long texts without common lines', () => {
    const text = (name: string) => Array.from({ length: 6_000 }, (_, at) => `${name}${at}`).join('\n');
    const took = computing();
    expect(shown(text('a'), text('b'))).toHaveLength(12_000);
    expect(took()).toBeLessThan(500);
  });
});
