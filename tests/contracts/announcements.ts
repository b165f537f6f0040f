import { beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '../../src/core/stores.ts';
import { paperOf } from '../fakes/fixtures.ts';

/** The contract of every announcement store; part of the contract of the stores. */
export const announcementsContract = (opened: () => Stores): void => {
  describe('announcements', () => {
    let stores: Stores;
    beforeEach(() => {
      stores = opened();
    });
    const announce = (date: string, category: string, ids: string[], type: 'new' | 'replace' = 'new') =>
      stores.announcements.save({ date, category, papers: ids.map((id) => ({ paper: paperOf(id), type })) });

    test('has a date once every category is stored', async () => {
      await announce('2025-07-08', 'cs.LG', ['2507.00001']);
      expect(await stores.announcements.has('2025-07-08', ['cs.LG'])).toBe(true);
      expect(await stores.announcements.has('2025-07-08', ['cs.LG', 'cs.AI'])).toBe(false);
      expect(await stores.announcements.newestDate(['cs.LG', 'cs.AI'])).toBeUndefined();
      await announce('2025-07-08', 'cs.AI', []);
      expect(await stores.announcements.newestDate(['cs.LG', 'cs.AI'])).toBe('2025-07-08');
    });

    test('returns whole papers in the order of the categories, then of arXiv', async () => {
      const full = paperOf('2507.00002', {
        comments: '9 pages',
        doi: '10.1/x',
        journalReference: 'J. 1',
        license: 'http://example.org/by',
        title: 'Größe & <b>$O(n)$</b>',
      });
      await stores.announcements.save({
        date: '2025-07-08',
        category: 'cs.AI',
        papers: [
          { paper: full, type: 'cross' },
          { paper: paperOf('2507.00001'), type: 'new' },
        ],
      });
      await announce('2025-07-08', 'cs.LG', ['2507.00003']);
      const read = await stores.announcements.read('2025-07-08', ['cs.LG', 'cs.AI']);
      expect(read.map(({ paper, category, type }) => [category, paper.id, type])).toEqual([
        ['cs.LG', '2507.00003', 'new'],
        ['cs.AI', '2507.00002', 'cross'],
        ['cs.AI', '2507.00001', 'new'],
      ]);
      expect(read[1]?.paper).toEqual(full);
    });

    test('replaces an announcement, and keeps the fields that a poorer reading lacks', async () => {
      const rich = paperOf('2507.00001', { doi: '10.1/x' });
      await stores.announcements.save({
        date: '2025-07-08',
        category: 'cs.LG',
        papers: [{ paper: rich, type: 'new' }],
      });
      await announce('2025-07-08', 'cs.LG', ['2507.00001', '2507.00002']);
      const read = await stores.announcements.read('2025-07-08', ['cs.LG']);
      expect(read.map(({ paper }) => paper.id)).toEqual(['2507.00001', '2507.00002']);
      expect(read[0]?.paper.doi).toBe('10.1/x');
    });

    test('returns the papers of the last dates before a date, without replacements', async () => {
      await announce('2025-07-03', 'cs.LG', ['2507.00001']);
      await announce('2025-07-04', 'cs.LG', ['2507.00002', '2507.00003']);
      await announce('2025-07-07', 'cs.LG', ['2507.00004'], 'replace');
      await announce('2025-07-08', 'cs.LG', ['2507.00005']);
      const ids = async (dates: number, passed?: number) =>
        (await stores.announcements.recent('2025-07-08', dates, ['cs.LG'], passed)).map((paper) => paper.id);
      expect(await ids(2)).toEqual(['2507.00002', '2507.00003']);
      expect(await ids(3)).toEqual(['2507.00001', '2507.00002', '2507.00003']);
      expect(await ids(3, 2)).toEqual(['2507.00001']);
      expect(await ids(1, 1)).toEqual(['2507.00002', '2507.00003']);
    });

    test('stores an announcement once, whoever saves it at the same time', async () => {
      const ids = Array.from({ length: 30 }, (_, number) => `2507.000${30 - number}`);
      const other = ids.toReversed();
      await Promise.all(
        Array.from({ length: 16 }, (_, nth) =>
          nth % 4 === 3 ? announce('2025-07-08', 'cs.AI', other) : announce('2025-07-08', 'cs.LG', ids),
        ),
      );
      const read = await stores.announcements.read('2025-07-08', ['cs.LG', 'cs.AI']);
      expect(read.map(({ paper }) => paper.id)).toEqual([...ids, ...other]);
      expect(await stores.announcements.has('2025-07-08', ['cs.LG', 'cs.AI'])).toBe(true);
    });

    test('stores any text', async () => {
      const odd = { title: 'NUL \0 and half \ud83d a pair', comments: '\0', authors: ['Ada \0', '\udc00'] };
      await stores.announcements.save({
        date: '2025-07-08',
        category: 'cs.LG',
        papers: [{ paper: paperOf('2507.00001', odd), type: 'new' }],
      });
      const [read] = await stores.announcements.read('2025-07-08', ['cs.LG']);
      expect(read?.paper.title).toMatch(/^NUL [\0\uFFFD] and half [\uD83D\uFFFD] a pair$/);
      expect(read?.paper.authors).toHaveLength(2);
      expect((await stores.announcements.paper('2507.00001'))?.title).toBe(read?.paper.title);
      expect(await stores.announcements.paper('\0')).toBeUndefined();
    });

    test('stores a paper that a list has twice', async () => {
      const poorer = paperOf('2507.00001', { title: 'A new title', abstract: '' });
      await stores.announcements.savePapers([paperOf('2507.00001', { doi: '10.1/x' }), paperOf('2507.00002'), poorer]);
      expect(await stores.announcements.paper('2507.00001')).toEqual(
        paperOf('2507.00001', { doi: '10.1/x', title: 'A new title' }),
      );
    });

    test('counts the papers of an announcement', async () => {
      await announce('2025-07-08', 'cs.LG', ['2507.00001', '2507.00002']);
      await announce('2025-07-08', 'cs.AI', ['2507.00002']);
      expect(await stores.announcements.count('2025-07-08', ['cs.LG', 'cs.AI'])).toBe(3);
      expect(await stores.announcements.count('2025-07-08', ['cs.LG'])).toBe(2);
      expect(await stores.announcements.count('2025-07-09', ['cs.LG'])).toBe(0);
    });

    test('gives all readers the same papers, until one is stored', async () => {
      const read = () => stores.announcements.read('2025-07-08', ['cs.LG']);
      const recent = () => stores.announcements.recent('2025-07-09', 1, ['cs.LG']);
      await announce('2025-07-08', 'cs.LG', ['2507.00001']);
      const [one, other] = await Promise.all([read(), read()]);
      const [before, again] = await Promise.all([recent(), recent()]);
      expect(other).toBe(one);
      expect(again).toBe(before);
      expect(await read()).toBe(one);
      expect(await stores.announcements.read('2025-07-08', ['cs.AI'])).toEqual([]);
      await stores.announcements.savePapers([paperOf('2507.00001', { title: 'A new title' })]);
      expect((await read()).map(({ paper }) => paper.title)).toEqual(['A new title']);
      expect((await recent()).map(({ title }) => title)).toEqual(['A new title']);
      await announce('2025-07-08', 'cs.LG', ['2507.00001', '2507.00002']);
      expect(await read()).toHaveLength(2);
      expect(await recent()).toHaveLength(2);
      expect(one).toHaveLength(1);
    });

    test('stores a large announcement completely, in order', async () => {
      const ids = Array.from({ length: 180 }, (_, number) => `2507.${String(9_000 - number).padStart(5, '0')}`);
      await announce('2025-07-08', 'cs.LG', ids);
      expect((await stores.announcements.read('2025-07-08', ['cs.LG'])).map(({ paper }) => paper.id)).toEqual(ids);
    });

    test('lists where and when a paper was announced, newest date first', async () => {
      await announce('2025-07-07', 'cs.LG', ['2507.00001']);
      await announce('2025-07-09', 'cs.LG', ['2507.00001'], 'replace');
      await announce('2025-07-09', 'cs.AI', ['2507.00001', '2507.00002'], 'replace');
      expect(await stores.announcements.datesOf('2507.00001')).toEqual([
        { date: '2025-07-09', category: 'cs.AI', type: 'replace', version: 1 },
        { date: '2025-07-09', category: 'cs.LG', type: 'replace', version: 1 },
        { date: '2025-07-07', category: 'cs.LG', type: 'new', version: 1 },
      ]);
      expect(await stores.announcements.datesOf('2507.00009')).toEqual([]);
    });

    test('finds a paper in its newest version', async () => {
      await stores.announcements.savePapers([paperOf('2507.00001'), paperOf('2507.00001', { version: 2 })]);
      expect((await stores.announcements.paper('2507.00001'))?.version).toBe(2);
      expect(await stores.announcements.paper('2507.99999')).toBeUndefined();
    });
  });
};
