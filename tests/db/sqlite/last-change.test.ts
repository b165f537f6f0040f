import { copyFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { lastChangeOf } from '../../../db/sqlite/last-change.ts';

/** File systems store times less exactly than the clock. */
const grain = 50;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-change-'));
  file = join(folder, 'paperboy.db');
});
afterEach(() => rm(folder, { recursive: true }));

const longAgo = new Date('2020-01-01T00:00:00Z');
const age = (path: string): Promise<void> => utimes(path, longAgo, longAgo);

describe('the last change of a database file', () => {
  it('is unknown without a file, as in memory', () => {
    expect(lastChangeOf(file)).toBeUndefined();
    expect(lastChangeOf(':memory:')).toBeUndefined();
  });

  it('is that of a copy, even if the copy has an old time', async () => {
    await writeFile(join(folder, 'copy.db'), '');
    await age(join(folder, 'copy.db'));
    const before = performance.now();
    await copyFile(join(folder, 'copy.db'), file);
    await age(file);
    await age(folder);
    expect(lastChangeOf(file)).toBeGreaterThan(before - grain);
  });

  it('is the removal of its write-ahead log', async () => {
    await writeFile(file, '');
    await writeFile(`${file}-wal`, '');
    const before = performance.now();
    await rm(`${file}-wal`);
    expect(lastChangeOf(file)).toBeGreaterThan(before - grain);
  });

  it('is read before the database is opened, which changes it', async () => {
    const stores = openStores(file);
    expect(await stores.outbox.changedAt()).toBeUndefined();
    stores.close();
    const before = performance.now();
    const again = openStores(file);
    expect(await again.outbox.changedAt()).toBeLessThan(before + grain);
    again.close();
  });
});
