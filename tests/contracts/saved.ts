import { beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';

/** The contract of every store of reading lists; part of the contract of the stores. */
export const savedContract = (opened: () => Stores): void => {
  describe('reading lists', () => {
    const ada = 'slack:T1:ADA';
    let stores: Stores;
    beforeEach(async () => {
      stores = opened();
      await stores.announcements.savePapers([paperOf('2507.00001'), paperOf('2507.00002')]);
    });
    const ids = async (person: string) => (await stores.saved.list(person)).map(({ paper }) => paper.id);

    test('saves a paper once, and keeps the time of the first save', async () => {
      expect(await stores.saved.add(ada, '2507.00001', '2025-07-08T12:00:00.000Z')).toBe(true);
      expect(await stores.saved.add(ada, '2507.00001', '2025-07-09T12:00:00.000Z')).toBe(false);
      expect(await stores.saved.list(ada)).toEqual([{ paper: paperOf('2507.00001'), at: '2025-07-08T12:00:00.000Z' }]);
    });

    test('saves a paper once, however often it is saved at once', async () => {
      const added = await Promise.all(
        Array.from({ length: 16 }, () => stores.saved.add(ada, '2507.00001', '2025-07-08T12:00:00.000Z')),
      );
      expect(added.filter((isNew) => isNew)).toHaveLength(1);
      expect(await ids(ada)).toEqual(['2507.00001']);
    });

    test('lists one person’s papers newest first, also of two saved at the same time', async () => {
      const at = '2025-07-08T12:00:00.000Z';
      await stores.announcements.savePapers([paperOf('2507.00003')]);
      await stores.saved.add(ada, '2507.00003', '2025-07-08T12:00:01.000Z');
      await stores.saved.add(ada, '2507.00002', at);
      await stores.saved.add(ada, '2507.00001', at);
      await stores.saved.add('slack:T1:BEN', '2507.00002', at);
      expect(await ids(ada)).toEqual(['2507.00003', '2507.00001', '2507.00002']);
      expect(await ids('slack:T1:BEN')).toEqual(['2507.00002']);
      expect(await ids('slack:T1:EVE')).toEqual([]);
    });

    test('counts the people who saved a paper', async () => {
      expect(await stores.saved.count('2507.00001')).toBe(0);
      await stores.saved.add(ada, '2507.00001', '2025-07-08T12:00:00.000Z');
      await stores.saved.add('slack:T1:BEN', '2507.00001', '2025-07-08T12:00:00.000Z');
      expect(await stores.saved.count('2507.00001')).toBe(2);
    });

    test('lists a paper in its newest version', async () => {
      await stores.saved.add(ada, '2507.00001', '2025-07-08T12:00:00.000Z');
      await stores.announcements.savePapers([paperOf('2507.00001', { version: 2, title: 'Anew' })]);
      expect((await stores.saved.list(ada)).map(({ paper }) => paper.title)).toEqual(['Anew']);
    });

    test('removes a paper once', async () => {
      await stores.saved.add(ada, '2507.00001', '2025-07-08T12:00:00.000Z');
      expect(await stores.saved.remove('slack:T1:BEN', '2507.00001')).toBe(false);
      expect(await stores.saved.remove(ada, '2507.00001')).toBe(true);
      expect(await stores.saved.remove(ada, '2507.00001')).toBe(false);
      expect(await ids(ada)).toEqual([]);
    });
  });
};
