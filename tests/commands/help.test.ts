import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHelp } from '../../commands/help.ts';
import type { Section } from '../../commands/index.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { CommandEntry, Options } from '../../src/core/command.ts';
import type { Stores } from '../../src/core/stores.ts';
import { commandOf, everyKind } from '../fakes/commands.ts';
import { ask, linesOf } from './context.ts';

let stores: Stores;
beforeAll(() => {
  stores = openStores(':memory:');
});
afterAll(() => stores.close());

/** The real `help` over commands with every kind of option. */
const helpWith = (more: readonly CommandEntry[] = [], hidden: readonly CommandEntry[] = []) => {
  const help = createHelp(() => sections);
  const read = everyKind.filter(({ name }) => !['help', 'topics'].includes(name));
  const sections: readonly Section[] = [
    { title: 'Read', entries: [...read, ...more] },
    { title: 'Topics', entries: everyKind.filter(({ name }) => name === 'topics') },
    { title: 'Help', entries: [help] },
  ];
  const list = [...sections.flatMap(({ entries }) => entries), ...hidden];
  return async (text: string) => linesOf(await ask(stores, text, { list }));
};
const helpOf = helpWith();

describe('help', () => {
  it('lists every command with its options by section, and what each channel reads', async () => {
    expect(await helpOf('help')).toEqual([
      'Paperboy commands',
      'Read',
      '/arxiv top [n] [date]  does top',
      '/arxiv ask [newest|best] [n] QUESTION  does ask',
      '/arxiv between [from] [to]  does between',
      'Topics',
      '/arxiv topics show  does show',
      '/arxiv topics edit TEXT  does edit',
      'Help',
      '/arxiv help [command]  List all commands, or explain one',
      'CAPITALS are required, [brackets] optional. Type /arxiv help top for details on one command.',
      'foundations reads cs.LG and cs.AI and posts at most 10 papers a day',
      'React to a paper with 👍 or 👎 to vote.',
      expect.stringMatching(/^Thank you to arXiv/),
      '[Newest papers: top]',
      '[Status: status]',
    ]);
  });

  it('shows one command with the values of its options and examples', async () => {
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

  it('shows a command without options, and all commands of a group', async () => {
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
  ])('suggests the nearest command for "%s"', async (name, near) => {
    await expect(helpOf(`help ${name}`)).rejects.toThrow(
      `There is no command "${name}". Did you mean /arxiv help ${near}?`,
    );
  });

  it('explains a hidden command without listing it', async () => {
    const say = helpWith([], [commandOf('secret', {}, { isHidden: true })]);
    expect((await say('help')).join()).not.toContain('secret');
    expect((await say('help secret'))[0]).toBe('/arxiv secret  does secret');
    await expect(say('help secre')).rejects.toThrow('There is no command "secre". Type /arxiv help for all commands.');
  });

  it('marks the commands of managers', async () => {
    const lines = await helpWith([commandOf('pause', {}, { rights: 'managers' })])('help');
    expect(lines).toContain('/arxiv pause  does pause (managers)');
    expect(lines.join()).toContain('Commands marked (managers) are for the channel’s managers and the admins.');
  });

  it('explains the values of every kind of option', async () => {
    const options: Options = {
      when: { type: 'period', description: 'the time' },
      what: { type: 'paper', description: 'the paper', required: true },
      by: { type: 'word', keyword: 'by', description: 'the order', values: ['score', 'votes'] },
      who: { type: 'text', keyword: 'author', description: 'whose', required: false },
    };
    const lines = await helpWith([commandOf('find', options)])('help find');
    expect(lines.slice(0, 5)).toEqual([
      '/arxiv find [when] WHAT [by score|votes] [author who]  does find',
      'when the time (a day such as 2025-07-08, today or yesterday; a month such as 2025-07; week or month for the last 7 or 30 days)',
      'what the paper (such as 2503.07639; a DOI also works)',
      'by the order (after the word by: score, votes)',
      'who whose (after the word author)',
    ]);
  });

  it('suggests the list if no command is near', async () => {
    await expect(helpOf('help everything')).rejects.toThrow(
      'There is no command "everything". Type /arxiv help for all commands.',
    );
  });

  it('shortens a long input', async () => {
    await expect(helpOf(`help ${'x'.repeat(3_000)}`)).rejects.toThrow(
      `There is no command "${'x'.repeat(59)}…". Type /arxiv help for all commands.`,
    );
  });
});
