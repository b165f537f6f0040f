import type { BatchStore } from '../../../src/core/batch.ts';
import { orm } from '../../drizzle.ts';
import type { Database } from '../client.ts';
import { scoringBatches } from '../schema-models.ts';

const { asc, eq } = orm;

export const createBatchStore = (db: Database): BatchStore => ({
  async add(batch) {
    await db.insert(scoringBatches).values(batch);
  },

  async sent(key, remoteId) {
    await db.update(scoringBatches).set({ remoteId }).where(eq(scoringBatches.key, key));
  },

  async list() {
    const rows = await db.select().from(scoringBatches).orderBy(asc(scoringBatches.createdAt), asc(scoringBatches.key));
    return rows.map((row) => ({ ...row, remoteId: row.remoteId ?? undefined }));
  },

  async remove(key) {
    await db.delete(scoringBatches).where(eq(scoringBatches.key, key));
  },
});
