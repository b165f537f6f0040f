import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleDraft } from '../../../config/sample-day.ts';
import { migrate, migrationsFolder, openDatabase } from '../../../db/sqlite/client.ts';

/** Writes migrations into a folder like the generator does, one file per entry. */
const writeMigrations = (folder: string, files: string[][]): void => {
  mkdirSync(join(folder, 'meta'), { recursive: true });
  const entries = files.map((statements, index) => {
    const tag = `000${index}_step`;
    writeFileSync(join(folder, `${tag}.sql`), statements.join('--> statement-breakpoint\n'));
    return { idx: index, version: '6', when: 1000 + index, tag, breakpoints: true };
  });
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'sqlite', entries }));
};

const start = [
  'CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);',
  'CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents(id) ON DELETE CASCADE);',
];

/** How a generated migration changes a column: a new table, a copy, a drop, a rename. */
const rebuild = [
  'PRAGMA foreign_keys=OFF;',
  'CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  'INSERT INTO new_parents SELECT id, name FROM parents;',
  'DROP TABLE parents;',
  'ALTER TABLE new_parents RENAME TO parents;',
  'PRAGMA foreign_keys=ON;',
];

describe('migrations', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paperboy-migrate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const withData = () => {
    const sqlite = new Database(join(folder, 'test.db'));
    writeMigrations(folder, [start]);
    migrate(sqlite, folder);
    sqlite.exec("INSERT INTO parents VALUES (1, 'a'), (2, 'b'); INSERT INTO children VALUES (10, 1), (11, 2), (12, 2)");
    return sqlite;
  };
  const count = (sqlite: Database.Database, table: string) =>
    sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

  test('keep the rows that refer to a rebuilt table', () => {
    const sqlite = withData();
    writeMigrations(folder, [start, rebuild]);
    migrate(sqlite, folder);
    expect(count(sqlite, 'parents')).toBe(2);
    expect(count(sqlite, 'children')).toBe(3);
    expect(sqlite.pragma('foreign_keys', { simple: true })).toBe(1);
    sqlite.close();
  });

  test('roll back if a row is left without its parent', () => {
    const sqlite = withData();
    writeMigrations(folder, [start, ['CREATE TABLE later (id INTEGER);', 'DELETE FROM parents WHERE id = 2;']]);
    expect(() => migrate(sqlite, folder)).toThrow(/2 rows that refer to nothing, such as children to parents/);
    expect(count(sqlite, 'parents')).toBe(2);
    expect(() => count(sqlite, 'later')).toThrow();
    sqlite.close();
  });

  test('keep the name of an author match of the first version', () => {
    const sqlite = new Database(join(folder, 'old.db'));
    const files = readFileSync(join(migrationsFolder, '0000_start.sql'), 'utf8');
    sqlite.exec(files.replaceAll('--> statement-breakpoint', ''));
    sqlite.pragma('foreign_keys = OFF');
    const row = "INSERT INTO digest_entries VALUES (1, 'picked', ?, 'c', ?, 1, 1, ?)";
    sqlite.prepare(row).run(1, 'a', JSON.stringify({ kind: 'author', name: 'Ada "A" First' }));
    sqlite.prepare(row).run(2, 'b', JSON.stringify({ kind: 'cutoffs' }));
    const later = readFileSync(join(migrationsFolder, '0001_authors_and_remedial.sql'), 'utf8');
    sqlite.exec(later.replaceAll('--> statement-breakpoint', ''));
    const reasons = sqlite.prepare('SELECT reason FROM digest_entries ORDER BY rank').pluck().all();
    expect(reasons.map((reason) => JSON.parse(String(reason)))).toEqual([
      { kind: 'author', matches: [{ name: 'Ada "A" First', basis: 'name' }] },
      { kind: 'cutoffs' },
    ]);
    sqlite.close();
  });

  test("move the posts of the second version's single web page to the channel's own", () => {
    const sqlite = new Database(join(folder, 'old.db'));
    const run = (file: string) =>
      sqlite.exec(readFileSync(join(migrationsFolder, file), 'utf8').replaceAll('--> statement-breakpoint', ''));
    run('0000_start.sql');
    run('0001_authors_and_remedial.sql');
    sqlite.pragma('foreign_keys = OFF');
    const insert = (table: string, row: Record<string, unknown>) => {
      const names = Object.keys(row);
      sqlite
        .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`)
        .run(row);
    };
    const columns = sqlite.prepare("SELECT name FROM pragma_table_info('digests')").pluck().all();
    for (const [digest_id, channel] of ['foundations', 'robots'].entries())
      insert('digests', {
        ...Object.fromEntries(columns.map((name) => [name, 0])),
        ...{ digest_id, channel, date: '2025-07-08' },
      });
    const destinations = ['web', 'web:already', 'slack:T1:C1', 'console'];
    for (const digest_id of [0, 1])
      for (const destination of destinations)
        for (const rank of [0, 1])
          insert('deliveries', {
            ...{ key: `${digest_id}-${destination}-${rank}`, digest_id, destination, rank, status: 'sent' },
          });
    run('0002_web_and_runs.sql');
    const select = 'SELECT DISTINCT destination FROM deliveries WHERE digest_id = ? ORDER BY delivery_id';
    const moved = (digestId: number) => sqlite.prepare(select).pluck().all(digestId);
    expect(moved(0)).toEqual(['web:foundations', ...destinations.slice(1)]);
    expect(moved(1)).toEqual(['web:robots', ...destinations.slice(1)]);
    expect(count(sqlite, 'deliveries')).toBe(16);
    sqlite.close();
  });

  test('give a sample digest its own channel and a notice about invented papers', () => {
    const sqlite = new Database(join(folder, 'old.db'));
    const run = (file: string) =>
      sqlite.exec(readFileSync(join(migrationsFolder, file), 'utf8').replaceAll('--> statement-breakpoint', ''));
    run('0000_start.sql');
    sqlite.pragma('foreign_keys = OFF');
    const columns = sqlite.prepare("SELECT name FROM pragma_table_info('digests')").pluck().all().map(String);
    const insert = sqlite.prepare(`INSERT INTO digests VALUES (${columns.map((name) => `@${name}`).join(', ')})`);
    const row = { ...Object.fromEntries(columns.map((name) => [name, 0])), channel: 'foundations', notices: '["Old"]' };
    insert.run({ ...row, digest_id: 1, date: '2025-01-06', sample: 1 });
    insert.run({ ...row, digest_id: 2, date: '2025-07-08', sample: 0 });
    for (const id of [1, 2])
      sqlite.exec(`INSERT INTO digest_entries VALUES (${id}, 'picked', 1, 'foundations', 'paper ${id}', 1, 1, '{}')`);
    run('0007_sample_channel.sql');
    const read = (column: string, table: string) =>
      sqlite.prepare(`SELECT ${column} FROM ${table} ORDER BY digest_id`).pluck().all();
    expect(read('channel', 'digests')).toEqual(['sample', 'foundations']);
    expect(read('channel', 'digest_entries')).toEqual(['sample', 'foundations']);
    const [sample, other] = read('notices', 'digests').map((notices) => JSON.parse(String(notices)));
    expect(sample).toEqual(['Old', sampleDraft.notices[0]]);
    expect(other).toEqual(['Old']);
    sqlite.close();
  });

  test('run once, however often the database is opened', () => {
    const file = join(folder, 'data', 'paperboy.db');
    openDatabase(file).$client.close();
    const { $client } = openDatabase(file);
    const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'));
    expect(count($client, 'migrations')).toBe(journal.entries.length);
    expect($client.pragma('journal_mode', { simple: true })).toBe('wal');
    expect($client.pragma('foreign_keys', { simple: true })).toBe(1);
    migrate($client, migrationsFolder);
    $client.close();
  });

  test('give old scores of the built-in scorer a position and a match', () => {
    const sqlite = new Database(join(folder, 'old.db'));
    const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'));
    const tags: string[] = journal.entries.map(({ tag }: { tag: string }) => tag);
    const run = (tag = ''): void =>
      void sqlite.exec(
        readFileSync(join(migrationsFolder, `${tag}.sql`), 'utf8').replaceAll('--> statement-breakpoint', ''),
      );
    const step = tags.findIndex((tag) => tag.endsWith('_honest_scores'));
    for (const tag of tags.slice(0, step)) run(tag);
    sqlite.pragma('foreign_keys = OFF');
    const announce = sqlite.prepare("INSERT INTO announced_papers VALUES (?, 'cs.LG', ?, 1, 'new', 0)");
    const score = sqlite.prepare(
      `INSERT INTO scores (paper_id, version, rubric, engine, model, attempt, relevance, novelty, comment, created_at, rank)
        VALUES (?, 1, 'r', ?, 'm', 1, ?, ?, '', '', ?)`,
    );
    const digest = sqlite.prepare(
      `INSERT INTO digests (channel, date, sample, created_at, announced, scanned, relevant, unscored, cutoff_relevance,
        cutoff_novelty, engines, prompt_tokens, cached_tokens, completion_tokens, rubric, notices)
        VALUES ('c', ?, 0, '', 9, ?, 0, 0, 7, 6, '[]', 0, 0, 0, 'r', '[]')`,
    );
    const add = (date: string, id: string, relevance: number, rank: number | null, engine = 'local') => {
      announce.run(date, id);
      score.run(id, engine, relevance, 8, rank);
    };
    // A whole day; a day of which a language model scored the rest; and a day from before scores had a rank.
    digest.run('2025-07-08', 4);
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) add('2025-07-08', id, 9 - index, 0.75 - index / 4);
    digest.run('2025-07-09', 100);
    add('2025-07-09', 'e', 8, 0.9);
    add('2025-07-09', 'f', 9, null, 'openai');
    for (const [id, relevance] of Object.entries({ g: 3, h: 9, i: 5 })) add('2025-07-01', id, relevance, null);
    // Fetched on request, so never announced.
    score.run('j', 'local', 5, 8, 0);
    run(tags[step]);
    const read = sqlite
      .prepare('SELECT paper_id, position, "of", "match", relevance FROM scores ORDER BY score_id')
      .raw();
    expect(read.all()).toEqual([
      ['a', 1, 4, 87.5, 9],
      ['b', 2, 4, 62.5, 8],
      ['c', 3, 4, 37.5, 7],
      ['d', 4, 4, 12.5, 6],
      ['e', 10, 100, 90.5, 8],
      ['f', null, null, null, 9],
      ['g', 3, 3, 16.67, 3],
      ['h', 1, 3, 83.33, 9],
      ['i', 2, 3, 50, 5],
      ['j', 1, 1, 50, 5],
    ]);
    sqlite.close();
  });
});
