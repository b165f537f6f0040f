import { describe, expect, it } from 'vitest';
import { completionsFor } from '../../../src/chat/language/complete.ts';
import { parseCommand } from '../../../src/chat/language/parse.ts';
import type { CommandEntry } from '../../../src/core/command.ts';
import { UserError } from '../../../src/core/errors.ts';
import { growth, linear } from '../../computing.ts';
import { commandOf } from '../../fakes/commands.ts';

const now = new Date('2025-07-08T13:00:00Z');
const commands: readonly CommandEntry[] = [
  commandOf('best', {
    n: { type: 'integer', description: 'how many', minimum: 1, maximum: 50 },
    period: { type: 'period', description: 'when' },
    topic: { type: 'text', description: 'a topic', required: false },
    by: { type: 'word', description: 'the order', values: ['score', 'votes'], keyword: 'by' },
  }),
  commandOf('search', {
    words: { type: 'text', description: 'words', required: false },
    since: { type: 'date', description: 'first day', keyword: 'since' },
    author: { type: 'text', description: 'an author', required: false, keyword: 'author' },
    cat: { type: 'text', description: 'a category', required: false, keyword: 'cat' },
  }),
  commandOf(
    'show',
    { paper: { type: 'paper', description: 'a paper', required: true } },
    { examples: ['show 2503.07639'] },
  ),
  commandOf('again', {
    papers: { type: 'papers', description: 'papers' },
    date: { type: 'date', description: 'a day' },
  }),
  commandOf('ask', {
    paper: { type: 'paper', description: 'a paper', required: true },
    question: { type: 'text', description: 'a question', required: true },
  }),
];
const values = (text: string) => parseCommand(text, commands, now).values;
const refusal = (text: string): string => {
  try {
    values(text);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return '';
};

describe('a number word', () => {
  it.each([
    ['best ten graphs', { n: 10, topic: 'graphs' }],
    ['best one shot learning', { topic: 'one shot learning' }],
    ['best zero knowledge proofs', { topic: 'zero knowledge proofs' }],
    ['best hundred languages', { topic: 'hundred languages' }],
    ['best mixture of two', { topic: 'mixture of two' }],
  ])('counts papers unless it is part of a topic: "%s"', (text, expected) => {
    expect(values(text)).toEqual(expected);
  });
});

describe('words between values', () => {
  it.each([
    ['best 10 papers of this week', 10, 'the last 7 days', undefined],
    ['best papers on pruning', undefined, undefined, 'pruning'],
    ['best 5 papers about low rank from the last month please', 5, 'the last 30 days', 'low rank'],
    ['best learning on device', undefined, undefined, 'learning on device'],
  ])('are left out: "%s"', (text, n, words, topic) => {
    const read = values(text);
    const period = read.period as { words: string } | undefined;
    expect([read.n, period?.words, read.topic]).toEqual([n, words, topic]);
  });
});

describe('a number of a list', () => {
  it.each([
    ['show 3', { paper: '#3' }],
    ['show the 3rd one', { paper: '#3' }],
    ['again 1 2', { papers: ['#1', '#2'] }],
    ['again 2503.07639 #2', { papers: ['2503.07639', '#2'] }],
    ['ask number 3 which data?', { paper: '#3', question: 'which data?' }],
    ['ask which data does 2503.07639 use?', { paper: '2503.07639', question: 'which data does 2503.07639 use?' }],
  ])('stands for a paper: "%s"', (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  it('does not stand for all papers', () => {
    expect(refusal('again this paper')).toMatch(/^"this" is not an option here/);
  });
});

describe('a period', () => {
  it.each([
    ['best 2025-07-01', { from: '2025-07-01', to: '2025-07-01', words: 'Tuesday, 1 July 2025' }],
    ['best yesterday', { from: '2025-07-07', to: '2025-07-07', words: 'Monday, 7 July 2025' }],
    ['best week', { from: '2025-07-02', to: '2025-07-08', words: 'the last 7 days' }],
    ['best MONTH', { from: '2025-06-09', to: '2025-07-08', words: 'the last 30 days' }],
    ['best 2024-02', { from: '2024-02-01', to: '2024-02-29', words: 'February 2024' }],
    ['best 2025-12', { from: '2025-12-01', to: '2025-12-31', words: 'December 2025' }],
  ])('is read from "%s": %j', (text, period) => {
    expect(values(text)).toEqual({ period });
  });

  it.each(['best 2025-13', 'best 2025-02-30', 'best 8.7.2025'])('is refused in "%s" with how to write one', (text) => {
    expect(refusal(text)).toContain('write it as year-month-day, such as 2025-07-08.');
  });
});

describe('the text after a keyword', () => {
  it.each([
    ['best 5 week by votes', { n: 5, by: 'votes' }],
    ['best by VOTES quantization and pruning', { by: 'votes', topic: 'quantization and pruning' }],
    ['best learning by example', { topic: 'learning by example' }],
    ['best learning by example by score', { topic: 'learning by example', by: 'score' }],
    ['search diffusion models since 2025-07-01', { words: 'diffusion models', since: '2025-07-01' }],
    ['search author Ada First cat cs.LG', { author: 'Ada First', cat: 'cs.LG' }],
    ['search author "Ada First" more words', { author: 'Ada First', words: 'more words' }],
    ['search author “Ada First” more', { author: 'Ada First', words: 'more' }],
    ['best model compression 5 week', { topic: 'model compression', n: 5, period: expect.anything() }],
    ['search waiting since forever', { words: 'waiting since forever' }],
    ['search cat', { words: 'cat' }],
    ['search "exact phrase" author', { words: '"exact phrase" author' }],
  ])('in "%s" belongs to its option: %j', (text, expected) => {
    expect(values(text)).toMatchObject(expected);
    const named = (of: object) => Object.keys(of).filter((name) => name !== 'period');
    expect(named(values(text)).sort()).toEqual(named(expected).sort());
  });
});

describe('a date after a keyword', () => {
  it.each([
    ['2025-02-30', '2025-02-30'],
    ['08/07/2025', '08/07/2025'],
    ['2017', '2017'],
    ['last week', 'last week'],
    ['Monday', 'Monday'],
    ['July 2025 cat cs.LG', 'July 2025'],
    ['3 days ago', '3 days ago'],
    ['8th', '8th'],
    ['8-jul-2025', '8-jul-2025'],
    ['the last month', 'the last month'],
    ['last-week', 'last-week'],
    ['3-days-ago', '3-days-ago'],
    ['yesteday', 'yesteday'],
    ['2025-07-08T09:00', '2025-07-08T09:00'],
  ])('is refused in "since %s", and never becomes a search word', (since, shown) => {
    expect(refusal(`search x since ${since}`)).toBe(
      `"${shown}" is not a date; use a date such as 2025-07-08, today or yesterday. To search for the words, put them in quotes: "since ${shown}".`,
    );
  });

  it.each([
    'memory since transformers',
    'depth since 3D vision',
    'last things since last layers',
    'x since',
    'x since tidal',
    'x since last-layer pruning',
  ])('is not read from words such as "%s"', (words) => {
    expect(values(`search ${words}`)).toEqual({ words });
  });

  it('is not read between quotes', () => {
    const words = 'tests "unchanged since 2017" and "since last week"';
    expect(values(`search ${words} since 2025-07-01`)).toEqual({ words, since: '2025-07-01' });
    expect(refusal('search "unchanged since 2017')).toContain('"2017" is not a date');
  });

  it.each(['"a ', '"a b" ', 'since 1', 'since last '])(
    'is read in time proportional to its length: %j',
    async (part) => {
      const read = (times: number) => expect(() => values(`search ${part.repeat(times)}`)).toThrow(UserError);
      expect(await growth(read, 5_000)).toBeLessThan(linear);
    },
  );
});

describe('a paper', () => {
  it.each([
    ['show 2503.07639', '2503.07639'],
    ['show 2503.07639v2', '2503.07639'],
    ['show arXiv:2503.07639', '2503.07639'],
    ['show hep-th/9901001', 'hep-th/9901001'],
    ['show math.GT/0309136', 'math/0309136'],
    ['show 0704.0001', '0704.0001'],
    ['show https://arxiv.org/pdf/2503.07639v3', '2503.07639'],
    ['show <https://www.alphaxiv.org/abs/2503.07639|link>', '2503.07639'],
    ['show http://export.arxiv.org/abs/hep-th/9901001v1', 'hep-th/9901001'],
    ['show https://doi.org/10.48550/arXiv.2503.07639', '2503.07639'],
    ['show doi:10.48550/ARXIV.HEP-TH/9901001', 'hep-th/9901001'],
    ['show 10.48550/arXiv.2503.07639', '2503.07639'],
    ['show https://huggingface.co/papers/2503.07639?from=x', '2503.07639'],
    ['show hf.co/papers/2503.07639', '2503.07639'],
    ['show https://ar5iv.org/abs/2503.07639', '2503.07639'],
    ['show https://ar5iv.labs.arxiv.org/html/2503.07639v2', '2503.07639'],
    ['show https://ar5iv.labs.arxiv.org/html/hep-th/9901001', 'hep-th/9901001'],
    ['show https://alphaxiv.org/overview/2503.07639', '2503.07639'],
    ['show alphaxiv.org/abs/2503.07639v1#section', '2503.07639'],
  ])('is read from "%s": %s', (text, id) => {
    expect(values(text)).toEqual({ paper: id });
  });

  it.each([
    ...['show 2503.0763', 'show 2513.07639', 'show https://arxiv.org/list/cs.LG/new', 'show hep-th/99'],
    ...['show https://huggingface.co/papers/trending', 'show https://doi.org/10.48550/arXiv.x'],
  ])('is refused in "%s" with an example', (text) => {
    expect(refusal(text)).toMatch(/is not an arXiv id; use one such as 2503\.07639, or a link to the paper\.$/);
  });

  it('is required, with an example', () => {
    expect(refusal('show')).toBe('Add a paper, for example: /arxiv show 2503.07639.');
    expect(refusal('ask why')).toContain('Add a paper');
  });

  it('may be one of several distinct ones, next to a date', () => {
    expect(values('again 2503.07639 today 2503.07640v2 2503.07639')).toEqual({
      papers: ['2503.07639', '2503.07640'],
      date: '2025-07-08',
    });
  });

  it('is part of the question if another paper comes before', () => {
    expect(values('ask 2503.07639 how is it other than 2401.00010?')).toEqual({
      paper: '2503.07639',
      question: 'how is it other than 2401.00010?',
    });
  });
});

describe('the completion of keywords', () => {
  const complete = async (typed: string) =>
    (
      await completionsFor(
        typed,
        { person: 'web:local:1', destination: 'web:foundations' },
        {
          commands,
          suggest: async ({ option }) =>
            option === 'by' ? ['score', 'votes'].map((value) => ({ label: value, value })) : [],
        },
      )
    ).map(({ text }) => text);

  it('offers a keyword, then its values', async () => {
    expect(await complete('best 5 b')).toEqual(['best 5 by ']);
    expect(await complete('best 5 by ')).toEqual(['best 5 by score ', 'best 5 by votes ']);
    expect(await complete('search x s')).toEqual(['search x since ']);
    expect(await complete('search x since 2025-07-01 ')).toEqual([
      'search x since 2025-07-01 author ',
      'search x since 2025-07-01 cat ',
    ]);
  });
});
