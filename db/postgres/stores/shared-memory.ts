import type { SharedMemory, SharedValue } from '../../../src/core/shared-memory.ts';
import { orm } from '../../drizzle.ts';
import type { Database } from '../client.ts';
import { storable, storableJson } from '../columns.ts';
import { isChanged } from '../results.ts';
import { sharedMemory } from '../schema-shared.ts';
import { serverNow } from '../server-clock.ts';

const { and, eq, lte, sql } = orm;

/** Milliseconds between removals of expired values by a process that stores some. */
const tidyMs = 60_000;

const isExpired = lte(sharedMemory.expiresAt, serverNow);

export const createSharedMemory = (db: Database): SharedMemory => {
  let tidiedAt = performance.now();
  const tidy = async (): Promise<void> => {
    if (performance.now() - tidiedAt < tidyMs) return;
    tidiedAt = performance.now();
    await db.delete(sharedMemory).where(isExpired);
  };

  const after = (ms: number) => sql`${serverNow} + ${Math.round(ms)}::bigint`;

  /** @param isKept True to leave a value that has not expired. */
  const store = async (kind: string, key: string, value: unknown, forMs: number, isKept: boolean): Promise<boolean> => {
    await tidy();
    const expiresAt = after(forMs);
    const stored = await db
      .insert(sharedMemory)
      .values({ kind, key, value, expiresAt })
      .onConflictDoUpdate({
        target: [sharedMemory.kind, sharedMemory.key],
        set: { value, expiresAt },
        ...(isKept && { setWhere: isExpired }),
      });
    return isChanged(stored);
  };

  return {
    claim: (kind, key, forMs, value = true) => store(kind, key, value, forMs, true),

    async put(kind, key, value, forMs) {
      await store(kind, key, value, forMs, false);
    },

    async add(kind, key, amount, forMs) {
      await tidy();
      const { rows } = await db.execute<{ sum: number }>(sql`
        INSERT INTO shared_memory AS kept (kind, key, value, expires_at)
        VALUES (${storable(kind)}, ${storable(key)}, ${storableJson(amount)}::jsonb, ${after(forMs)})
        ON CONFLICT (kind, key) DO UPDATE SET
          value = CASE WHEN kept.expires_at > ${serverNow} THEN to_jsonb(kept.value::float8 + excluded.value::float8)
            ELSE excluded.value END,
          expires_at = CASE WHEN kept.expires_at > ${serverNow} THEN kept.expires_at ELSE excluded.expires_at END
        RETURNING value::float8 AS sum`);
      return rows[0]?.sum ?? amount;
    },

    async remove(kind, key) {
      await db.delete(sharedMemory).where(and(eq(sharedMemory.kind, kind), eq(sharedMemory.key, key)));
    },

    async list(kind, prefix = '') {
      const { rows } = await db.execute<SharedValue>(sql`
        SELECT key, value, expires_at - ${serverNow} AS "left" FROM shared_memory
        WHERE kind = ${storable(kind)} AND starts_with(key, ${storable(prefix)}) AND expires_at > ${serverNow}
        ORDER BY key`);
      return rows;
    },
  };
};
