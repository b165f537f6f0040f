import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../../db/sqlite/index.ts';
import { pruneDatabase } from '../../../../db/sqlite/retention/prune-database.ts';
import type { Stores } from '../../../../src/core/stores.ts';
import { pruneContract } from '../../../contracts/prune.ts';
import { paperOf } from '../../../fakes/fixtures.ts';

let folder: string;
let file: string;
let stores: Stores;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-prune-'));
  file = join(folder, 'paperboy.db');
  stores = openStores(file);
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true });
});

const before = '2025-01-01';

const announce = (date: string, ids: readonly string[]) =>
  stores.announcements.save({
    date,
    category: 'cs.LG',
    papers: ids.map((id) => ({ paper: paperOf(id), type: 'new' })),
  });

pruneContract(
  () => stores,
  () => {
    const sqlite = new Sqlite(file);
    expect(sqlite.pragma('foreign_key_check')).toEqual([]);
    sqlite.close();
  },
);

describe('deleting old papers of a file', () => {
  it('works in a process of its own while the database is in use, and frees space for new papers', async () => {
    const ids = Array.from({ length: 1_200 }, (_, index) => `2402.${String(index).padStart(5, '0')}`);
    for (const day of [1, 2, 5, 6, 7]) await announce(`2024-02-0${day}`, ids.slice(day * 100, day * 100 + 250));
    const full = await stores.size();
    expect(full.yearBytes).toBeUndefined();
    await announce('2024-02-08', ids);
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
