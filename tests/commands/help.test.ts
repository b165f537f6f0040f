import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { openStores } from '../../db/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { everyKind } from '../fakes/commands.ts';
import { ask, linesOf } from './context.ts';

let stores: Stores;
beforeAll(() => {
  stores = openStores(':memory:');
});
afterAll(() => stores.close());

/** The real `help` over a list that has every kind of option. */
const list = [...everyKind.filter(({ name }) => name !== 'help'), ...commands.filter(({ name }) => name === 'help')];
const helpOf = async (text: string) => linesOf(await ask(stores, text, list));

describe('help', () => {
  it('lists every command with its options, those of groups too, and how the channel is read', async () => {
    expect(await helpOf('help')).toEqual([
      'What you can ask Paperboy',
      '/arxiv top [n] [date]  does top',
      '/arxiv ask [order] [n] [question]  does ask',
      '/arxiv between [from] [to]  does between',
      '/arxiv topics show  does show',
      '/arxiv topics edit [text]  does edit',
      '/arxiv help [command]  what you can ask, with examples',
      'foundations reads cs.LG and cs.AI, and is sent papers with relevance 8 and novelty 7 or more',
      'React to a paper with 👍 or 👎 to vote.',
      expect.stringMatching(/^Thank you to arXiv/),
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
      '/arxiv topics edit [text]  does edit',
    ]);
  });

  it.each(['help TOP', 'help  Top', 'help /arxiv top'])('understands "%s"', async (text) => {
    expect(await helpOf(text)).toEqual(await helpOf('help top'));
  });

  it.each(['to', 'topics sho', 'everything'])('says what to type where there is no command "%s"', async (name) => {
    await expect(ask(stores, `help ${name}`, list)).rejects.toThrow(
      `There is no command "${name}"; type /arxiv help for the list of all.`,
    );
  });

  it('repeats no more of a long text than tells it', async () => {
    await expect(ask(stores, `help ${'x'.repeat(3_000)}`, list)).rejects.toThrow(
      `There is no command "${'x'.repeat(59)}…"; type /arxiv help for the list of all.`,
    );
  });
});
