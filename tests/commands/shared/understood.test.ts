import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Channel } from '../../../src/core/channel.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { changingChannels, manager, reader, talk } from '../changing.ts';
import { linesOf } from '../context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const understand = async ({ rubric }: Channel) => ({
  wanted: [rubric.topics.trim()],
  unwanted: ['snow'],
  problem: { text: 'Too short.', fix: 'Add words.', isFatal: false },
});

it('shows what was understood as wanted and not wanted, and why the built-in scorer cannot use it', async () => {
  const { lines } = await talk(stores, { person: reader, services: { understand } });
  expect((await lines('topics show')).slice(5)).toEqual([
    '⚠️ Too short. Add words.',
    ...['Understood as wanted', expect.stringContaining('Model Compression')],
    ...['Understood as not wanted', 'snow'],
  ]);
});

it('shows what was understood of an edit before it is saved', async () => {
  const one = await talk(stores, { channels: await changingChannels(stores), services: { understand } });
  const edited = async (changed: Record<string, string>) => {
    const { fields, submit } = await one.form('topics edit');
    const kept = Object.fromEntries(fields.map(({ name, value = '' }) => [name, value]));
    return linesOf(await one.message(submit.command, { fields: { ...kept, ...changed } }));
  };
  const shown = await edited({ topics1: 'New gears' });
  expect(shown.slice(shown.indexOf('Understood as wanted')).slice(0, 2)).toEqual(['Understood as wanted', 'New gears']);
  expect(await edited({ relevance: '9' })).not.toContain('Understood as wanted');
});

it('shows what was understood of a new channel before it starts', async () => {
  const one = await talk(stores, {
    services: { understand },
    channel: undefined,
    destination: 'slack:T1:C9',
    admins: [manager],
  });
  const fields = { name: 'vision', categories: 'cs.CV', topics: 'All gears', timezone: 'UTC', papersPerDay: '10' };
  const shown = await one.lines('herecheck', { fields });
  expect(shown.slice(2, 7)).toEqual([
    ...['⚠️ Too short. Add words.', 'Understood as wanted', 'All gears', 'Understood as not wanted', 'snow'],
  ]);
});
