import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CopyRequest, copyToPostgres } from '../../../db/copy/index.ts';
import { copiedTables } from '../../../db/copy/tables.ts';
import { databaseOf, openPool } from '../../../db/postgres/client.ts';
import { pg } from '../../../db/postgres/driver.ts';
import { openPostgresStores } from '../../../db/postgres/index.ts';
import { migrate } from '../../../db/postgres/migrate.ts';
import { createSearchStore } from '../../../db/postgres/search/index.ts';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { createSite } from '../../../src/pages/site.ts';
import { digestOf, entryOf, paperOf, rubricOf } from '../../fakes/fixtures.ts';
import { createOldDatabase, tags } from '../../fakes/old-database.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';

const person = 'slack:T1:U1';
const at = '2025-07-08T12:00:00.000Z';

describe('the tables that are copied', () => {
  test('are all tables of a SQLite database, but the index that is made again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paperboy-tables-'));
    const file = join(folder, 'paperboy.db');
    void openStores(file).close();
    const sqlite = new Sqlite(file, { readonly: true });
    const names = sqlite
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all()
      .filter((name) => !/^(?:sqlite_|papers_fts|searched_papers$|migrations$)/.test(name));
    sqlite.close();
    rmSync(folder, { recursive: true });
    expect(
      copiedTables()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names.sort());
  });
});

describe.skipIf(!hasPostgres)('a copy to Postgres', () => {
  let server: PostgresServer;
  let folder: string;
  let file: string;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paperboy-copy-'));
    file = join(folder, 'paperboy.db');
    url = await server.createDatabase({ isMigrated: false });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const copy = (more: Partial<CopyRequest> = {}) =>
    copyToPostgres({
      ...{ file, url, isDead: () => true, onProgress: () => undefined, signal: new AbortController().signal },
      ...more,
    });

  const query = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  };

  const count = async (table: string): Promise<number> =>
    (await query<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`))[0]?.rows ?? 0;

  /** A database with a digest of the first of these papers. */
  const fill = async (papers = 700, ending = '\0\ud800'): Promise<void> => {
    const stores = openStores(file);
    const list = Array.from({ length: papers }, (_, index) =>
      paperOf(`2507.${String(index).padStart(5, '0')}`, { title: `Pruning ${index}${ending}`, abstract: 'é🙂' }),
    );
    await stores.announcements.save({
      ...{ date: '2025-07-08', category: 'cs.LG' },
      papers: list.map((paper) => ({ paper, type: 'new' as const })),
    });
    await stores.scores.saveRubric(rubricOf());
    const verdicts = list.slice(0, 3).map(({ id }) => {
      return { ...{ paperId: id, version: 1, relevance: 8, novelty: 7 }, comment: `On ${id}` };
    });
    const scores = await stores.scores.add({ rubric: 'rubric-1', engine: 'openai', model: 'gpt' }, verdicts, at);
    const entries = scores.map((score, index) => entryOf(index + 1, paperOf(score.paperId), score));
    const judged = {
      authorCheck: { minHIndex: 20, below: 1, unknown: 2, notLookedUp: 3 },
      matchLimits: { papers: 10, floor: 97 },
      prefilter: { skipped: 7, sampled: 1, recall: 0.98, low: 0.9, high: 1, days: 20, positions: [] },
    } as const;
    await stores.digests.create(digestOf(entries, judged), at, ['slack:T1:C1']);
    await stores.saved.add(person, '2507.00002', at);
    await stores.saved.add(person, '2507.00001', at);
    await stores.changes.add({ at, person, channel: 'foundations', action: 'pause', value: null } as never);
    await stores.links.offer('web:local:u1', 'WDJB-MJHT', at);
    await stores.links.join(person, 'WDJB-MJHT', at);
    await stores.close();
  };

  test('has the same pages, byte for byte', async () => {
    // Postgres keeps a replacement of the rest.
    await fill(700, ' é🙂');
    await copy();
    const pages = async (stores: Stores): Promise<Map<string, unknown>> => {
      const site = createSite({
        ...{ stores, now: () => new Date('2025-07-09T12:00:00Z'), prompt: () => 'the prompt' },
        channels: [{ name: 'foundations', timezone: 'UTC' }],
      });
      const paths = await site.paths();
      const files = await Promise.all(paths.map(async (path) => [path, (await site.file(path))?.body] as const));
      await stores.close();
      return new Map(files);
    };
    const original = await pages(openStores(file));
    expect([...original.keys()]).toContain('foundations/2025-07-08.json');
    expect(await pages(await openPostgresStores(url))).toEqual(original);
  });

  test('has the same rows, can be searched, and goes on with new numbers', async () => {
    await fill();
    const before = readFileSync(file);
    const { tables, wasWhole } = await copy();
    expect(wasWhole).toBe(false);
    expect(readFileSync(file).equals(before)).toBe(true);
    const rows = Object.fromEntries(tables.map(({ name, rows }) => [name, rows]));
    expect(rows).toMatchObject({
      papers: 700,
      announced_papers: 700,
      digests: 1,
      digest_entries: 3,
      deliveries: 4,
    });
    expect(rows.searched_papers).toBe(700);
    for (const { name } of tables) expect([name, await count(name)]).toEqual([name, rows[name]]);

    const [paper] = await query<object>("SELECT title, abstract FROM papers WHERE id = '2507.00007'");
    expect(paper).toEqual({ title: 'Pruning 7\ufffd\ufffd', abstract: 'é🙂' });
    const saved = await query<{ id: string }>('SELECT paper_id AS id FROM saved_papers ORDER BY inserted');
    expect(saved.map(({ id }) => id)).toEqual(['2507.00002', '2507.00001']);
    const linked = await query<{ person: string }>('SELECT person FROM links ORDER BY person');
    expect(linked.map((one) => one.person)).toEqual([person, 'web:local:u1']);
    const [change] = await query<object>('SELECT jsonb_typeof(value) AS type FROM changes');
    expect(change).toEqual({ type: 'null' });
    const [next] = await query<{ id: number }>("SELECT nextval(pg_get_serial_sequence('scores', 'score_id')) AS id");
    expect(next?.id).toBe(4);
    const [first] = await query<{ id: number }>("SELECT nextval(pg_get_serial_sequence('runs', 'run_id')) AS id");
    expect(first?.id).toBe(1);

    const pool = openPool(url);
    const { hits } = await createSearchStore(databaseOf(pool)).search({ words: 'pruning', limit: 2 });
    expect(hits.map((hit) => hit.paper.id)).toEqual(['2507.00699', '2507.00698']);
    // The database is whole, so the bot may use it.
    await migrate(pool);
    await pool.end();
  });

  test('continues after an interruption, wherever it was, and has no row twice', async () => {
    await fill();
    let steps = 0;
    for (let last = 1; ; last += 1) {
      const stop = new AbortController();
      let seen = 0;
      const onProgress = () => {
        seen += 1;
        if (seen === 2) stop.abort(new Error('stopped'));
      };
      const done = await copy({ onProgress, signal: stop.signal }).catch((error: unknown) => error);
      steps = last;
      if (!(done instanceof Error)) break;
      expect(done.message).toBe('stopped');
      const pool = openPool(url);
      await expect(migrate(pool)).rejects.toThrow(/not complete.*paperboy copy/);
      await pool.end();
    }
    expect(steps).toBeGreaterThan(5);
    expect(await count('papers')).toBe(700);
    expect(await count('searched_papers')).toBe(700);
    const [order] = await query<{ is: boolean }>(
      'SELECT bool_and(search_id = position) AS is FROM (SELECT search_id, row_number() OVER (ORDER BY paper_id) AS position FROM searched_papers) s',
    );
    expect(order?.is).toBe(true);
    expect((await copy()).wasWhole).toBe(true);
  });

  test('continues after the server has ended in the middle of it', async () => {
    await fill();
    let restarted: Promise<void> | undefined;
    const onProgress = (table: string) => {
      if (table === 'announced_papers') restarted ??= server.restart();
      return restarted;
    };
    // The next statement finds its connection closed.
    await copy({ onProgress }).catch((error: unknown) => expect(String(error)).toMatch(/cannot be reached/));
    expect(restarted).toBeDefined();
    await copy();
    expect(await count('announced_papers')).toBe(700);
    expect((await copy()).wasWhole).toBe(true);
  });

  test('is refused if the source has changed since, or the target has other data', async () => {
    await fill(3);
    await copy();
    const stores = openStores(file);
    await stores.saved.add(person, '2507.00000', at);
    await stores.close();
    await expect(copy()).rejects.toThrow(/another SQLite database, or this one has changed/);

    url = await server.createDatabase();
    await query("INSERT INTO signing_keys VALUES ('web sessions', 'x')");
    await expect(copy()).rejects.toThrow(/already has data of Paperboy \(in the table signing_keys\)/);
    expect(await count('papers')).toBe(0);
  });

  test('is refused while a process uses the source, or may use what it was copied from', async () => {
    await fill(3);
    const stores = openStores(file);
    await expect(copy()).rejects.toThrow(/Paperboy is using .*paperboy\.db\. Stop the bot/);
    await stores.leases.acquire({ name: 'channel foundations', owner: 'alive', expiresAt: 1 });
    await stores.close();
    await expect(copy({ isDead: () => false })).rejects.toThrow(/may still run.*channel foundations/);
    await copy();
    expect(await query('SELECT name, owner FROM leases')).toEqual([{ name: 'channel foundations', owner: '' }]);
  });

  test('is refused while another process copies', async () => {
    await fill(3);
    const other = join(folder, 'other.db');
    writeFileSync(other, readFileSync(file));
    let refused: Promise<unknown> | undefined;
    await copy({
      onProgress: async () => {
        refused ??= copy({ file: other }).catch((error: unknown) => error);
        await refused;
      },
    });
    expect(String(await refused)).toMatch(/Another process copies/);
  });

  test('takes over who asked to be forgotten, and none of their older data', async () => {
    await fill(3);
    const hash = createHash('sha256').update(person).digest('hex');
    const list = [{ person: hash, at: '2025-08-01T00:00:00.000Z' }];
    writeFileSync(`${file}.forgotten`, JSON.stringify(list));
    expect((await copy()).forgotten).toBe(1);
    expect(await query('SELECT person, at FROM forgotten')).toEqual(list);
    expect(await count('saved_papers')).toBe(0);
    expect(await query('SELECT person FROM links')).toEqual([{ person: 'web:local:u1' }]);
    expect(await query('SELECT person FROM changes')).toEqual([{ person: 'slack:forgotten' }]);
  });

  test.each([0, 5, tags.length - 1])(
    'brings a database with schema %i up to date, but not the file',
    async (schema) => {
      file = createOldDatabase(folder, schema);
      const before = readFileSync(file);
      await copy();
      expect(await count('papers')).toBeGreaterThan(0);
      expect(await count('searched_papers')).toBeGreaterThan(0);
      expect(readFileSync(file).equals(before)).toBe(true);
    },
  );

  test('refuses what is no database, and an address where no server is', async () => {
    await expect(copy()).rejects.toThrow(/There is no database at/);
    writeFileSync(file, 'These are notes.');
    await expect(copy()).rejects.toThrow(/not a/);
    rmSync(file);
    await fill(3);
    url = 'postgres://paperboy:verysecretword@127.0.0.1:1/x';
    const error: unknown = await copy().catch((one: unknown) => one);
    expect(String(error)).toMatch(/cannot be reached/);
    expect(String(error)).not.toMatch(/verysecretword/);
  });
});
