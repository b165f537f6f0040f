import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { copyDatabase } from '../../../db/sqlite/backup/copy.ts';
import { restoreDatabase } from '../../../db/sqlite/backup/restore.ts';
import { openStores } from '../../../db/sqlite/index.ts';
import { followSteps, papers, steps } from '../../contracts/links-model.ts';
import { savePosted } from '../../fakes/posted.ts';

/** Everything in all tables. */
const contentOf = (file: string): string => {
  const sqlite = new Sqlite(file, { readonly: true });
  const tables = sqlite.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const rows = tables.map((table) => sqlite.prepare(`SELECT * FROM "${table}"`).all());
  sqlite.close();
  return JSON.stringify(rows);
};

it('linking, unlinking, voting, saving, forgetting and restoring in any order do what a simple model says', async () => {
  await fc.assert(
    fc.asyncProperty(steps(true), async (taken) => {
      const folder = mkdtempSync(join(tmpdir(), 'paperboy-links-'));
      const [file, copy] = [join(folder, 'paperboy.db'), join(folder, 'copy.db')];
      let stores = openStores(file);
      try {
        await savePosted(
          stores,
          '2025-07-08',
          papers.map((id) => ({ id })),
        );
        const end = await followSteps(stores, taken, {
          async copy() {
            copyDatabase(file, copy, { isReplacing: true });
          },
          async restore() {
            await stores.close();
            restoreDatabase(copy, file, new Date());
            stores = openStores(file);
            return stores;
          },
        });
        const content = contentOf(file);
        for (const person of end.unknown) expect(content).not.toContain(person);
      } finally {
        await stores.close();
        rmSync(folder, { recursive: true });
      }
    }),
    { seed: 20_250_708, numRuns: 20 },
  );
});
