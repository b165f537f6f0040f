import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresStores } from '../../../db/postgres/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { paperOf } from '../../fakes/fixtures.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';

describe.skipIf(!hasPostgres)('the version of the stores', () => {
  let server: PostgresServer;
  let [bot, other]: Stores[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    [bot, other] = [await openPostgresStores(url), await openPostgresStores(url)];
  });
  afterAll(async () => {
    await bot?.close();
    await other?.close();
    await server.stop();
  });
  const change = (stores: Stores | undefined, paper: string) => stores?.announcements.savePapers([paperOf(paper)]);

  it('differs as soon as this or another process has changed anything, each time', async () => {
    for (let count = 0; count < 50; count += 1) {
      const before = await bot?.version();
      expect(await bot?.version()).toBe(before);
      await change(count % 2 ? bot : other, `2507.000${10 + count}`);
      expect(await bot?.version()).not.toBe(before);
    }
  });

  it('differs after changes that were missed while the server started again', async () => {
    const before = await bot?.version();
    await server.restart();
    await change(other, '2507.00001');
    expect(await bot?.version()).not.toBe(before);
  });
});
