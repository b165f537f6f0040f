import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { show } from '../../commands/show.ts';
import { openStores } from '../../db/sqlite/index.ts';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { savePosted } from '../fakes/posted.ts';
import { buttonsOf, changingChannels, managed, pressed, reader, talk } from './changing.ts';
import { linesOf } from './context.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const muting = async (mute: readonly string[] = []) => {
  const channels = await changingChannels(stores, [managed({ mute })]);
  return { ...(await talk(stores, { channels })), mutedNow: () => channels.find('foundations')?.mute };
};

describe('mute', () => {
  it('mutes words and quoted phrases, and says what that would have left out', async () => {
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }]);
    await stores.announcements.save({
      ...{ category: 'cs.LG', date: '2025-07-08' },
      papers: [
        { paper: paperOf('2507.00001', { title: 'Gears' }), type: 'new' },
        { paper: paperOf('2507.00002', { title: 'Federated-Learning of gears' }), type: 'new' },
      ],
    });
    const { message, lines, mutedNow } = await muting(['blockchain']);
    const answer = await message('mute "federated learning", survey');
    expect(linesOf(answer)[0]).toBe(
      'foundations now mutes "federated learning", "survey". Papers with one of them in title or abstract are left out, unless they are by followed authors. Of 2 papers announced on 8 July 2025, 1 has one of them.',
    );
    expect(mutedNow()).toEqual(['blockchain', 'federated learning', 'survey']);
    expect((await lines('mute')).slice(0, 4)).toEqual([
      'Muted words of foundations',
      'blockchain',
      'federated learning',
      'survey',
    ]);
    await expect(message('mute Survey')).rejects.toThrow('foundations already mutes "Survey".');
    await message('mute survey, gears');
    expect(mutedNow()).toEqual(['blockchain', 'federated learning', 'survey', 'gears']);
  });

  it('asks whether several words are a phrase', async () => {
    for (const [label, muted] of [
      ['Mute "federated learning"', ['federated learning']],
      ['Mute each word', ['federated', 'learning']],
    ] as const) {
      const { message, mutedNow } = await muting();
      const question = await message('mute federated learning');
      expect(buttonsOf(question).map((one) => one.label)).toEqual(['Mute "federated learning"', 'Mute each word']);
      expect(mutedNow()).toEqual([]);
      await message(pressed(question, label));
      expect(mutedNow()).toEqual(muted);
      await message('mute undo');
    }
  });

  it('undoes one change after another, down to the config file', async () => {
    const { message, lines, mutedNow } = await muting(['blockchain']);
    await message('mute gears');
    const removed = await message('unmute blockchain');
    expect(mutedNow()).toEqual(['gears']);
    expect((await lines(pressed(removed, 'Undo')))[0]).toBe(
      'The latest change to the muted words was undone. foundations now mutes "blockchain", "gears".',
    );
    expect((await lines('history'))[1]).toMatch(/undid: changed the muted words to "gears"$/);
    await message('mute undo');
    expect(mutedNow()).toEqual(['blockchain']);
    await expect(message('mute undo')).rejects.toThrow('There is nothing to undo');
    await message('mute "undo"');
    expect(mutedNow()).toEqual(['blockchain', 'undo']);
  });

  it('shows everybody the list, and lets only managers change it', async () => {
    const { lines, message } = await muting();
    expect(await lines('mute', { person: reader })).toEqual([
      'foundations mutes no words. Type, for example, /arxiv mute blockchain. To stop all posts, type /arxiv pause.',
    ]);
    for (const text of ['mute gears', 'mute undo', 'unmute gears'])
      await expect(message(text, { person: reader })).rejects.toThrow(/manager/i);
  });

  it('refuses what is no word, and more than a channel may have', async () => {
    const { message, mutedNow } = await muting(Array.from({ length: 99 }, (_, index) => `word${index}`));
    await expect(message('mute "…"')).rejects.toThrow('has no word');
    await expect(message('mute gears, worms')).rejects.toThrow('101 words and phrases are too many');
    expect(mutedNow()).toHaveLength(99);
  });
});

describe('a muted paper', () => {
  it('is explained by show', async () => {
    const counts = { announced: 2, scanned: 1, relevant: 1, unscored: 0, muted: 1 };
    await savePosted(stores, '2025-07-08', [{ id: '2507.00001' }], { counts });
    const papers = [paperOf('2507.00002', { title: 'Blockchains, and a blockchain' }), paperOf('2507.00003')];
    await stores.announcements.save({
      ...{ category: 'cs.LG', date: '2025-07-08' },
      papers: papers.map((paper) => ({ paper, type: 'new' as const })),
    });
    const find = async (id: string) => papers.find((paper) => paper.id === id) ?? paperOf(id);
    const channels = await changingChannels(stores, [managed({ mute: ['blockchain'] })]);
    const { lines } = await talk(stores, { channels, list: [show], services: { papers: { find } } });
    expect((await lines('show 2507.00002')).join(' ')).toContain(
      'Announced on Tuesday, 8 July 2025, but it has the muted word or phrase "blockchain".',
    );
    expect((await lines('show 2507.00003')).join(' ')).not.toContain('muted');
  });
});

describe('unmute', () => {
  it('removes words and phrases, with or without quotes', async () => {
    const { lines, mutedNow } = await muting(['Gödel', 'federated learning', 'survey', 'gears']);
    expect((await lines('unmute godel'))[0]).toBe(
      'foundations no longer mutes "Gödel". It mutes "federated learning", "survey", "gears" now.',
    );
    await lines('unmute federated learning');
    await lines('unmute survey gears');
    expect(mutedNow()).toEqual([]);
  });

  it('suggests the nearest word', async () => {
    const { message } = await muting(['blockchain']);
    await expect(message('unmute blokchain')).rejects.toThrow('Did you mean /arxiv unmute blockchain?');
    await expect(message('unmute quantum')).rejects.toThrow('Type /arxiv mute for all muted words.');
  });
});
