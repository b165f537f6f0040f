import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pg } from '../../../db/postgres/driver.ts';
import { openPostgresStores } from '../../../db/postgres/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { followSteps, papers, steps } from '../../contracts/links-model.ts';
import { savePosted } from '../../fakes/posted.ts';
import { createEmptying, hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';

describe.skipIf(!hasPostgres)('linked identities on Postgres', () => {
  let server: PostgresServer;
  let emptying: Awaited<ReturnType<typeof createEmptying>>;
  let stores: Stores;
  let client: InstanceType<typeof pg.Client>;
  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    emptying = await createEmptying(url);
    stores = await openPostgresStores(url);
    client = new pg.Client({ connectionString: url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await stores.close();
    await emptying.close();
    await server.stop();
  });

  /** Everything in all tables. */
  const content = async (): Promise<string> => {
    const tables = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    const rows: unknown[] = [];
    for (const { name } of tables.rows) rows.push((await client.query(`SELECT * FROM "${name}"`)).rows);
    return JSON.stringify(rows);
  };

  it('linking, unlinking, voting, saving and forgetting in any order do what a simple model says', async () => {
    await fc.assert(
      fc.asyncProperty(steps(false), async (taken) => {
        await emptying.empty();
        await savePosted(
          stores,
          '2025-07-08',
          papers.map((id) => ({ id })),
        );
        const { unknown } = await followSteps(stores, taken);
        const stored = await content();
        for (const person of unknown) expect(stored).not.toContain(person);
      }),
      { seed: 20_250_708, numRuns: 8 },
    );
  });
});
