import type { Database } from './client.ts';
import { digests } from './schema.ts';

/**
 * The monotonic time in milliseconds until which the database may have been replaced by an older dump, which is now;
 * undefined if it has no digests.
 */
export const lastChangeOf = async (db: Database): Promise<number | undefined> => {
  const [digest] = await db.select({ digestId: digests.digestId }).from(digests).limit(1);
  return digest && performance.now();
};
