import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresStores } from '../../../db/postgres/index.ts';
import type { Stores } from '../../../src/core/stores.ts';
import { paperOf, rubricOf } from '../../fakes/fixtures.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';

describe.skipIf(!hasPostgres)('papers that readers share', () => {
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
  const read = (date = '2025-07-08') => bot?.announcements.read(date, ['cs.LG']) ?? [];
  const announce = (date: string, ids: readonly string[]) =>
    other?.announcements.save({
      ...{ date, category: 'cs.LG' },
      papers: ids.map((id) => ({ paper: paperOf(id), type: 'new' as const })),
    });

  it('are read again as soon as another process has changed them, each time', async () => {
    for (let count = 0; count < 50; count += 1) {
      const before = await read();
      expect(before).toHaveLength(count);
      expect(await read()).toBe(before);
      await announce(
        '2025-07-08',
        Array.from({ length: count + 1 }, (_, nth) => `2507.0000${nth}`),
      );
    }
  });

  it('are kept if something else is stored', async () => {
    const before = await read();
    await other?.scores.saveRubric(rubricOf());
    await bot?.scores.saveRubric(rubricOf({ hash: 'rubric-2' }));
    expect(await read()).toBe(before);
  });

  it('are read again if changes were missed while the server started again', async () => {
    const before = await read('2025-07-09');
    expect(before).toEqual([]);
    await server.restart();
    await announce('2025-07-09', ['2507.00001']);
    expect(await read('2025-07-09')).toHaveLength(1);
    await announce('2025-07-09', ['2507.00001', '2507.00002']);
    expect(await read('2025-07-09')).toHaveLength(2);
  });
});
