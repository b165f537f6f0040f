import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { orm } from '../../../../db/drizzle.ts';
import { type Database, databaseOf, openPool } from '../../../../db/postgres/client.ts';
import { papers, searchedPapers } from '../../../../db/postgres/schema.ts';
import { createSearchStore } from '../../../../db/postgres/search/index.ts';
import { indexPapers } from '../../../../db/postgres/search/index-papers.ts';
import { ExternalError } from '../../../../src/core/errors.ts';
import type { Paper } from '../../../../src/core/paper.ts';
import { paperOf } from '../../../fakes/fixtures.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../../fakes/postgres.ts';

const { sql } = orm;

describe.skipIf(!hasPostgres)('the search index in Postgres', () => {
  let server: PostgresServer;
  let pool: Pool;
  let db: Database;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    pool = openPool(await server.createDatabase());
    db = databaseOf(pool);
  });
  afterEach(() => pool.end());

  /** Stores and indexes papers. @returns how many statements the index took. */
  const save = (...list: Paper[]): Promise<number> =>
    db.transaction(async (tx) => {
      await tx
        .insert(papers)
        .values(list)
        .onConflictDoUpdate({ target: [papers.id, papers.version], set: { title: sql`excluded.title` } });
      let statements = 0;
      const execute = ((...args: Parameters<typeof tx.execute>) => {
        statements += 1;
        return tx.execute(...args);
      }) as typeof tx.execute;
      await indexPapers(
        { execute },
        list.map(({ id }) => id),
      );
      return statements;
    });
  const indexed = () => db.select().from(searchedPapers).orderBy(searchedPapers.searchId);
  const find = async (words: string) =>
    (await createSearchStore(db).search({ words, limit: 9 })).hits.map(({ paper }) => `${paper.id}v${paper.version}`);

  test('takes few statements, and writes nothing that has not changed', async () => {
    const list = Array.from({ length: 400 }, (_, index) => paperOf(`2507.${String(index).padStart(5, '0')}`));
    expect(await save(...list)).toBe(2);
    const before = await indexed();
    expect(before).toHaveLength(400);
    expect(await save(...list)).toBe(1);
    expect(
      await save({ ...(list[3] as Paper), title: 'Pruning' }, paperOf('2508.00001'), paperOf('sample.00001')),
    ).toBe(3);
    const after = await indexed();
    expect(after).toHaveLength(401);
    expect(after.filter((row, index) => row.document !== before[index]?.document)).toHaveLength(2);
    expect(after.map(({ searchId }) => searchId)).toEqual(Array.from({ length: 401 }, (_, index) => index + 1));
    expect(await find('pruning')).toEqual(['2507.00003v1']);
  });

  test('has the newest version once if several processes store a paper at the same time', async () => {
    const versions = Array.from({ length: 16 }, (_, index) => index + 1);
    await Promise.all(
      versions.map((version) => save(paperOf('2507.00001', { version, title: `Pruning v${version}` }))),
    );
    expect(await indexed()).toMatchObject([{ paperId: '2507.00001', version: 16 }]);
    expect(await find('pruning')).toEqual(['2507.00001v16']);
  });

  test('takes words and lists of any length', async () => {
    const long = { title: 'a'.repeat(9_000), abstract: `${'漢'.repeat(3_000)} '\\:* ${'x '.repeat(40_000)}` };
    const authors = Array.from({ length: 30_000 }, (_, index) => `Ada${index} ${'é'.repeat(60)}${index}`);
    await save(paperOf('2507.00001', { ...long, authors }));
    for (const words of ['a'.repeat(1_500), '漢'.repeat(1_500), 'x', '"x x x"', 'ada1'])
      expect([words.slice(0, 9), await find(words)]).toEqual([words.slice(0, 9), ['2507.00001v1']]);
  });

  test('finds no phrase across two fields', async () => {
    await save(paperOf('2507.00001', { title: 'On sparse', abstract: 'attention', authors: ['Jo Roe', 'Al Poe'] }));
    expect(await find('"sparse attention"')).toEqual([]);
    expect(await find('"on sparse"')).toEqual(['2507.00001v1']);
  });

  test('gives up a search that takes too long', async () => {
    await save(paperOf('2507.00001'));
    const client = await pool.connect();
    await client.query('BEGIN; LOCK TABLE searched_papers');
    const slow: unknown = await createSearchStore(db, { timeoutMs: 50 })
      .search({ words: 'pruning', limit: 1 })
      .catch((error: unknown) => error);
    client.release(true);
    expect(slow).toBeInstanceOf(ExternalError);
    expect(String(slow)).toMatch(/took longer than 0\.05 seconds\. Try more words/);
  });
});
