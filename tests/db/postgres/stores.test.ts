import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { openPostgresStores } from '../../../db/postgres/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { pruneContract } from '../../contracts/prune.ts';
import { storesContract } from '../../contracts/stores.ts';
import { createEmptying, hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';

describe.skipIf(!hasPostgres)('Postgres', () => {
  let server: PostgresServer;
  let emptying: Awaited<ReturnType<typeof createEmptying>>;
  let opened: Stores;
  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    emptying = await createEmptying(url);
    opened = await openPostgresStores(url);
  });
  afterAll(async () => {
    await opened.close();
    await emptying.close();
    await server.stop();
  });

  /** The same stores for every test, because each connection takes a process of Postgres. */
  const emptied = async (): Promise<Stores> => {
    await emptying.empty();
    return { ...opened, close: async () => undefined };
  };

  storesContract('Postgres', emptied);

  describe('stores on Postgres', () => {
    let stores: Stores;
    beforeEach(async () => {
      stores = await emptied();
    });
    pruneContract(() => stores);
  });
});
