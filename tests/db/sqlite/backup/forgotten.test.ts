import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyDatabase } from '../../../../db/sqlite/backup/copy.ts';
import { restoreDatabase } from '../../../../db/sqlite/backup/restore.ts';
import { openStores } from '../../../../db/sqlite/index.ts';
import type { Stores } from '../../../../src/core/stores.ts';
import { storeDigest } from '../../../fakes/monitoring.ts';

let folder: string;
let file: string;
let copy: string;
let list: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-forgotten-'));
  file = join(folder, 'paperboy.db');
  copy = join(folder, 'copy.db');
  list = `${file}.forgotten`;
});
afterEach(() => rmSync(folder, { recursive: true }));

const ada = 'slack:T1:ADA';
const ben = 'slack:T1:BEN';
const voted = '2025-07-08T14:00:00.000Z';
const forgotten = '2025-07-09T09:00:00.000Z';
const later = '2025-07-10T09:00:00.000Z';
const message = { destination: 'slack:C1', messageId: '1.1' };
const pause = { channel: 'foundations', action: 'pause', value: { kind: 'pause', isPaused: true } } as const;

/** Everything that is stored about a person. */
const store = async (stores: Stores, person: string, at: string): Promise<void> => {
  await stores.reactions.add({ message, person, emoji: '+1' }, at);
  await stores.saved.add(person, '2507.00001', at);
  await stores.readMarks.add(person, '2507.00001', at);
  await stores.changes.add({ ...pause, person, at });
  await stores.conversations.showed({ person, destination: 'slack:C1', thread: '', first: 1, paperIds: ['1'], at });
  await stores.conversations.asked({
    ...{ person, destination: 'slack:C1', thread: '', at },
    ...{ paperId: '1', question: 'Why?', answer: 'So.' },
  });
};

/** In which tables a person is, read from the file itself. */
const tablesWith = (person: string): string[] => {
  const sqlite = new Sqlite(file, { readonly: true });
  const tables = sqlite
    .prepare<[], string>(
      "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'person' WHERE m.type = 'table' ORDER BY 1",
    )
    .pluck()
    .all();
  const found = tables.filter((table) => sqlite.prepare(`SELECT 1 FROM ${table} WHERE person = ?`).get(person));
  sqlite.close();
  return found;
};

const allTables = ['asked_questions', 'changes', 'reactions', 'read_papers', 'saved_papers', 'shown_lists'];

/** A copy from before Ada asked to be forgotten, and the database from after that. */
const copyThenForget = async (): Promise<void> => {
  const stores = openStores(file);
  await storeDigest(stores, '2507.00001');
  for (const person of [ada, ben]) await store(stores, person, voted);
  copyDatabase(file, copy);
  expect(await stores.changes.forget(ada, forgotten)).toMatchObject({ saved: 1 });
  stores.close();
  expect(tablesWith(ada)).toEqual([]);
  expect(tablesWith(ben)).toEqual(allTables);
};

describe('people who asked to be forgotten', () => {
  it('stay forgotten if an older copy is restored, and others stay', async () => {
    await copyThenForget();
    restoreDatabase(copy, file, new Date());
    expect(tablesWith(ada)).toEqual([]);
    expect(tablesWith('slack:forgotten')).toEqual(['changes']);
    expect(tablesWith(ben)).toEqual(allTables);
  });

  it('stay forgotten if an older copy is put in place by hand', async () => {
    await copyThenForget();
    cpSync(copy, file);
    expect(tablesWith(ada)).toEqual(allTables);
    openStores(file).close();
    expect(tablesWith(ada)).toEqual([]);
    expect(tablesWith(ben)).toEqual(allTables);
  });

  it('keep what they do afterward', async () => {
    await copyThenForget();
    const stores = openStores(file);
    await store(stores, ada, later);
    copyDatabase(file, copy, { isReplacing: true });
    stores.close();
    openStores(file).close();
    expect(tablesWith(ada)).toEqual(allTables);
    restoreDatabase(copy, file, new Date());
    expect(tablesWith(ada)).toEqual(allTables);
  });

  it('are forgotten up to the last time that they asked', async () => {
    await copyThenForget();
    const stores = openStores(file);
    await store(stores, ada, later);
    copyDatabase(file, copy, { isReplacing: true });
    await stores.changes.forget(ada, '2025-07-11T09:00:00.000Z');
    stores.close();
    restoreDatabase(copy, file, new Date());
    expect(tablesWith(ada)).toEqual([]);
    expect(JSON.parse(readFileSync(list, 'utf8'))).toHaveLength(1);
  });

  it('are not named in the list, which only this user can read', async () => {
    await copyThenForget();
    expect(readFileSync(list, 'utf8')).not.toMatch(/ADA|T1/);
    expect(statSync(list).mode & 0o777).toBe(0o600);
  });

  it('do not come back because their list cannot be read', async () => {
    await copyThenForget();
    writeFileSync(list, '[{"person": "ada"}]');
    const fault = /list of people who asked to be forgotten cannot be read \(.*paperboy\.db\.forgotten: /;
    expect(() => openStores(file)).toThrow(fault);
    expect(() => restoreDatabase(copy, file, new Date())).toThrow(fault);
    expect(tablesWith(ada)).toEqual([]);
  });

  it('are remembered before their data is deleted, so a full disk forgets nobody halfway', async () => {
    const stores = openStores(file);
    await store(stores, ada, voted);
    writeFileSync(list, 'no list');
    await expect(stores.changes.forget(ada, forgotten)).rejects.toThrow(/cannot be read/);
    expect((await stores.saved.among(ada, ['2507.00001'])).size).toBe(1);
    stores.close();
  });
});
