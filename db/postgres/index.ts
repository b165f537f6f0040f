import type { Stores } from '../../src/core/stores.ts';
import { orm } from '../drizzle.ts';
import { createSharedReads } from '../rules/shared-reads.ts';
import { databaseOf, listen, openPool } from './client.ts';
import { storageFailure, whenReachable, withFailures } from './faults.ts';
import { forgetAgain } from './forgotten.ts';
import { lastChangeOf } from './last-change.ts';
import { migrate, readSchemaState } from './migrate.ts';
import { prunePapers } from './prune.ts';
import { announcedPapers, announcements, papers } from './schema.ts';
import { createSearchStore } from './search/index.ts';
import { readSize } from './size.ts';
import { createAnnouncementStore } from './stores/announcements.ts';
import { createAuthorStore } from './stores/authors.ts';
import { createBatchStore } from './stores/batches.ts';
import { createChangeStore } from './stores/changes.ts';
import { createConversationStore } from './stores/conversations.ts';
import { createDigestStore } from './stores/digests.ts';
import { createEarlyHeaderStore } from './stores/early-headers.ts';
import { createHealthStore } from './stores/health.ts';
import { createLeaseStore } from './stores/leases.ts';
import { createLedger } from './stores/ledger.ts';
import { createLinkStore } from './stores/links.ts';
import { createModelHabitStore } from './stores/model-habits.ts';
import { createOutbox } from './stores/outbox.ts';
import { createReactionStore } from './stores/reactions.ts';
import { createReadMarkStore } from './stores/read-marks.ts';
import { createRunStore } from './stores/runs.ts';
import { createSavedStore } from './stores/saved.ts';
import { createScoreStore } from './stores/scores.ts';
import { createSharedMemory } from './stores/shared-memory.ts';
import { createSigningKeyStore } from './stores/signing-keys.ts';
import { createSummaryStore } from './stores/summaries.ts';
import { createUpdateNoteStore } from './stores/update-notes.ts';
import { createWebMessageStore } from './stores/web-messages.ts';

/** What readers share is read from these. Other tables change all the time. */
const paperTables: ReadonlySet<string> = new Set(
  [announcedPapers, announcements, papers].map((table) => orm.getTableName(table)),
);

/**
 * All stores in a Postgres database, for any number of processes.
 * @throws UserError if the server cannot be reached or does not accept the user, or if a newer version has used the
 * database. Every method rejects with one if the server is at fault.
 */
export const openPostgresStores = async (url: string): Promise<Stores> => {
  const pool = openPool(url);
  try {
    await whenReachable(() => migrate(pool));
    const db = databaseOf(pool);
    await whenReachable(() => forgetAgain(db));
    const changedAt = await whenReachable(() => lastChangeOf(db));
    const schema = await readSchemaState(pool);
    let [changes, paperChanges] = [0, 0];
    const listener = await listen(url, (table) => {
      changes += 1;
      if (table === undefined || paperTables.has(table)) paperChanges += 1;
    });
    const shared = createSharedReads(async () => {
      await listener.synced();
      return paperChanges;
    });
    return {
      announcements: withFailures(createAnnouncementStore(db, shared)),
      authors: withFailures(createAuthorStore(db)),
      batches: withFailures(createBatchStore(db)),
      changes: withFailures(createChangeStore(db)),
      conversations: withFailures(createConversationStore(db)),
      digests: withFailures(createDigestStore(db, shared)),
      earlyHeaders: withFailures(createEarlyHeaderStore(db)),
      health: withFailures(createHealthStore(db)),
      ledger: withFailures(createLedger(db)),
      leases: withFailures(createLeaseStore(db)),
      modelHabits: withFailures(createModelHabitStore(db)),
      outbox: withFailures(createOutbox(db, changedAt)),
      reactions: withFailures(createReactionStore(db)),
      readMarks: withFailures(createReadMarkStore(db)),
      links: withFailures(createLinkStore(db)),
      runs: withFailures(createRunStore(db)),
      saved: withFailures(createSavedStore(db)),
      scores: withFailures(createScoreStore(db)),
      sharedMemory: withFailures(createSharedMemory(db)),
      signingKeys: withFailures(createSigningKeyStore(db)),
      summaries: withFailures(createSummaryStore(db)),
      updateNotes: withFailures(createUpdateNoteStore(db)),
      webMessages: withFailures(createWebMessageStore(db)),
      search: withFailures(createSearchStore(db)),
      schema: () => schema,
      async version() {
        await listener.synced();
        return String(changes);
      },
      damage: async () => undefined,
      size: () => readSize(db),
      prune: (before, signal) => prunePapers(db, before, signal),
      async close() {
        await listener.close();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw storageFailure(error);
  }
};
