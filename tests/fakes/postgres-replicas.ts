import { type Database, databaseOf, openPool } from '../../db/postgres/client.ts';
import { withFailures } from '../../db/postgres/faults.ts';
import { deliveries, digests, rubrics } from '../../db/postgres/schema.ts';
import { createChangeStore } from '../../db/postgres/stores/changes.ts';
import { createEarlyHeaderStore } from '../../db/postgres/stores/early-headers.ts';
import { createLeaseStore } from '../../db/postgres/stores/leases.ts';
import { createLedger } from '../../db/postgres/stores/ledger.ts';
import { createOutbox } from '../../db/postgres/stores/outbox.ts';
import { createSigningKeyStore } from '../../db/postgres/stores/signing-keys.ts';
import { rubricOf } from './fixtures.ts';

/** The stores of one process that a race is about, with connections of its own. */
export const openReplica = (url: string) => {
  const pool = openPool(url);
  const db = databaseOf(pool);
  return {
    db,
    changes: withFailures(createChangeStore(db)),
    earlyHeaders: withFailures(createEarlyHeaderStore(db)),
    leases: withFailures(createLeaseStore(db)),
    ledger: withFailures(createLedger(db)),
    outbox: withFailures(createOutbox(db, undefined)),
    signingKeys: withFailures(createSigningKeyStore(db)),
    close: () => pool.end(),
  };
};

export type Replica = ReturnType<typeof openReplica>;

/** Stores a digest without papers. @returns the ids of the deliveries of its header, one for each destination. */
export const storeHeaders = async (
  db: Database,
  channel: string,
  destinations: readonly string[],
): Promise<number[]> => {
  await db.insert(rubrics).values(rubricOf()).onConflictDoNothing();
  const zero = { announced: 0, scanned: 0, relevant: 0, unscored: 0 };
  const tokens = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  const [digest] = await db
    .insert(digests)
    .values({
      ...{ channel, date: '2025-07-08', createdAt: '2025-07-08T12:00:00.000Z', rubric: 'rubric-1' },
      ...{ ...zero, ...tokens, cutoffRelevance: 8, cutoffNovelty: 7, engines: [], notices: [] },
    })
    .returning();
  const rows = await db
    .insert(deliveries)
    .values(
      destinations.map((destination) => ({
        ...{ key: destination, digestId: digest?.digestId ?? 0, destination },
        ...{ rank: 0, status: 'pending' as const },
      })),
    )
    .returning();
  return rows.map(({ deliveryId }) => deliveryId);
};
