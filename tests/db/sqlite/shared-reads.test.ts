import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { paperOf } from '../../fakes/fixtures.ts';

let folder: string;
let opened: Stores[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-db-'));
  opened = [];
});
afterEach(() => {
  for (const stores of opened) stores.close();
  rmSync(folder, { recursive: true });
});

const open = (): Stores => {
  const stores = openStores(join(folder, 'paperboy.db'));
  opened.push(stores);
  return stores;
};

it('reads papers again after another connection has changed them', async () => {
  const [bot, other] = [open(), open()];
  const papers = [{ paper: paperOf('2507.00001'), type: 'new' as const }];
  await bot.announcements.save({ date: '2025-07-08', category: 'cs.LG', papers });
  const read = () => bot.announcements.read('2025-07-08', ['cs.LG']);
  const before = await read();
  expect(await read()).toBe(before);
  await other.announcements.savePapers([paperOf('2507.00001', { title: 'A new title' })]);
  expect((await read()).map(({ paper }) => paper.title)).toEqual(['A new title']);
});
