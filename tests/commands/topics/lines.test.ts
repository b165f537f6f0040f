import { describe, expect, it } from 'vitest';
import { lineChanges } from '../../../commands/topics/lines.ts';
import { growth, linear } from '../../computing.ts';

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

  it('are found in time proportional to texts without common lines', async () => {
    const text = (name: string, lines: number) => Array.from({ length: lines }, (_, at) => `${name}${at}`).join('\n');
    const read = (lines: number) => expect(shown(text('a', lines), text('b', lines))).toHaveLength(2 * lines);
    expect(await growth(read, 1_000)).toBeLessThan(linear);
  });
});
