import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyDatabase } from '../../../../db/sqlite/backup/copy.ts';
import { inspectDatabase } from '../../../../db/sqlite/backup/inspect.ts';
import { openStores } from '../../../../db/sqlite/index.ts';
import { UserError } from '../../../../src/core/errors.ts';
import { paperOf } from '../../../fakes/fixtures.ts';
import { storeDigest } from '../../../fakes/monitoring.ts';

let folder: string;
let file: string;
let copy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-copy-'));
  file = join(folder, 'paperboy.db');
  copy = join(folder, 'copy.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const papers = (count: number, prefix = '2507') =>
  Array.from({ length: count }, (_, index) => paperOf(`${prefix}.${String(index).padStart(5, '0')}`));

const fill = async (): Promise<void> => {
  const stores = openStores(file);
  await stores.announcements.savePapers(papers(50));
  await storeDigest(stores, '2507.00001');
  stores.close();
};

describe('a copy of a database in use', () => {
  it('has everything, although most of it is in the log', async () => {
    const stores = openStores(file);
    await stores.announcements.savePapers(papers(1_200));
    await storeDigest(stores, '2507.00001');
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(statSync(file).size);
    const summary = copyDatabase(file, copy);
    expect(summary).toMatchObject({ digests: 1, newestDigest: '2025-07-08', papers: 1_200 });
    expect(summary).toEqual({ ...inspectDatabase(copy), bytes: statSync(copy).size });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    stores.close();
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'paperboy.db']);

    const copied = openStores(copy);
    expect(await copied.announcements.paper('2507.00899')).toEqual(paperOf('2507.00899'));
    expect((await copied.search.search({ words: 'abstract', limit: 5 })).hits).toHaveLength(5);
    expect(await copied.outbox.list(1, 'slack:C1')).toHaveLength(2);
    copied.close();
  });

  it('holds one state, although another connection writes all the time', async () => {
    await fill();
    const before = inspectDatabase(file).papers;
    const writer = new Worker(new URL('./writer.ts', import.meta.url), { workerData: file });
    await once(writer, 'message');
    const summaries = [];
    for (const name of ['a.db', 'b.db', 'c.db']) {
      summaries.push(copyDatabase(file, join(folder, name)));
      const sqlite = new Sqlite(join(folder, name), { readonly: true });
      const counted = sqlite.prepare("SELECT count(*) FROM papers WHERE id LIKE 'written-%'").pluck().get() as number;
      expect(counted).toBeGreaterThanOrEqual(20);
      expect(sqlite.prepare('SELECT count(*) FROM paper_authors').pluck().get()).toBe(counted);
      // Every number up to the last one, so no transaction is missing in between.
      expect(sqlite.prepare("SELECT 1 FROM papers WHERE id = 'written-' || ?").pluck().get(String(counted))).toBe(1);
      sqlite.close();
    }
    writer.postMessage('stop');
    const [written] = await once(writer, 'message');
    expect(inspectDatabase(file).papers).toBe(before + written);
    // It really wrote meanwhile.
    expect(written).toBeGreaterThan((summaries[0]?.papers ?? 0) - before);
  });
});

describe('a copy', () => {
  it('replaces no file, unless it is asked to', async () => {
    await fill();
    writeFileSync(copy, 'notes');
    expect(() => copyDatabase(file, copy)).toThrow(/copy\.db already exists\. .*--force/);
    expect(readFileSync(copy, 'utf8')).toBe('notes');
    copyDatabase(file, copy, { isReplacing: true });
    expect(inspectDatabase(copy)).toMatchObject({ papers: 50 });
  });

  it('never replaces the database itself', async () => {
    await fill();
    expect(() => copyDatabase(file, file, { isReplacing: true })).toThrow(/is the database itself/);
    expect(inspectDatabase(file)).toMatchObject({ papers: 50 });
  });

  it.each([
    ['there is no database', () => {}, /There is no database at .*paperboy\.db/],
    [
      'it is no database',
      () => writeFileSync(file, 'notes '.repeat(2_000)),
      /\(.*paperboy\.db: file is not a database\)/,
    ],
    ['it is not of Paperboy', () => new Sqlite(file).exec('CREATE TABLE notes (a)').close(), /not a Paperboy database/],
  ])('is not left behind if %s', (_, prepare, message) => {
    prepare();
    writeFileSync(copy, 'yesterday');
    const copying = () => copyDatabase(file, copy, { isReplacing: true });
    expect(copying).toThrow(UserError);
    expect(copying).toThrow(message);
    expect(readFileSync(copy, 'utf8')).toBe('yesterday');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('does not keep the damage of its database', async () => {
    await fill();
    const bytes = readFileSync(file);
    bytes.fill('x', 8_192);
    writeFileSync(file, bytes);
    expect(() => copyDatabase(file, copy)).toThrow(/database is damaged \(.*paperboy\.db/);
    expect(existsSync(copy)).toBe(false);
  });

  it('names the folder that does not exist, and the one that cannot be written', async () => {
    await fill();
    expect(() => copyDatabase(file, join(folder, 'no', 'copy.db'))).toThrow(
      /There is no folder .*no\. Create it first/,
    );
    expect(() => copyDatabase(file, join(file, 'copy.db'))).toThrow(/There is no folder .*paperboy\.db\./);
    expect(() => copyDatabase(file, join(folder, 'c'.repeat(300)))).toThrow(/c cannot be written \(ENAMETOOLONG/);
  });
});

describe('the file of a database', () => {
  it('has its tables from the start, and everything once it is closed', async () => {
    const stores = openStores(file);
    expect(statSync(`${file}-wal`).size).toBe(0);
    expect(inspectDatabase(file)).toMatchObject({ papers: 0 });
    await stores.announcements.savePapers(papers(50));
    // Another process that stays connected must not keep the log from being written back.
    const reader = new Sqlite(file);
    reader.prepare('SELECT count(*) FROM papers').get();
    stores.close();
    cpSync(file, copy);
    expect(inspectDatabase(copy)).toMatchObject({ papers: 50 });
    reader.close();
  });
});
