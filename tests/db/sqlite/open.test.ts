import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import { UserError } from '../../../src/core/errors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-open-'));
  await writeFile(join(folder, 'notes.txt'), 'These are notes, not a database.\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a database that cannot be opened', () => {
  it.each(['notes.txt/paperboy.db', '.'])('is an error of the user: %s', (path) => {
    const file = join(folder, path);
    const opening = () => openStores(file);
    expect(opening).toThrow(UserError);
    expect(opening).toThrow(
      /^The database cannot be opened \(.*\)\. Set DATABASE_URL to file: followed by a writable path\.$/,
    );
  });

  it('may be a damaged one, which a backup replaces', () => {
    expect(() => openStores(join(folder, 'notes.txt'))).toThrow(
      /^The file is not a database, or its start is damaged \(.*notes\.txt: .*\)\. Restore a backup of it, or set DATABASE_URL to file: followed by another path\.$/,
    );
  });

  it('is refused if a newer version has used it, and stays as it is', () => {
    const file = join(folder, 'newer.db');
    openStores(file).close();
    const newer = new Sqlite(file);
    newer.exec("INSERT INTO migrations VALUES (99999999999999, 'later'); ALTER TABLE papers RENAME TO articles");
    newer.close();
    const opening = () => openStores(file);
    expect(opening).toThrow(UserError);
    expect(opening).toThrow(
      /^A newer version of Paperboy has used the database .*newer\.db, and this version cannot read it\. Update Paperboy, or restore a backup from before that version\.$/,
    );
    const left = new Sqlite(file, { readonly: true });
    expect(left.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'articles'").pluck().get()).toBe(1);
    left.close();
  });

  it('names the program that holds it, not another path', () => {
    const file = join(folder, 'held.db');
    const holder = new Sqlite(file);
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (a); BEGIN EXCLUSIVE;');
    expect(() => openStores(file, { busyTimeoutMs: 0 })).toThrow(
      /is in use by another process \(.*held\.db: database is locked\)\. Stop that process/,
    );
    holder.close();
  });
});

describe('a database that another process writes to', () => {
  it('is written once that process is done; until then the event loop goes on', async () => {
    const file = join(folder, 'shared.db');
    const stores = openStores(file);
    const other = new Sqlite(file);
    other.exec('BEGIN IMMEDIATE');
    let isDone = false;
    const writing = stores.leases.acquire({ name: 'day', owner: 'me', expiresAt: 1 }, undefined).then((result) => {
      isDone = true;
      return result;
    });
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(isDone).toBe(false);
    other.exec('COMMIT');
    expect(await writing).toEqual({ fence: { name: 'day', owner: 'me', token: 1 } });
    other.close();
    stores.close();
  });
});
