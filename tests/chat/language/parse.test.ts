import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/chat/language/parse.ts';
import { UserError } from '../../../src/core/errors.ts';
import { growth, linear } from '../../computing.ts';
import { everyKind } from '../../fakes/commands.ts';

/** 22:00 on the 8th in New York. */
const now = new Date('2025-07-09T02:00:00Z');
const parse = (text: string) => {
  const { command, values } = parseCommand(text, everyKind, now);
  return [command.name, values];
};
const problem = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
};

describe('a command text', () => {
  it.each([
    ['top', {}],
    ['top 5', { n: 5 }],
    ['top 5 2025-07-08', { n: 5, date: '2025-07-08' }],
    ['top 2025-07-08 5', { n: 5, date: '2025-07-08' }],
    ['top 2025-07-08', { date: '2025-07-08' }],
    ['  TOP \t 05\n', { n: 5 }],
    ['top +50', { n: 50 }],
    ['Top ten', { n: 10 }],
    ['top5', { n: 5 }],
    ['/top', {}],
    ['/arxivtop', {}],
    ['/arxivtop 5', { n: 5 }],
    ['top five 2025-07-08', { n: 5, date: '2025-07-08' }],
    ['/arxiv top 5', { n: 5 }],
    ['/ARXIV   top 5', { n: 5 }],
    ['/ARXIV top', {}],
    ['/arxiv\ntop\n5\n', { n: 5 }],
    ['/arxiv\r\ntop\r\n2025-07-08', { date: '2025-07-08' }],
    ['/arxiv\u00a0top\u00a05', { n: 5 }],
    ['top\u202f5\u30002025-07-08', { n: 5, date: '2025-07-08' }],
    ['top\u2028\u00855', { n: 5 }],
    ['\u200b/arxiv\u200b \u2060top\ufeff \u200e5\u200e', { n: 5 }],
    ['\ufeffto\ufeffp \u200d5\u200c', { n: 5 }],
    ['top \u2066\u20692025\u00ad-07-\u200b08\u202c', { date: '2025-07-08' }],
    ['top \u200b \u200d 5', { n: 5 }],
    ['\u0000top\u0000 5', { n: 5 }],
  ])('has options by type, in any order: %j', (text, values) => {
    expect(parse(text)).toEqual(['top', values]);
  });

  it.each([
    ': top 5',
    ', top 5',
    '— top 5',
    'Hey, top 5',
    'Hello please top 5!',
    'top: 5',
    'top, 5.',
    '*top* 5',
    '**top** *5*',
    '_top 5_',
    '~top~ `5`',
    '`top 5`',
    '"top 5"',
    '“top” 5',
    '‘top 5’',
    '«top» ‘5’',
    '/arxiv: top 5',
    '*/arxiv* *top* 5',
    'top – 5',
    'Ｔop ５',
  ])('may have punctuation, quotes and marks around its words: %j', (text) => {
    expect(parse(text)).toEqual(['top', { n: 5 }]);
  });

  it.each([
    ['top 2025–07–08', { date: '2025-07-08' }],
    ['top “2025‑07‑08”', { date: '2025-07-08' }],
    ['top *today*', { date: '2025-07-08' }],
    ['top 2025-07-08, 5', { date: '2025-07-08', n: 5 }],
  ])('may have any dash in a date: %j', (text, values) => {
    expect(parse(text)).toEqual(['top', values]);
  });

  it('keeps the punctuation and double quotes of free text', () => {
    expect(parse('ask *best* “3” is, “low–rank” — *new*?')).toEqual([
      'ask',
      { order: 'best', question: '“3” is, “low–rank” — *new*?' },
    ]);
    expect(parse('*topics* edit: - Robots — and “more”')).toEqual(['edit', { text: '- Robots — and “more”' }]);
  });

  it.each(['hey', 'Hello!', 'hi, please', ':', '…'])('is a request for help if it says nothing: %j', (text) => {
    expect(parse(text)).toEqual(['help', {}]);
  });

  it.each(['', '   ', '/arxiv', ' /arxiv ', '\n', '\u200b', '/arxiv\u00a0\u200d'])(
    'is a request for help: %j',
    (text) => {
      expect(parse(text)).toEqual(['help', {}]);
    },
  );

  it('may have any number of spaces', () => {
    expect(parse(`${' '.repeat(10_000)}top${'\n'.repeat(10_000)}5`)).toEqual(['top', { n: 5 }]);
  });

  it('has dates in New York time, as arXiv does', () => {
    expect(parse('top today')).toEqual(['top', { date: '2025-07-08' }]);
    expect(parse('top Yesterday 3')).toEqual(['top', { n: 3, date: '2025-07-07' }]);
  });

  it('has two options of one type in their order', () => {
    expect(parse('between 2025-07-01 today')).toEqual(['between', { from: '2025-07-01', to: '2025-07-08' }]);
  });

  it.each([
    ['ask best 3 what is new', { order: 'best', n: 3, question: 'what is new' }],
    ['ask 3 BEST what is new', { order: 'best', n: 3, question: 'what is new' }],
    ['ask what is the best 3', { question: 'what is the best 3' }],
    ['ask best newest 3', { order: 'best', question: 'newest 3' }],
    ['ask 1 2 3', { n: 1, question: '2 3' }],
  ])('has the rest of the line as its free text: "%s"', (text, values) => {
    expect(parse(text)).toEqual(['ask', values]);
  });

  it('has its free text on one line, without invisible or broken characters', () => {
    expect(parse('ask a\ud800b \udc00')).toEqual(['ask', { question: 'a\ufffdb \ufffd' }]);
    expect(parse('ask what\nis\u00a0\u200bnew\u202e?')).toEqual(['ask', { question: 'what is new?' }]);
    expect(parse('ask 👩‍🔬 می‌خواهم')).toEqual(['ask', { question: '👩‍🔬 می‌خواهم' }]);
  });

  it('may name a command of a group', () => {
    expect(parse('topics show')).toEqual(['show', {}]);
    expect(parse('Topics EDIT Robots & more')).toEqual(['edit', { text: 'Robots & more' }]);
  });
});

describe('a text that is not a command', () => {
  it.each([
    ['top 0', '0 is out of range; write a whole number from 1 to 50.'],
    ['top -3', '-3 is out of range; write a whole number from 1 to 50.'],
    ['top 51', '51 is out of range; write a whole number from 1 to 50.'],
    ['top 99999999999999999999', '99999999999999999999 is out of range; write a whole number from 1 to 50.'],
    ['top 2025-02-30', '"2025-02-30" is not a date; write it as year-month-day, such as 2025-07-08.'],
    ['top 08.07.2025', '"08.07.2025" is not a date; write it as year-month-day, such as 2025-07-08.'],
    ['top 7/8', '"7/8" is not a date; write it as year-month-day, such as 2025-07-08.'],
    ['top few', '"few" is not an option here. Try /arxiv top 5 or /arxiv top 5 2025-07-08.'],
    ['top 5 6', '"6" is not an option here. Try /arxiv top 5 or /arxiv top 5 2025-07-08.'],
    ['top 5 today 2025-07-08', '"2025-07-08" is not an option here. Try /arxiv top 5 or /arxiv top 5 2025-07-08.'],
    [
      'ask',
      'Add what you want to know, for example: /arxiv ask best 3 what is new, /arxiv ask why or /arxiv ask 2 how.',
    ],
    [
      'ask best 3',
      'Add what you want to know, for example: /arxiv ask best 3 what is new, /arxiv ask why or /arxiv ask 2 how.',
    ],
    ['topics edit', 'Add the new topics, for example: /arxiv edit.'],
    ['tpo 5', 'There is no command "tpo". Did you mean /arxiv top? /arxiv help lists all commands.'],
    ['hepl', 'There is no command "hepl". Did you mean /arxiv help? /arxiv help lists all commands.'],
    ['unknowable', 'There is no command "unknowable". /arxiv help lists all commands.'],
    ['/ARXIV-tpo', 'There is no command "/ARXIV-tpo". Did you mean /arxiv top? /arxiv help lists all commands.'],
    ['/arxivunknowable', 'There is no command "/arxivunknowable". /arxiv help lists all commands.'],
    [
      'topics shwo',
      'There is no command "topics shwo". Did you mean /arxiv topics show? /arxiv help lists all commands.',
    ],
    ['topics', 'Say what to do with topics; type one of /arxiv topics show, /arxiv topics edit.'],
    [
      'topics everything',
      'There is no command "topics everything". Type one of /arxiv topics show, /arxiv topics edit.',
    ],
    ['constructor', 'There is no command "constructor". /arxiv help lists all commands.'],
    ['__proto__', 'There is no command "__proto__". /arxiv help lists all commands.'],
  ])('is answered with what to type: "%s"', (text, sentence) => {
    expect(problem(text)).toBe(sentence);
  });

  it('has a short answer at any length', () => {
    const long = (part: string) => part.repeat(10_000 / part.length);
    for (const text of [
      long('x'),
      `top ${long('y')}`,
      `top ${long('9')}`,
      `top ${long('1-')}`,
      `top ${long('1-')}1/1`,
      `topics ${long('z')}`,
      `top ${long('5 ')}`,
      `top 5${long('🔥')}`,
    ]) {
      expect(problem(text).length, text.slice(0, 20)).toBeLessThan(200);
      expect(problem(text).isWellFormed()).toBe(true);
    }
  });

  it('is refused with a free text over 4,000 characters, which is never cut', () => {
    const [longest, word] = ['q'.repeat(4_000), 'w'.repeat(300)];
    expect(parse(`ask ${longest}`)).toEqual(['ask', { question: longest }]);
    expect(parse(`ask ${word} end`)).toEqual(['ask', { question: `${word} end` }]);
    expect(problem(`ask ${longest}q`)).toBe('That is too long; write at most 4,000 characters.');
    expect(problem(`ask ${'why '.repeat(2_500)}`)).toBe('That is too long; write at most 4,000 characters.');
  });

  it.each([' ', '\n', '\u200b', '1-', '/arxiv', '/arxiv ', 'a ', '\u200d ', '-', '5 '])(
    'is read in time proportional to its length: %j',
    async (part) => {
      const read = (times: number) => {
        for (const text of [part.repeat(times), `top ${part.repeat(times)}`, `ask ${part.repeat(times)}`])
          try {
            parseCommand(text, everyKind, now);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
      };
      expect(await growth(read, 10_000)).toBeLessThan(linear);
    },
  );

  it('gives values of the right type or a sentence, for 2,000 random texts', () => {
    // A linear congruential generator: the same texts in every run (Numerical Recipes, 3rd ed., 7.1).
    let state = 20_250_708;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const words = [
      'top',
      'help',
      'ask',
      'topics',
      'show',
      'edit',
      'best',
      'today',
      '/arxiv',
      '5',
      '-1',
      '1e9',
      '2025-07-08',
    ];
    const odd = [
      '2025-99-99',
      '0000-00-00',
      '9999999-1-1',
      '<@U1>',
      '__proto__',
      '\u0000',
      '\ud800',
      '🔥',
      '\u202e',
      '٣',
      '5.',
      '``',
    ];
    const part = () => {
      const kind = random(10);
      if (kind < 5) return words[random(words.length)] ?? '';
      if (kind < 8) return odd[random(odd.length)] ?? '';
      return String.fromCharCode(...Array.from({ length: random(6) }, () => random(0x10000)));
    };
    const separators = [' ', ' ', '  ', '\n', '\t', '\u00a0', ''];
    let accepted = 0;
    for (let index = 0; index < 2000; index += 1) {
      const text = Array.from({ length: random(6) }, () => part() + separators[random(separators.length)]).join('');
      try {
        const { values } = parseCommand(text, everyKind, now);
        accepted += 1;
        for (const value of Object.values(values)) expect(['string', 'number']).toContain(typeof value);
        if ('n' in values) expect(Number.isInteger(values.n)).toBe(true);
        if ('date' in values) expect(values.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      } catch (error) {
        expect(error, JSON.stringify(text)).toBeInstanceOf(UserError);
      }
    }
    expect(accepted).toBeGreaterThan(200);
    expect(accepted).toBeLessThan(1800);
  });
});
