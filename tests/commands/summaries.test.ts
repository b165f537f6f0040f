import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { summaries } from '../../commands/summaries.ts';
import { openStores } from '../../db/sqlite/index.ts';
import { grammarProblems } from '../../src/chat/language/grammar.ts';
import type { Services } from '../../src/core/services.ts';
import type { Stores } from '../../src/core/stores.ts';
import { changing, changingChannels, managed, pressed, reader, talk } from './changing.ts';
import { linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const usage = { promptTokens: 6_000, cachedTokens: 0, completionTokens: 700, costUsd: 0.001_32 };
const cost: Partial<Services> = {
  summaryCost: async () => ({ model: 'gpt-test', papers: 12, usage, dailyBudgetUsd: 1 }),
};
const costText =
  'Cost: about $0.0013 a day for 12 papers (6,700 tokens of gpt-test). It counts toward the daily budget of $1.00.';
const list = [...changing, summaries];

const talking = async (more: Parameters<typeof talk>[1] = {}, isOn = false) =>
  talk(stores, {
    list,
    services: cost,
    channels: await changingChannels(stores, [managed({ digestSummary: isOn })]),
    ...more,
  });

describe('summaries', () => {
  it('shows everybody whether they are on, and what they cost', async () => {
    const { lines } = await talking({ person: reader });
    expect(await lines('summaries')).toEqual([
      'Summaries are off for foundations.',
      costText,
      '[Turn on: summaries on]',
      '[Stats: stats]',
    ]);
  });

  it('turns them on after a preview of the cost', async () => {
    const { channels, message, lines } = await talking();
    const question = await message('summaries on');
    expect(linesOf(question)[0]).toBe(
      `Summarize the posted papers of foundations? From the next digest on, each paper gets one sentence in English. ${costText}`,
    );
    expect(channels.find('foundations')?.digestSummary).toBe(false);
    expect((await lines(pressed(question, 'Keep off')))[0]).toBe('Summaries are off for foundations.');
    expect((await lines(pressed(question, 'Turn on')))[0]).toBe(
      'Summaries are now on for foundations, from the next digest on.',
    );
    expect(channels.find('foundations')?.digestSummary).toBe(true);
    expect((await lines('summaries on'))[0]).toBe('Summaries are already on for foundations.');
  });

  it('turns them off at once', async () => {
    const { channels, message, lines } = await talking({}, true);
    const off = await message(pressed(await message('summaries'), 'Turn off'));
    expect(linesOf(off)[0]).toBe('Summaries are now off for foundations, from the next digest on.');
    expect(channels.find('foundations')?.digestSummary).toBe(false);
    expect((await lines('history'))[1]).toContain('turned off summaries');
    expect((await lines('summaries off'))[0]).toBe('Summaries are already off for foundations.');
  });

  it('needs a language model to turn them on, not to turn them off', async () => {
    const without = { services: {} };
    const { channels, lines } = await talking(without, true);
    expect((await lines('summaries'))[1]).toBe('Summaries need a language model, and none is configured.');
    await lines('summaries off');
    expect(channels.find('foundations')?.digestSummary).toBe(false);
    expect(await lines('summaries')).not.toContainEqual(expect.stringContaining('Turn on'));
    await expect(lines('summaries on')).rejects.toThrow('none is configured. Ask your Paperboy admin');
    await expect(lines('summaries on confirmed')).rejects.toThrow('OPENAI_API_KEY');
    expect(channels.find('foundations')?.digestSummary).toBe(false);
  });

  it.each(['summaries on', 'summaries on confirmed', 'summaries off'])('"%s" is for managers', async (text) => {
    const { lines } = await talking({ person: reader }, text === 'summaries off');
    await expect(lines(text)).rejects.toThrow('Only the managers of foundations and the admins');
  });

  it('follows the grammar', () => {
    expect(grammarProblems(list)).toEqual([]);
  });

  it('overrides the config file', async () => {
    const { lines } = await talking();
    await lines('summaries on confirmed');
    const again = await changingChannels(stores);
    expect(again.find('foundations')?.digestSummary).toBe(true);
    expect(again.differences()).toMatchObject([{ channel: 'foundations', what: 'summary' }]);
  });
});
