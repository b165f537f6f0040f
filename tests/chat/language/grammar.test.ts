import { describe, expect, it } from 'vitest';
import { grammarProblems } from '../../../src/chat/language/grammar.ts';
import type { Option } from '../../../src/core/command.ts';
import { commandOf, everyKind } from '../../fakes/commands.ts';

const text: Option = { type: 'text', description: 'anything', required: false };
const integer: Option = { type: 'integer', description: 'a number', minimum: 1, maximum: 9 };

describe('the grammar of commands', () => {
  it('accepts commands and groups with every kind of option', () => {
    expect(grammarProblems(everyKind)).toEqual([]);
    expect(grammarProblems([])).toEqual([]);
  });

  it.each([
    ['a name twice', [commandOf('top'), commandOf('top')], ['top: named twice']],
    [
      'a name that is a command and a group',
      [commandOf('topics'), { name: 'topics', summary: '', commands: [commandOf('show')] }],
      ['topics: named twice'],
    ],
    [
      'a name twice in a group',
      [{ name: 'topics', summary: '', commands: [commandOf('show'), commandOf('show')] }],
      ['topics show: named twice'],
    ],
    ['an empty group', [{ name: 'topics', summary: '', commands: [] }], ['topics: an empty group']],
    ['a name of two words', [commandOf('top papers')], ['top papers: a name is one word in lowercase letters']],
    ['a name with capitals', [commandOf('Top')], ['Top: a name is one word in lowercase letters']],
    [
      'a name that is too long',
      [commandOf('x'.repeat(33))],
      [`${'x'.repeat(33)}: a name is one word in lowercase letters`],
    ],
    [
      'a group whose name is not a word',
      [{ name: 'My Topics', summary: '', commands: [commandOf('show')] }],
      ['My Topics: a name is one word in lowercase letters'],
    ],
    ['two free texts', [commandOf('ask', { a: text, b: text })], ['ask: more than one free text']],
    [
      'a free text that is not last',
      [commandOf('ask', { a: text, n: integer })],
      ['ask: the free text is not the last option without a keyword'],
    ],
    ['a command without an example', [commandOf('top', {}, { examples: [] })], ['top: no example']],
    [
      'several at once, in groups too',
      [{ name: 'topics', summary: '', commands: [commandOf('Edit', { a: text, n: integer }, { examples: [] })] }],
      [
        'topics Edit: a name is one word in lowercase letters',
        'topics Edit: the free text is not the last option without a keyword',
        'topics Edit: no example',
      ],
    ],
  ])('refuses %s', (_, commands, problems) => {
    expect(grammarProblems(commands)).toEqual(problems);
  });
});
