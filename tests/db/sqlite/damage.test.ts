import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storageFailure } from '../../../db/sqlite/faults.ts';
import { openStores } from '../../../db/sqlite/index.ts';
import { UserError } from '../../../src/core/errors.ts';
import { paperOf } from '../../fakes/fixtures.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-damage-'));
  file = join(folder, 'paperboy.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const pageBytes = 4096;

/** Overwrites whole pages, the first of which has number 1 and holds the schema. */
const tear = (first: number, pages: number): void => {
  const opened = openSync(file, 'r+');
  writeSync(opened, Buffer.alloc(pages * pageBytes, 'x'), 0, pages * pageBytes, (first - 1) * pageBytes);
  closeSync(opened);
};

const withPapers = async (): Promise<void> => {
  const stores = openStores(file);
  const papers = Array.from({ length: 300 }, (_, index) => paperOf(`2507.${String(index).padStart(5, '0')}`));
  await stores.announcements.savePapers(papers);
  expect(await stores.damage()).toBeUndefined();
  stores.close();
};

describe('a damaged database', () => {
  it('is found by reading all of it, and named by the methods that hit it', async () => {
    await withPapers();
    const whole = new Database(file, { readonly: true });
    const root = whole.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'papers'").pluck().get() as number;
    whole.close();
    tear(root, 1);
    const stores = openStores(file);
    expect(await stores.damage()).toMatchObject({
      reason: expect.stringMatching(/is damaged/),
      fix: expect.any(String),
    });
    const reading = stores.announcements.paper('2507.00001');
    await expect(reading).rejects.toThrow(UserError);
    await expect(reading).rejects.toThrow(
      /database is damaged \(.*paperboy\.db: .*malformed.*\)\. Stop Paperboy and restore a backup/,
    );
    stores.close();
  });

  it('stops being read if it takes too long', async () => {
    await withPapers();
    const stores = openStores(file);
    await expect(stores.damage(AbortSignal.abort())).rejects.toThrow();
    expect(await stores.damage(new AbortController().signal)).toBeUndefined();
    stores.close();
  });

  it('does not open if its first pages are torn, and says that a copy is needed', async () => {
    await withPapers();
    tear(2, 40);
    expect(() => openStores(file)).toThrow(/is damaged .* restore a backup/);
  });
});

describe('a failure of the storage', () => {
  it('differs from the fault of a read-only path if another process holds the file', () => {
    const holder = new Database(file);
    holder.exec('CREATE TABLE notes (text TEXT); BEGIN EXCLUSIVE');
    const other = new Database(file);
    other.pragma('busy_timeout = 0');
    let error: unknown;
    try {
      other.exec('INSERT INTO notes VALUES (1)');
    } catch (caught) {
      error = storageFailure(caught, file);
    }
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/is in use by another process .*\. Stop that process/);
    expect(String(error)).not.toContain('DATABASE_URL');
    other.close();
    holder.close();
  });

  it.each([
    ['SQLITE_FULL', /The disk is full .*Free some space/],
    ['SQLITE_IOERR_WRITE', /Check the disk/],
    ['SQLITE_READONLY', /set DATABASE_URL/],
  ])('has its own advice for %s', (code, advice) => {
    expect(String(storageFailure(Object.assign(new Error('it failed'), { code }), file))).toMatch(advice);
  });

  it('leaves a bug as it is', () => {
    const bug = Object.assign(new Error('no such column'), { code: 'SQLITE_ERROR' });
    expect(storageFailure(bug, file)).toBe(bug);
  });
});
