import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStores } from '../../db/index.ts';
import { UserError } from '../../src/core/errors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-open-'));
  await writeFile(join(folder, 'notes.txt'), 'These are notes, not a database.\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a database that cannot be opened', () => {
  it.each(['notes.txt', 'notes.txt/paperboy.db', '.'])('is an error of the user: %s', (path) => {
    const file = join(folder, path);
    const opening = () => openStores(file);
    expect(opening).toThrow(UserError);
    expect(opening).toThrow(
      /^The database cannot be opened \(.*\)\. Set DATABASE_URL to file: followed by a writable path\.$/,
    );
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
