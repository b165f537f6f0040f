import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../../../db/sqlite/index.ts';
import { paperOf } from '../../../fakes/fixtures.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-refold-'));
  file = join(folder, 'paperboy.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const idOf = (number: number): string => `2507.${String(number).padStart(5, '0')}`;

/** A database whose index was filled before letters were made plain there. Every 50th paper is by Łukasz. */
const createOldFile = async (papers: number): Promise<void> => {
  const stores = openStores(file);
  const authors = (number: number) => [number % 50 === 0 ? 'Łukasz Kaiser' : 'Ada First'];
  await stores.announcements.savePapers(
    Array.from({ length: papers }, (_, number) => paperOf(idOf(number), { authors: authors(number) })),
  );
  stores.close();
  const sqlite = new Sqlite(file);
  sqlite.exec(`DELETE FROM papers_fts;
    INSERT INTO papers_fts (rowid, title, abstract, authors, comments)
    SELECT s.search_id, p.title, p.abstract, p.authors, '' FROM searched_papers s JOIN papers p ON p.id = s.paper_id;
    PRAGMA user_version = 0`);
  sqlite.close();
};

const find = async (author: string): Promise<number> => {
  const stores = openStores(file);
  const { found } = await stores.search.search({ words: '', author, limit: 9 });
  stores.close();
  return found;
};

describe('the index of an older database', () => {
  it('gets plain letters once', async () => {
    await createOldFile(320);
    expect(await find('Lukasz')).toBe(7);
    expect(await find('Łukasz Kaiser')).toBe(7);
    expect(await find('Ada First')).toBe(313);
    const sqlite = new Sqlite(file);
    expect(sqlite.pragma('user_version', { simple: true })).toBe(1);
    sqlite.exec('DELETE FROM papers_fts');
    sqlite.close();
    expect(await find('Lukasz')).toBe(0);
  });

  it('is brought up to date in steps, between which other work is done', async () => {
    await createOldFile(1_000);
    const stores = openStores(file);
    let turns = 0;
    let isFound = false;
    const search = stores.search.byAuthor('Lukasz', 99).then((papers) => {
      isFound = true;
      return papers.length;
    });
    const count = (): void => {
      turns += 1;
      if (!isFound) setImmediate(count);
    };
    setImmediate(count);
    await stores.announcements.savePapers([paperOf(idOf(5_000), { authors: ['Łukasz Kaiser'] })]);
    expect(await search).toBeGreaterThanOrEqual(20);
    expect(turns).toBeGreaterThanOrEqual(10);
    stores.close();
  });

  it('is brought up to date by a later start if the first one ends too early', async () => {
    await createOldFile(320);
    openStores(file).close();
    expect(await find('Lukasz')).toBe(7);
  });
});
