import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectDatabase } from '../../../../db/sqlite/backup/inspect.ts';
import { restoreDatabase } from '../../../../db/sqlite/backup/restore.ts';
import { openStores } from '../../../../db/sqlite/index.ts';
import { channel, createOldDatabase, date, tags } from '../../../fakes/old-database.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-update-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const older = tags.slice(0, -1).map((tag, schema) => ({ tag, schema }));

describe.each(older)('a database with the schema $tag', ({ schema }) => {
  it('is copied before it is updated, and the copy leads back', async () => {
    const stores = openStores(createOldDatabase(folder, schema));
    const copies = join(folder, 'backups', 'before-update');
    const [name = '', ...others] = readdirSync(copies);
    expect([name, others]).toEqual([expect.stringMatching(new RegExp(`^paperboy-.*Z-schema-${schema + 1}\\.db$`)), []]);
    const copied = { schema: schema + 1, digests: 2, newestDigest: date, papers: 3 };
    expect(inspectDatabase(join(copies, name))).toMatchObject(copied);
    // As one goes back to it: restore, then start.
    const back = join(folder, 'back', 'paperboy.db');
    expect(restoreDatabase(join(copies, name), back, new Date())).toMatchObject(copied);
    const restored = openStores(back);
    expect(await restored.digests.find(channel, date)).toEqual(await stores.digests.find(channel, date));
    restored.close();
    stores.close();
  });
});

describe('the copies before updates', () => {
  const copies = () => readdirSync(join(folder, 'backups', 'before-update')).sort();
  const update = (schema: number): void => {
    const file = createOldDatabase(folder, schema);
    openStores(file).close();
    // Not updated again.
    openStores(file).close();
    for (const name of ['paperboy.db', 'migrations']) rmSync(join(folder, name), { recursive: true });
  };

  it('are the last three', () => {
    openStores(join(folder, 'paperboy.db')).close();
    expect(existsSync(join(folder, 'backups'))).toBe(false);
    rmSync(join(folder, 'paperboy.db'));
    update(tags.length - 2);
    const [first = ''] = copies();
    // Names have seconds, so these count as older.
    for (const time of ['2020-01-01T000000Z', '2021-01-01T000000Z', '2022-01-01T000000Z'])
      writeFileSync(join(folder, 'backups', 'before-update', `paperboy-${time}-schema-1.db`), '');
    update(tags.length - 3);
    expect(copies()).toHaveLength(3);
    expect(copies()[0]).toBe('paperboy-2022-01-01T000000Z-schema-1.db');
    expect(copies()).toContain(first);
  });

  it('must succeed, unless they are turned off', () => {
    writeFileSync(join(folder, 'backups'), 'no folder');
    const file = createOldDatabase(folder, tags.length - 2);
    expect(() => openStores(file)).toThrow(
      /^The database must be updated, and cannot be copied first: .* write backup: off in the config file\.$/,
    );
    expect(inspectDatabase(file)).toMatchObject({ schema: tags.length - 1, digests: 2 });
    openStores(file, { isCopiedBeforeUpdate: false }).close();
    expect(inspectDatabase(file)).toMatchObject({ schema: tags.length, digests: 2 });
  });
});
