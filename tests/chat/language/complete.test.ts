import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands as realCommands } from '../../../commands/index.ts';
import { openStores } from '../../../db/sqlite/index.ts';
import { createDispatcher } from '../../../src/chat/dispatcher.ts';
import { completionsFor } from '../../../src/chat/language/complete.ts';
import { parseCommand } from '../../../src/chat/language/parse.ts';
import { platforms } from '../../../src/chat/platforms.ts';
import type { CommandEntry } from '../../../src/core/command.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { SuggestionRequest } from '../../../src/core/platform.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { growth, linear } from '../../computing.ts';
import { registryOf } from '../../fakes/channels.ts';
import { createSteppingClock } from '../../fakes/clock.ts';
import { commandOf, everyKind } from '../../fakes/commands.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { channelOf, paperOf } from '../../fakes/fixtures.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import { servicesOf } from '../../fakes/services.ts';

const sender = { person: 'web:local:U1', destination: 'web:local:foundations' };
const now = new Date('2025-07-08T13:00:00Z');

/** Every kind of option, and `help` with the commands as its offers. */
const list: readonly CommandEntry[] = [
  ...everyKind.filter(({ name }) => name !== 'help'),
  commandOf('help', {
    command: { type: 'text', description: 'one command', required: false, offers: 'commands' },
  }),
];

let stores: Stores;
beforeEach(async () => {
  stores = openStores(':memory:');
  for (const day of ['03', '07', '08']) await saveDigest(stores, [paperOf(day)], { date: `2025-07-${day}` });
});
afterEach(() => stores.close());

const dispatcher = (commands: readonly CommandEntry[]) => {
  const clock = createSteppingClock(now.toISOString());
  const { logger } = keepingLogger();
  const channelAt = async () => channelOf();
  return createDispatcher({
    ...{ commands, channelAt, platforms, stores, clock, logger, admins: [] },
    channels: registryOf(),
    isPerson: () => false,
    services: servicesOf(),
    signal: new AbortController().signal,
  });
};
const complete = (typed: string, commands = list) =>
  completionsFor(typed, sender, { commands, suggest: dispatcher(commands).suggest });
const texts = async (typed: string, commands = list) => (await complete(typed, commands)).map(({ text }) => text);

describe('completions of a name', () => {
  const all = ['top ', 'ask ', 'between ', 'topics show', 'topics edit ', 'help '];

  it.each(['', ' ', '\n'])('are all commands in order for %j', async (typed) => {
    expect(await texts(typed)).toEqual(all);
  });

  it.each(['/', '/a', '/ARX', '/arxiv', '/arxiv ', ' /arxiv\u00a0'])(
    'keep the prefix, and read its beginning %j as no name',
    async (typed) => {
      expect(await texts(typed)).toEqual(all.map((text) => `/arxiv ${text}`));
    },
  );

  it('show how a command is used and what it does', async () => {
    expect((await complete('to'))[0]).toEqual({ text: 'top ', label: 'top [n] [date]', description: 'does top' });
  });

  it.each([
    ['to', ['top ', 'topics show', 'topics edit ']],
    ['TOP', ['top ', 'topics show', 'topics edit ']],
    ['/arxiv top', ['/arxiv top ', '/arxiv topics show', '/arxiv topics edit ']],
    ['/arxivtop', ['/arxiv top ', '/arxiv topics show', '/arxiv topics edit ']],
    ['/bet', ['/arxiv between ']],
    ['h', ['help ', 'topics show']],
    ['sho', ['topics show']],
    ['topics', ['topics show', 'topics edit ']],
    ['/arxiv  Topics  ', ['/arxiv topics show', '/arxiv topics edit ']],
    ['topics e', ['topics edit ']],
    ['topics x', []],
    ['topics x ', []],
    ['nothing', []],
    ['arxiv', []],
  ])('of "%s" are the names that begin with it, then those that contain it', async (typed, offered) => {
    expect(await texts(typed)).toEqual(offered);
  });

  it('leave out what would change nothing', async () => {
    expect(await texts('topics show')).toEqual([]);
    expect(await texts('topics show ')).toEqual([]);
  });

  it('are at most 40', async () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      commandOf(`x${'ab'[index % 2]}${String.fromCharCode(97 + index / 2)}`),
    );
    expect(await texts('x', many)).toHaveLength(40);
  });
});

describe('completions after a name', () => {
  it('show a date with its weekday and its option', async () => {
    expect((await complete('/arxiv top 5 20'))[0]).toEqual({
      text: '/arxiv top 5 2025-07-08',
      label: '2025-07-08 · Tuesday, 8 July 2025',
      description: 'the day',
    });
  });

  it.each([
    ['top ', ['top 2025-07-08 ', 'top 2025-07-07 ', 'top 2025-07-03 ']],
    ['/arxiv TOP\u00a0\u200b5\n', ['/arxiv top 5 2025-07-08', '/arxiv top 5 2025-07-07', '/arxiv top 5 2025-07-03']],
    ['top thurs', ['top 2025-07-03 ']],
    ['top 2025-07-07', ['top 2025-07-07 ']],
    ['top 5 2025-07-07', []],
    ['top 5 2025-07-08 ', []],
    ['top 2025-07-08 ', []],
    ['ask ', ['ask newest ', 'ask best ']],
    ['ask 3 BE', ['ask 3 best ']],
    ['ask best ', []],
    ['help ', ['help top', 'help ask', 'help between', 'help topics show', 'help topics edit', 'help help']],
    ['help to', ['help top', 'help topics show', 'help topics edit']],
    ['help topics ', ['help topics show', 'help topics edit']],
    ['help topics sh', ['help topics show']],
    ['help topics show', []],
  ])('of "%s" are values of the options that are left', async (typed, offered) => {
    expect(await texts(typed)).toEqual(offered);
  });

  it('include a value once, for the option that the parser gives it to', async () => {
    const offered = await complete('between ');
    expect(offered.map(({ text, description }) => [text, description])).toEqual([
      ['between 2025-07-08 ', 'first'],
      ['between 2025-07-07 ', 'first'],
      ['between 2025-07-03 ', 'first'],
    ]);
    expect((await complete('between yesterday 2025-07-07'))[0]).toBeUndefined();
    expect((await complete('between yesterday 2025-07-0'))[0]).toMatchObject({
      text: 'between yesterday 2025-07-08',
      description: 'last',
    });
  });

  it('complete a number only to a date that begins with it', async () => {
    expect(await texts('top 7')).toEqual([]);
    expect(await texts('top 2')).toHaveLength(3);
  });

  it.each(['top 99 ', 'top few ', 'top 5 6 ', 'top 2025-02-30 ', 'topics show x ', 'ask why '])(
    'are none after "%s", which is complete or wrong',
    async (typed) => {
      expect(await complete(typed)).toEqual([]);
    },
  );

  it('come from a request with the option, its input, the person and the destination', async () => {
    const requests: SuggestionRequest[] = [];
    const suggest = async (request: SuggestionRequest) => {
      requests.push(request);
      return [];
    };
    await completionsFor('/arxiv top 5 20', sender, { commands: list, suggest });
    await completionsFor('topics edit two words', sender, { commands: list, suggest });
    expect(requests).toEqual([
      { command: 'top', option: 'date', input: '20', ...sender },
      { command: 'topics edit', option: 'text', input: 'two words', ...sender },
    ]);
  });

  it('of a free text leave out values that another option would take', async () => {
    const suggest = async ({ option }: SuggestionRequest) =>
      option === 'question'
        ? ['best', 'why best', '7 times', 'two  spaces'].map((value) => ({ value, label: value }))
        : [];
    const offered = await completionsFor('ask ', sender, { commands: list, suggest });
    expect(offered.map(({ text }) => text)).toEqual(['ask why best']);
  });
});

/** A linear congruential generator: the same texts in every run (Numerical Recipes, 3rd ed., 7.1). */
const randomLines = (count: number): string[] => {
  let state = 20_250_708;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const words = [
    '/arxiv',
    '/ar',
    'top',
    'help',
    'ask',
    'between',
    'topics',
    'show',
    'edit',
    'be',
    '5',
    '20',
    '2025-07',
  ];
  const odd = [
    'today',
    '99',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '🔥',
    '\u202e',
    '٣',
    '\u200d',
    '$x^',
    '(',
  ];
  const separators = [' ', ' ', ' ', '  ', '\n', '\u00a0', '\u200b', ''];
  const piece = () => {
    const kind = random(10);
    if (kind < 7) return words[random(words.length)] ?? '';
    if (kind < 9) return odd[random(odd.length)] ?? '';
    return String.fromCharCode(...Array.from({ length: random(6) }, () => random(0x10000)));
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: random(6) }, () => piece() + separators[random(separators.length)]).join(''),
  );
};

describe('completions of any input', () => {
  it('are lines that the parser accepts, for 2,000 random lines', async () => {
    const { suggest } = dispatcher(list);
    let offered = 0;
    for (const typed of randomLines(2_000)) {
      const completions = await completionsFor(typed, sender, { commands: list, suggest });
      expect(completions.length).toBeLessThanOrEqual(12);
      for (const { text, label, description } of completions) {
        offered += 1;
        expect([label, description].includes('')).toBe(false);
        expect(text.startsWith('/arxiv ')).toBe(typed.trimStart().startsWith('/'));
        try {
          parseCommand(text, list, now);
        } catch (error) {
          // The only problem that a finished completion may leave is a missing option.
          expect(error instanceof UserError && error.message, text).toMatch(/^Add /);
        }
      }
    }
    expect(offered).toBeGreaterThan(1_000);
  });

  it.each(['x', ' ', '/arxiv ', 'top ', 'topics ', '\u200b', '5 ', '1-'])(
    'take time proportional to the length of a line, and cut none: %j',
    async (part) => {
      const read = async (times: number) => {
        for (const typed of [part.repeat(times), `help ${part.repeat(times)}`])
          expect(await complete(typed)).toEqual([]);
      };
      expect(await growth(read, 10_000)).toBeLessThan(linear);
    },
  );

  it('lead to the examples of the real commands', async () => {
    expect(await texts('/arxiv t', realCommands)).toContain('/arxiv top ');
    expect(await texts('/arxiv top 5 2025', realCommands)).toContain('/arxiv top 5 2025-07-08 ');
    expect((await texts('help t', realCommands))[0]).toBe('help top');
  });
});
