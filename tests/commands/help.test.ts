import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { openStores } from '../../db/index.ts';
import type { Options } from '../../src/core/command.ts';
import type { Stores } from '../../src/core/stores.ts';
import { commandOf, everyKind } from '../fakes/commands.ts';
import { ask, linesOf } from './context.ts';

let stores: Stores;
beforeAll(() => {
  stores = openStores(':memory:');
});
afterAll(() => stores.close());

/** The real `help` over a list that has every kind of option. */
const list = [...everyKind.filter(({ name }) => name !== 'help'), ...commands.filter(({ name }) => name === 'help')];
const helpOf = async (text: string) => linesOf(await ask(stores, text, { list }));

describe('help', () => {
  it('lists every command with its options, those of groups too, and how the channel is read', async () => {
    expect(await helpOf('help')).toEqual([
      'What you can ask Paperboy',
      'Read',
      '/arxiv top [n] [date]  does top',
      'Ask the language model',
      '/arxiv ask [newest|best] [n] QUESTION  does ask',
      'What the channel reads',
      '/arxiv topics show  does show',
      '/arxiv topics edit TEXT  does edit',
      'How things stand',
      '/arxiv help [command]  what you can ask, with examples',
      'More',
      '/arxiv between [from] [to]  does between',
      'In capitals is what must be there, in brackets what may be; /arxiv help top tells all of one command.',
      'foundations reads cs.LG and cs.AI, and is sent papers with relevance 8 and novelty 7 or more',
      'React to a paper with 👍 or 👎 to vote.',
      expect.stringMatching(/^Thank you to arXiv/),
      '[Newest papers: top]',
    ]);
  });

  it('shows one command with what each option takes, and its examples', async () => {
    expect(await helpOf('help top')).toEqual([
      '/arxiv top [n] [date]  does top',
      'n how many (1 to 50)',
      'date the day (such as 2025-07-08, today or yesterday)',
      'For example:',
      '/arxiv top 5',
      '/arxiv top 5 2025-07-08',
    ]);
    expect(await helpOf('help ask')).toContain('order the order (newest, best)');
  });

  it('shows a command without options, and all of a group', async () => {
    expect(await helpOf('help topics show')).toEqual(['/arxiv topics show  does show', 'For example:', '/arxiv show']);
    expect((await helpOf('help topics')).filter((line) => line.includes('does'))).toEqual([
      '/arxiv topics show  does show',
      '/arxiv topics edit TEXT  does edit',
    ]);
  });

  it.each(['help TOP', 'help  Top', 'help /arxiv top'])('understands "%s"', async (text) => {
    expect(await helpOf(text)).toEqual(await helpOf('help top'));
  });

  it.each([
    ['to', 'top'],
    ['topics sho', 'topics show'],
    ['TOPCIS', 'topics'],
    ['/arxiv betwen', 'between'],
  ])('offers the nearest command where there is no "%s"', async (name, near) => {
    await expect(ask(stores, `help ${name}`, { list })).rejects.toThrow(
      `There is no command "${name}"; did you mean /arxiv help ${near}? /arxiv help lists all commands.`,
    );
  });

  it('lists no hidden command, though it helps with one that is named, and marks what only managers may do', async () => {
    const more = [commandOf('secret', {}, { isHidden: true }), commandOf('pause', {}, { rights: 'managers' })];
    const lines = linesOf(await ask(stores, 'help', { list: [...list, ...more] }));
    expect(lines.join()).not.toContain('secret');
    expect(lines).toContain('/arxiv pause  does pause (managers)');
    expect(lines.join()).toContain('Those marked (managers) are for a channel’s managers and the admins.');
    expect(linesOf(await ask(stores, 'help secret', { list: [...list, ...more] }))[0]).toBe(
      '/arxiv secret  does secret',
    );
    await expect(ask(stores, 'help secre', { list: [...list, ...more] })).rejects.toThrow(
      'There is no command "secre"; type /arxiv help for the list of all.',
    );
  });

  it('puts every command of its own under a title', async () => {
    const lines = linesOf(await ask(stores, 'help'));
    expect(lines).not.toContain('More');
    const at = lines.findIndex((line) => line.startsWith('/arxiv feedback'));
    expect(lines[at - 1]).toMatch(/^\/arxiv following/);
  });

  it('says of every kind of option what may be written', async () => {
    const options: Options = {
      when: { type: 'period', description: 'the time' },
      what: { type: 'paper', description: 'the paper', required: true },
      by: { type: 'word', keyword: 'by', description: 'the order', values: ['score', 'votes'] },
      who: { type: 'text', keyword: 'author', description: 'whose', required: false },
    };
    const lines = linesOf(await ask(stores, 'help find', { list: [...list, commandOf('find', options)] }));
    expect(lines.slice(0, 5)).toEqual([
      '/arxiv find [when] WHAT [by score|votes] [author who]  does find',
      'when the time (a day such as 2025-07-08, today or yesterday; a month such as 2025-07; week or month for the last 7 or 30 days)',
      'what the paper (such as 2503.07639, its DOI, or a link to it)',
      'by the order (written after the word by: score, votes)',
      'who whose (written after the word author)',
    ]);
  });

  it.each(['everything'])('says what to type where there is no command "%s"', async (name) => {
    await expect(ask(stores, `help ${name}`, { list })).rejects.toThrow(
      `There is no command "${name}"; type /arxiv help for the list of all.`,
    );
  });

  it('repeats no more of a long text than tells it', async () => {
    await expect(ask(stores, `help ${'x'.repeat(3_000)}`, { list })).rejects.toThrow(
      `There is no command "${'x'.repeat(59)}…"; type /arxiv help for the list of all.`,
    );
  });
});
