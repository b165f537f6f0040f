import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../../db/sqlite/index.ts';
import { prunePapers } from '../../../../db/sqlite/retention/prune.ts';
import { pruneDatabase } from '../../../../db/sqlite/retention/prune-database.ts';
import type { AnnounceType } from '../../../../src/core/paper.ts';
import type { Stores } from '../../../../src/core/stores.ts';
import { saveDigest } from '../../../fakes/digest.ts';
import { paperOf } from '../../../fakes/fixtures.ts';

let folder: string;
let file: string;
let stores: Stores;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-prune-'));
  file = join(folder, 'paperboy.db');
  stores = openStores(file);
});
afterEach(() => {
  stores.close();
  rmSync(folder, { recursive: true });
});

const at = '2024-01-10T14:00:00.000Z';
const before = '2025-01-01';
const query = { rubric: 'rubric-1', engine: 'openai', model: 'gpt-test' } as const;
const channel = { name: 'foundations', categories: ['cs.LG', 'cs.AI'] };
const [plain, posted, picked, saved, replaced, twice] = [1, 2, 3, 4, 5, 6].map((number) => `2401.0000${number}`) as [
  ...[string, string, string, string, string, string],
];
const recent = '2507.00001';

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
  const verdict = (paperId: string, relevance: number) => ({ paperId, version: 1, relevance, novelty: 8, comment: '' });
  await stores.scores.add(query, [verdict(plain, 3), verdict(picked, 9), verdict(recent, 3)], at);
  await stores.authors.savePapers(new Map([[plain, undefined]]), at);
  await stores.readMarks.add('web:me', plain, at);
  await stores.saved.add('web:me', saved, at);
};

/** Prunes on a second connection, and checks that no row refers to one that is gone. */
const prune = async (): Promise<number> => {
  const sqlite = new Sqlite(file);
  const papers = await prunePapers(sqlite, before);
  expect(sqlite.pragma('foreign_key_check')).toEqual([]);
  sqlite.close();
  return papers;
};

const known = async (): Promise<string[]> => {
  const all = [plain, posted, picked, saved, replaced, twice, recent];
  const found = await Promise.all(all.map((id) => stores.announcements.paper(id)));
  return found.flatMap((paper) => (paper ? [paper.id] : []));
};

describe('deleting old papers', () => {
  it('keeps those that were posted, picked, saved or announced again, and everything newer', async () => {
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
    expect(await stores.announcements.datesOf(posted)).toMatchObject([{ date: '2024-01-12' }, { date: '2024-01-10' }]);
    expect(await prune()).toBe(0);
  });

  it('marks announcements that lost papers, so that none counts as complete or as a day without papers', async () => {
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

  it('works in a process of its own while the database is in use, and frees space for new papers', async () => {
    const ids = Array.from({ length: 1_200 }, (_, index) => `2402.${String(index).padStart(5, '0')}`);
    for (const day of [1, 2, 5, 6, 7])
      await announce(`2024-02-0${day}`, 'cs.LG', ids.slice(day * 100, day * 100 + 250));
    const full = await stores.size();
    expect(full.yearBytes).toBeUndefined();
    await announce('2024-02-08', 'cs.LG', ids);
    const { bytes, yearBytes = 0 } = await stores.size();
    // 200 new papers per mailing, and 250 mailings.
    expect(yearBytes).toBeCloseTo((bytes / 1_200) * 200 * 250, 0);
    expect(await pruneDatabase(file, before, new AbortController().signal)).toBe(1_200);
    const after = await stores.size();
    expect(after.bytes).toBeLessThanOrEqual(bytes * 1.05);
    expect(after.freeBytes).toBeGreaterThan(bytes / 3);
    expect(await stores.announcements.read('2024-02-08', ['cs.LG'])).toEqual([]);
  });

  it('says why it failed', async () => {
    const pruning = pruneDatabase(join(folder, 'none.db'), before, new AbortController().signal);
    await expect(pruning).rejects.toThrow(/unable to open database file/);
  });
});
