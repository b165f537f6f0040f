import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe } from 'vitest';
import { openStores } from '../../../db/sqlite/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { searchContract } from '../../contracts/search.ts';
import { storesContract } from '../../contracts/stores.ts';

storesContract('SQLite', () => openStores(':memory:'));

// The search of a file runs in a thread; everything else is as in memory.
describe('stores on a file of SQLite', () => {
  let folder: string;
  let stores: Stores;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paperboy-stores-'));
    stores = openStores(join(folder, 'paperboy.db'));
  });
  afterEach(() => {
    stores.close();
    rmSync(folder, { recursive: true });
  });
  searchContract(() => stores);
});
