import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { suggestionsFor } from '../../../src/chat/language/suggest.ts';
import type { CommandEntry } from '../../../src/core/command.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { commandOf } from '../../fakes/commands.ts';
import { channelOf } from '../../fakes/fixtures.ts';
import { savePosted } from '../../fakes/posted.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const commands: readonly CommandEntry[] = [
  commandOf('top', {
    when: { type: 'period', description: 'the time' },
    topic: { type: 'text', description: 'the topic', required: false, offers: 'topics' },
  }),
  commandOf('follow', { who: { type: 'text', description: 'the author', required: true, offers: 'authors' } }),
  commandOf('unfollow', { who: { type: 'text', description: 'the author', required: true, offers: 'following' } }),
  commandOf('help', { command: { type: 'text', description: 'one', required: false, offers: 'commands' } }),
  commandOf('secret', {}, { isHidden: true }),
];
const channel = channelOf({ authors: [{ name: 'Yoshua Bengio' }] });

const suggest = async (command: string, option: string, typed = '') => {
  const request = { command, option, input: typed, person: 'slack:T1:U1', destination: 'slack:T1:C1' };
  const found = await suggestionsFor(request, { commands, stores, channelFor: async () => channel });
  return found.map(({ value }) => value);
};

describe('suggestions', () => {
  beforeEach(async () => {
    await savePosted(stores, '2025-06-30', [{ id: '2506.00001', topic: 'Pruning', paper: { authors: ['Ada First'] } }]);
    await savePosted(stores, '2025-07-08', [
      { id: '2507.00001', topic: 'Sparsity', paper: { authors: ['Zoe Third'] } },
      { id: '2507.00002', topic: 'Pruning', paper: { authors: ['Ada First', 'Ben Second'] } },
      { id: '2507.00003' },
    ]);
  });

  it('for a period are the last week and month, then the days and months with digests', async () => {
    expect(await suggest('top', 'when')).toEqual(['week', 'month', '2025-07-08', '2025-06-30', '2025-07', '2025-06']);
    expect(await suggest('top', 'when', '2025-07')).toEqual(['2025-07-08', '2025-07']);
    expect(await suggest('top', 'when', 'june')).toEqual(['2025-06-30', '2025-06']);
    expect(await suggest('top', 'when', 'we')).toEqual(['week']);
  });

  it('for a topic are those of the recent digests, the most frequent first', async () => {
    expect(await suggest('top', 'topic')).toEqual(['Pruning', 'Sparsity']);
    expect(await suggest('top', 'topic', 'spa')).toEqual(['Sparsity']);
  });

  it('for an author are the followed authors, then those of posted papers', async () => {
    const found = await suggest('follow', 'who');
    expect(found[0]).toBe('Yoshua Bengio');
    expect(found.indexOf('Ada First')).toBeLessThan(found.indexOf('Zoe Third'));
    expect(await suggest('follow', 'who', 'third')).toEqual(['Zoe Third']);
  });

  it('for a followed author are only the followed ones', async () => {
    expect(await suggest('unfollow', 'who')).toEqual(['Yoshua Bengio']);
  });

  it('for a command leave out hidden ones', async () => {
    expect(await suggest('help', 'command')).toEqual(['top', 'follow', 'unfollow', 'help']);
  });
});

it('suggests no topics and only followed authors without digests', async () => {
  expect(await suggest('top', 'topic')).toEqual([]);
  expect(await suggest('follow', 'who')).toEqual(['Yoshua Bengio']);
});
