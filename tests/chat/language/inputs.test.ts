import { describe, expect, it } from 'vitest';
import { parseCommand, readCommand } from '../../../src/chat/language/parse.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { OptionInputs } from '../../../src/core/platform.ts';
import { commandOf } from '../../fakes/commands.ts';

const now = new Date('2025-07-08T13:00:00Z');

const find = commandOf('find', {
  n: { type: 'integer', description: 'how many', minimum: 1, maximum: 50 },
  date: { type: 'date', description: 'the day' },
  period: { type: 'period', description: 'the days', keyword: 'in' },
  order: { type: 'word', description: 'the order', values: ['score', 'votes'], keyword: 'by' },
  author: { type: 'text', description: 'by whom', required: false, keyword: 'author' },
  papers: { type: 'papers', description: 'which' },
  words: { type: 'text', description: 'what to find', required: true },
});
const save = commandOf('save', { paper: { type: 'paper', description: 'one', required: true } });
const group = { name: 'topics', summary: 'topics', commands: [commandOf('show')] };
const commands = [find, save, group];

const read = (command: string, values: OptionInputs) => readCommand({ command, values }, commands, now);
const problem = (command: string, values: OptionInputs): string => {
  try {
    read(command, values);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('was read');
};

describe('a command with typed options', () => {
  it('has the same values as its text', () => {
    const values = {
      n: 5,
      date: 'today',
      period: 'week',
      order: 'VOTES',
      author: 'Yoshua Bengio',
      words: 'tree search',
    };
    const text = 'find 5 today in week by votes author "Yoshua Bengio" tree search';
    expect(read('find', values)).toEqual(parseCommand(text, commands, now));
    expect(read('topics show', {}).path).toBe('topics show');
  });

  it('keeps a text that other options could also read', () => {
    const { values } = read('find', { words: ' by votes  5 today \u200b', author: 'Ada "A" by Example' });
    expect(values).toEqual({ words: 'by votes 5 today', author: 'Ada "A" by Example' });
  });

  it('drops the quotes of a quoted name', () => {
    expect(read('find', { words: '"tree search"', author: '"Ada Example"' }).values).toEqual({
      ...{ words: '"tree search"', author: 'Ada Example' },
    });
  });

  it('reads several papers in any common notation, each once', () => {
    const papers = '2503.07639, arXiv:2503.07640;https://arxiv.org/abs/2503.07639v2';
    expect(read('find', { words: 'x', papers }).values.papers).toEqual(['2503.07639', '2503.07640']);
    expect(read('save', { paper: 'arXiv: 2503.07639' }).values).toEqual({ paper: '2503.07639' });
  });

  it('treats an empty value as none', () => {
    expect(read('find', { words: 'x', author: ' ', date: '' }).values).toEqual({ words: 'x' });
  });

  it.each<[string, OptionInputs, string]>([
    ['find', { words: 'x', n: 51 }, '51 is out of range; write a whole number from 1 to 50.'],
    ['find', { words: 'x', n: 'few' }, '"few" is not a whole number; write a whole number from 1 to 50.'],
    ['find', { words: 'x', date: '8 July' }, '"8 July" is not a date; write it as year-month-day, such as 2025-07-08.'],
    ['find', { words: 'x', order: 'date' }, '"date" is not one of the choices; write score, votes.'],
    [
      'find',
      { words: 'x', papers: '2503.07639 attention' },
      '"attention" is not an arXiv id; use one such as 2503.07639, or a link to the paper.',
    ],
    ['find', { n: 5 }, 'Add what to find, for example: /arxiv find.'],
    ['find', { words: 'x', constructor: 'x' }, '"constructor" is not an option here. Try /arxiv find.'],
    ['find', { words: 'x'.repeat(4_001) }, 'That is too long; write at most 4,000 characters.'],
    ['gone', { n: 7 }, 'There is no command "gone". /arxiv help lists all commands.'],
    ['topics', {}, 'Say what to do with topics; type one of /arxiv topics show.'],
  ])('says what to write for a wrong value: %s %o', (command, values, sentence) => {
    expect(problem(command, values)).toBe(sentence);
  });
});
