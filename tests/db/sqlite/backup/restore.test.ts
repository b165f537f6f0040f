import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyDatabase } from '../../../../db/sqlite/backup/copy.ts';
import { inspectDatabase } from '../../../../db/sqlite/backup/inspect.ts';
import { restoreDatabase } from '../../../../db/sqlite/backup/restore.ts';
import { openStores } from '../../../../db/sqlite/index.ts';
import { UserError } from '../../../../src/core/errors.ts';
import { paperOf } from '../../../fakes/fixtures.ts';
import { storeDigest } from '../../../fakes/monitoring.ts';
import { createOldDatabase } from '../../../fakes/old-database.ts';

let folder: string;
let file: string;
let copy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-restore-'));
  file = join(folder, 'paperboy.db');
  copy = join(folder, 'copy.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const now = new Date('2025-07-09T10:20:30.400Z');
const previous = () => join(folder, 'paperboy-before-restore-2025-07-09T102030Z.db');
const names = () => readdirSync(folder).sort();

/** A database with one digest, and a copy of it. Afterward, the database has a second digest. */
const copyThenWrite = async (): Promise<void> => {
  const stores = openStores(file);
  await storeDigest(stores, '2507.00001');
  copyDatabase(file, copy);
  await storeDigest(stores, '2507.00002', { date: '2025-07-09' });
  stores.close();
};

describe('restoring', () => {
  it('brings back the state of the copy, and keeps the previous database', async () => {
    await copyThenWrite();
    const restored = restoreDatabase(copy, file, now);
    expect(restored).toMatchObject({ digests: 1, newestDigest: '2025-07-08', papers: 1, previous: previous() });
    expect(names()).toEqual(['copy.db', 'paperboy-before-restore-2025-07-09T102030Z.db', 'paperboy.db']);
    expect(inspectDatabase(previous())).toMatchObject({ digests: 2, newestDigest: '2025-07-09' });
    const stores = openStores(file);
    expect((await stores.digests.newest('foundations'))?.date).toBe('2025-07-08');
    expect(await stores.outbox.list(1, 'slack:C1')).toHaveLength(2);
    await storeDigest(stores, '2507.00003', { date: '2025-07-10' });
    stores.close();
    // And back again.
    expect(restoreDatabase(previous(), file, new Date('2025-07-11T00:00:00Z'))).toMatchObject({ digests: 2 });
  });

  it('takes the log of a process that was killed along', async () => {
    await copyThenWrite();
    const killed = join(folder, 'killed');
    const running = new Sqlite(file);
    running.prepare("UPDATE papers SET title = 'Newest'").run();
    for (const end of ['', '-wal']) cpSync(`${file}${end}`, `${killed}${end}`);
    running.close();
    for (const end of ['', '-wal']) cpSync(`${killed}${end}`, `${file}${end}`);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    restoreDatabase(copy, file, now);
    expect(names().filter((name) => /-(?:wal|shm)$/.test(name))).toEqual(['killed-wal']);
    const before = new Sqlite(previous(), { readonly: true });
    expect(before.prepare('SELECT DISTINCT title FROM papers').pluck().all()).toEqual(['Newest']);
    before.close();
    const after = new Sqlite(file, { readonly: true });
    expect(after.prepare('SELECT title FROM papers').pluck().all()).toEqual(['Title of 2507.00001']);
    after.close();
    // A plain copy with its log is restored as a whole, too.
    restoreDatabase(killed, file, new Date('2025-07-11T00:00:00Z'));
    const again = new Sqlite(file, { readonly: true });
    expect(again.prepare('SELECT DISTINCT title FROM papers').pluck().all()).toEqual(['Newest']);
    again.close();
  });

  it('keeps which update notes were sent, also if the copy is from before there were any', async () => {
    const old = createOldDatabase(join(folder, 'old'), 15);
    const stores = openStores(file);
    await stores.updateNotes.settle(['gears'], '2025-07-08T12:00:00.000Z');
    stores.close();
    expect(restoreDatabase(old, file, now)).toMatchObject({ digests: 2, previous: previous() });
    const restored = openStores(file);
    expect(await restored.updateNotes.settled()).toEqual([{ note: 'gears', sentAt: '2025-07-08T12:00:00.000Z' }]);
    restored.close();
    expect(inspectDatabase(old)).toMatchObject({ schema: 16 });
  });

  it('creates a database if there is none', async () => {
    await copyThenWrite();
    const elsewhere = join(folder, 'new', 'place', 'paperboy.db');
    expect(restoreDatabase(copy, elsewhere, now)).toMatchObject({ digests: 1, previous: undefined });
    expect(readdirSync(join(folder, 'new', 'place'))).toEqual(['paperboy.db']);
    expect(statSync(elsewhere).mode & 0o777).toBe(0o600);
  });

  it('replaces a damaged database, and keeps it', async () => {
    await copyThenWrite();
    writeFileSync(file, 'x'.repeat(20_000));
    writeFileSync(`${file}-wal`, 'log');
    expect(restoreDatabase(copy, file, now)).toMatchObject({ digests: 1, previous: previous() });
    expect(readFileSync(previous(), 'utf8')).toMatch(/^x+$/);
    expect(names()).not.toContain('paperboy.db-wal');
    openStores(file).close();
    expect(inspectDatabase(file)).toMatchObject({ digests: 1 });
  });

  it('keeps the rights of the previous database', async () => {
    await copyThenWrite();
    const { mode } = statSync(file);
    expect(mode & 0o777).not.toBe(0o600);
    restoreDatabase(copy, file, now);
    expect(statSync(file).mode).toBe(mode);
  });
});

describe('a process that starts during a restore', () => {
  it('uses the new database, not the one that was moved aside', async () => {
    await copyThenWrite();
    // As restore does: nobody else can open the old file until the new one has its name.
    const locked = new Sqlite(file);
    locked.pragma('journal_mode = DELETE');
    locked.exec('BEGIN EXCLUSIVE');
    const starting = new Worker(new URL('./starter.ts', import.meta.url), { workerData: file });
    await once(starting, 'message');
    // Until it waits for the lock. If it is slower, it opens the new file at once.
    await delay(300);
    renameSync(file, previous());
    renameSync(copy, file);
    locked.close();
    expect(await once(starting, 'message')).toEqual([{ newestDigest: '2025-07-08' }]);
    expect(inspectDatabase(previous())).toMatchObject({ newestDigest: '2025-07-09' });
    expect(names()).toEqual(['paperboy-before-restore-2025-07-09T102030Z.db', 'paperboy.db']);
  });
});

describe('a restore that is refused', () => {
  /** Expects an error, and the database as it was. */
  const expectRefusal = (source: string, message: RegExp): void => {
    const before = inspectDatabase(file);
    const files = names();
    const restoring = () => restoreDatabase(source, file, now);
    expect(restoring).toThrow(UserError);
    expect(restoring).toThrow(message);
    expect(inspectDatabase(file)).toMatchObject({ digests: before.digests, papers: before.papers });
    expect(names()).toEqual(files);
  };

  it('names a process that uses the database, even one that only reads', async () => {
    await copyThenWrite();
    const stores = openStores(file);
    const inUse = /^Paperboy is using .*paperboy\.db\. Stop the bot and any other command/;
    expect(() => restoreDatabase(copy, file, now)).toThrow(inUse);
    expect((await stores.digests.newest('foundations'))?.date).toBe('2025-07-09');
    await storeDigest(stores, '2507.00003', { date: '2025-07-10' });
    stores.close();
    const reader = new Sqlite(file, { readonly: true });
    reader.prepare('SELECT count(*) FROM papers').get();
    expect(() => restoreDatabase(copy, file, now)).toThrow(inUse);
    reader.close();
    expect(restoreDatabase(copy, file, now)).toMatchObject({ digests: 1 });
    expect(inspectDatabase(previous())).toMatchObject({ digests: 3 });
  });

  it('names a file that is missing, no database, or not of Paperboy', async () => {
    await copyThenWrite();
    expectRefusal(join(folder, 'none.db'), /^There is no file .*none\.db\.$/);
    expectRefusal(file, /paperboy\.db is the database itself/);
    writeFileSync(copy, 'These are notes.\n'.repeat(100));
    expectRefusal(copy, /copy\.db is not a Paperboy database\.$/);
    writeFileSync(copy, '');
    expectRefusal(copy, /copy\.db is not a Paperboy database\.$/);
    new Sqlite(copy).exec('CREATE TABLE migrations (created_at); CREATE TABLE notes (text)').close();
    expectRefusal(copy, /copy\.db is not a Paperboy database\.$/);
    expectRefusal(folder, /cannot be read/);
  });

  it('finds damage anywhere in the file, and a file that is cut off', async () => {
    const stores = openStores(file);
    await stores.announcements.savePapers(Array.from({ length: 500 }, (_, index) => paperOf(`2507.${10_000 + index}`)));
    stores.close();
    copyDatabase(file, copy);
    const whole = readFileSync(copy);
    const sqlite = new Sqlite(copy, { readonly: true });
    const page = sqlite.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'papers'").pluck().get() as number;
    sqlite.close();
    writeFileSync(copy, Buffer.from(whole).fill('x', (page - 1) * 4_096, page * 4_096));
    expectRefusal(copy, /copy\.db is damaged \(.*\)\. Use another copy\.$/);
    writeFileSync(copy, whole.subarray(0, whole.length / 2));
    expectRefusal(copy, /copy\.db is damaged \(.*\)\. Use another copy\.$/);
  });

  it('names a copy from a newer version', async () => {
    await copyThenWrite();
    new Sqlite(copy).exec("INSERT INTO migrations VALUES (99999999999999, 'later')").close();
    expectRefusal(copy, /copy\.db is from a newer version of Paperboy\. Update Paperboy first\.$/);
  });
});
