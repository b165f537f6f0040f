import { beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';

const at = '2025-07-08T12:00:00.000Z';
const english = { language: 'English', model: 'gpt-test' };

/** The contract of every store of summaries; part of the contract of the stores. */
export const summariesContract = (opened: () => Stores): void => {
  describe('summaries', () => {
    let stores: Stores;
    beforeEach(async () => {
      stores = opened();
      await stores.announcements.savePapers([
        ...[paperOf('2507.00001'), paperOf('2507.00001', { version: 2 }), paperOf('2507.00002')],
      ]);
    });
    const add = (paperId: string, text: string, query = english, version = 1) =>
      stores.summaries.add(query, [{ paperId, version, text }], at);
    const textsOf = async (query = english, version = 1) =>
      [...(await stores.summaries.find(query, [{ id: '2507.00001', version }, paperOf('2507.00002')])).values()].map(
        ({ paperId, text }) => [paperId, text],
      );

    test('are found by paper version, language and model', async () => {
      const [first] = await add('2507.00001', 'One sentence.');
      expect(first).toMatchObject({ paperId: '2507.00001', version: 1, text: 'One sentence.' });
      expect((await stores.summaries.find(english, [paperOf('2507.00001')])).get('2507.00001')).toEqual(first);
      expect(await textsOf()).toEqual([['2507.00001', 'One sentence.']]);
      expect(await textsOf(english, 2)).toEqual([]);
      expect(await textsOf({ ...english, language: 'German' })).toEqual([]);
      expect(await textsOf({ ...english, model: 'other' })).toEqual([]);
      expect(await stores.summaries.find(english, [])).toEqual(new Map());
    });

    test('are never replaced', async () => {
      const [first] = await add('2507.00001', 'First.');
      const both = await stores.summaries.add(
        english,
        [
          { paperId: '2507.00001', version: 1, text: 'Second.' },
          { paperId: '2507.00002', version: 1, text: 'Another.' },
        ],
        at,
      );
      expect(both.map(({ text }) => text).toSorted()).toEqual(['Another.', 'First.']);
      expect(both).toContainEqual(first);
      expect(await textsOf()).toEqual([
        ['2507.00001', 'First.'],
        ['2507.00002', 'Another.'],
      ]);
    });

    test('have one row for each version, language and model', async () => {
      await add('2507.00001', 'First version.');
      await add('2507.00001', 'Second version.', english, 2);
      await add('2507.00001', 'Ein Satz.', { ...english, language: 'German' });
      expect(await textsOf(english, 2)).toEqual([['2507.00001', 'Second version.']]);
      expect(await textsOf({ ...english, language: 'German' })).toEqual([['2507.00001', 'Ein Satz.']]);
    });

    test('belong to a stored paper', async () => {
      await expect(add('2507.99999', 'Nobody.')).rejects.toThrow();
    });
  });
};
