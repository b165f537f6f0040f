import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDatabaseUrl } from '../../config/database-url.ts';
import { readDatabaseUrl } from '../../config/environment.ts';
import { UserError } from '../../src/core/errors.ts';

describe('the address of a database', () => {
  it.each([
    ['file:./data/paperboy.db', '/bot/data/paperboy.db'],
    ['file:paperboy.db', '/bot/paperboy.db'],
    ['file:/data/paperboy.db', '/data/paperboy.db'],
    ['file:///data/my%20papers.db', '/data/my papers.db'],
    [' "file:a.db" ', '/bot/a.db'],
  ])('%s is a SQLite file', (value, file) => {
    expect(parseDatabaseUrl(value, '/bot')).toEqual({ kind: 'sqlite', file });
  });

  it.each(['postgres://db/paperboy', 'postgresql://bot:pa%40ss@db.example.org:5433/paperboy?sslmode=require'])(
    '%s is Postgres',
    (value) => {
      const found = parseDatabaseUrl(value);
      expect(found.kind === 'postgres' && found.url.reveal()).toBe(value);
      expect(inspect(found) + JSON.stringify(found)).not.toContain('db');
    },
  );

  it.each(['', 'file:', 'paperboy.db', 'mysql://bot:hunter2@db/x', 'postgres:bot', 'postgres://bot:hunt#er2@db:x/y'])(
    '%j is refused without being repeated',
    (value) => {
      const refused = (): unknown => parseDatabaseUrl(value);
      expect(refused).toThrow(UserError);
      expect(refused).toThrow(/^(?:(?!hunt|mysql|bot:h).)*Write .*$/);
    },
  );
});

describe('DATABASE_URL', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paperboy-url-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read from the environment, .env or a file, in this order, and has a default', () => {
    expect(readDatabaseUrl({}, folder)).toEqual({ kind: 'sqlite', file: join(folder, 'data/paperboy.db') });
    writeFileSync(join(folder, '.env'), 'DATABASE_URL=file:b.db\n');
    expect(readDatabaseUrl({}, folder)).toEqual({ kind: 'sqlite', file: join(folder, 'b.db') });
    expect(readDatabaseUrl({ DATABASE_URL: 'file:c.db' }, folder)).toEqual({
      kind: 'sqlite',
      file: join(folder, 'c.db'),
    });
    writeFileSync(join(folder, 'url'), 'postgres://db/paperboy\n');
    rmSync(join(folder, '.env'));
    expect(readDatabaseUrl({ DATABASE_URL_FILE: 'url' }, folder).kind).toBe('postgres');
    expect(() => readDatabaseUrl({ DATABASE_URL_FILE: 'none' }, folder)).toThrow(
      /^DATABASE_URL_FILE: there is no file/,
    );
  });
});
