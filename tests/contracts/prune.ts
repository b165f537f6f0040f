import { beforeEach, describe, expect, test } from 'vitest';
import type { AnnounceType } from '../../src/core/paper.ts';
import type { Stores } from '../../src/core/stores.ts';
import { saveDigest } from '../fakes/digest.ts';
import { paperOf } from '../fakes/fixtures.ts';

const at = '2024-01-10T14:00:00.000Z';
const before = '2025-01-01';
const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
const channel = { name: 'foundations', categories: ['cs.LG', 'cs.AI'] };
const [plain, posted, picked, saved, replaced, twice] = [1, 2, 3, 4, 5, 6].map((number) => `2401.0000${number}`) as [
  ...[string, string, string, string, string, string],
];
const recent = '2507.00001';

/** @param checkRows Checks that no row refers to one that is gone. */
export const pruneContract = (open: () => Stores, checkRows: () => void = () => undefined): void => {
  let stores: Stores;
  beforeEach(() => {
    stores = open();
  });

  const announce = (date: string, category: string, ids: readonly string[], type: AnnounceType = 'new') =>
    stores.announcements.save({ date, category, papers: ids.map((id) => ({ paper: paperOf(id), type })) });

  /** A digest of an old day, and a newer day. Of each kind of old paper there is one. */
  const fill = async (): Promise<void> => {
    await announce('2024-01-10', 'cs.LG', [plain, posted, picked, saved, replaced]);
    await announce('2024-01-10', 'cs.AI', [twice]);
    await announce('2024-01-11', 'cs.LG', [twice]);
    await announce('2024-01-12', 'cs.LG', [posted]);
    // A holiday.
    await announce('2024-01-15', 'cs.LG', []);
    await announce('2025-07-08', 'cs.LG', [recent]);
    await announce('2025-07-08', 'cs.AI', [replaced], 'replace');
    const unlikely = [{ paperId: plain, version: 1, position: 7, isSampled: false }];
    await saveDigest(stores, [paperOf(posted)], { date: '2024-01-10', unlikely });
    const verdict = (paperId: string, relevance: number) => ({
      paperId,
      version: 1,
      relevance,
      novelty: 8,
      comment: '',
    });
    await stores.scores.add(query, [verdict(plain, 3), verdict(picked, 9), verdict(recent, 3)], at);
    await stores.authors.savePapers(new Map([[plain, undefined]]), at);
    await stores.readMarks.add('web:me', plain, at);
    await stores.saved.add('web:me', saved, at);
  };

  const prune = async (): Promise<number> => {
    const papers = await stores.prune(before, new AbortController().signal);
    checkRows();
    return papers;
  };

  const known = async (): Promise<string[]> => {
    const all = [plain, posted, picked, saved, replaced, twice, recent];
    const found = await Promise.all(all.map((id) => stores.announcements.paper(id)));
    return found.flatMap((paper) => (paper ? [paper.id] : []));
  };

  describe('deleting old papers', () => {
    test('keeps those that were posted, picked, saved or announced again, and everything newer', async () => {
      await fill();
      const digest = await stores.digests.find('foundations', '2024-01-10');
      expect(await prune()).toBe(2);
      const kept = [posted, picked, saved, replaced, recent];
      expect(await known()).toEqual(kept);
      const { hits } = await stores.search.search({ words: 'abstract', limit: 20 });
      expect(hits.map(({ paper }) => paper.id).sort()).toEqual(kept);
      expect(await stores.scores.ofPaper(plain)).toEqual([]);
      expect(await stores.scores.ofPaper(picked)).toHaveLength(1);
      expect((await stores.authors.ofPapers([plain])).size).toBe(0);
      expect(await stores.digests.find('foundations', '2024-01-10')).toEqual(digest);
      expect(await stores.announcements.datesOf(posted)).toMatchObject([
        { date: '2024-01-12' },
        { date: '2024-01-10' },
      ]);
      expect(await prune()).toBe(0);
    });

    test('marks announcements that lost papers, so that none counts as complete or as a day without papers', async () => {
      await fill();
      const { announcements, digests } = stores;
      expect(await digests.pastDays(channel, query, '2025-07-08', 9)).toMatchObject([{ date: '2024-01-10' }]);
      await prune();
      const states = await Promise.all(
        ['2024-01-10', '2024-01-11', '2024-01-12', '2024-01-15'].map(async (date) => [
          await announcements.has(date, ['cs.LG']),
          await announcements.isPruned(date, ['cs.LG']),
        ]),
      );
      expect(states).toEqual([
        [false, true],
        [false, true],
        [true, false],
        [true, false],
      ]);
      expect(await announcements.newestDate(['cs.AI'])).toBe('2025-07-08');
      expect(await digests.pastDays(channel, query, '2025-07-08', 9)).toEqual([]);
      expect(await announcements.recent('2025-07-08', 9, ['cs.LG'])).toMatchObject([{ id: posted }]);
      // Collected again, such as by `remedy`.
      await announce('2024-01-11', 'cs.LG', [twice]);
      expect(await announcements.has('2024-01-11', ['cs.LG'])).toBe(true);
    });
  });
};
