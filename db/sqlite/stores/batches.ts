import type { BatchStore } from '../../../src/core/batch.ts';
import { orm } from '../../drizzle.ts';
import type { Database } from '../client.ts';
import { scoringBatches } from '../schema-models.ts';

const { asc, eq } = orm;

export const createBatchStore = (db: Database): BatchStore => ({
  async add(batch) {
    db.insert(scoringBatches).values(batch).run();
  },

  async sent(key, remoteId) {
    db.update(scoringBatches).set({ remoteId }).where(eq(scoringBatches.key, key)).run();
  },

  async list() {
    const rows = db.select().from(scoringBatches).orderBy(asc(scoringBatches.createdAt), asc(scoringBatches.key)).all();
    return rows.map((row) => ({ ...row, remoteId: row.remoteId ?? undefined }));
  },

  async remove(key) {
    db.delete(scoringBatches).where(eq(scoringBatches.key, key)).run();
  },
});
