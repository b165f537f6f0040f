import { dirname } from 'node:path';
import { UserError } from '../../src/core/errors.ts';
import { mayWriteTo, thisUser } from '../../src/core/folder.ts';
import type { Stores } from '../../src/core/stores.ts';
import { schemaStateOf } from './backup/inspect.ts';
import { type Database, type DatabaseOptions, openDatabase } from './client.ts';
import { readDamage } from './damage.ts';
import { type Sqlite, writeLogBack } from './driver.ts';
import { storageFailure, withFailures } from './faults.ts';
import { lastChangeOf } from './last-change.ts';
import { createProcessMemory } from './process-memory.ts';
import { pruneDatabase } from './retention/prune-database.ts';
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
import { createLedger } from './stores/ledger.ts';
import { createLinkStore } from './stores/links.ts';
import { createModelHabitStore } from './stores/model-habits.ts';
import { createOutbox } from './stores/outbox.ts';
import { createReactionStore } from './stores/reactions.ts';
import { createReadMarkStore } from './stores/read-marks.ts';
import { createLeaseStore, createRunStore } from './stores/runs.ts';
import { createSavedStore } from './stores/saved.ts';
import { createScoreStore } from './stores/scores.ts';
import { createSigningKeyStore } from './stores/signing-keys.ts';
import { createSummaryStore } from './stores/summaries.ts';
import { createUpdateNoteStore } from './stores/update-notes.ts';
import { createWebMessageStore } from './stores/web-messages.ts';

const openFile = (file: string, options?: DatabaseOptions): Database => {
  try {
    return openDatabase(file, options);
  } catch (error) {
    const folder = dirname(file);
    if (!mayWriteTo(folder))
      throw new UserError(
        `The database cannot be opened, because ${thisUser()} may not write to ${folder}. Make that folder theirs with chown, or set DATABASE_URL to file: followed by a writable path.`,
      );
    throw storageFailure(error, file);
  }
};

/** Milliseconds to wait for the readers of other processes. */
const closeMs = 1_000;

const closeDatabase = (sqlite: Sqlite): void => {
  try {
    // The last connection does this when it closes. This one may not be the last.
    writeLogBack(sqlite, closeMs);
  } catch {
    // The next connection does it. A full disk must not keep the program from ending.
  }
  sqlite.close();
};

/**
 * All stores in one SQLite file; `:memory:` keeps them in memory only.
 * @throws UserError if the file cannot be opened as a database. Every method rejects with one if the file or the disk
 * is at fault.
 */
export const openStores = (file: string, options?: DatabaseOptions): Stores => {
  const changedAt = lastChangeOf(file);
  const db = openFile(file, options);
  const readVersion = db.$client
    .prepare<[], string>("SELECT data_version || '.' || total_changes() FROM pragma_data_version")
    .pluck();
  const search = createSearchStore(file, db.$client);
  const guarded = <Store extends object>(store: Store): Store => withFailures(store, file);
  return {
    announcements: guarded(createAnnouncementStore(db)),
    scores: guarded(createScoreStore(db)),
    summaries: guarded(createSummaryStore(db)),
    ledger: guarded(createLedger(db)),
    modelHabits: guarded(createModelHabitStore(db)),
    batches: guarded(createBatchStore(db)),
    digests: guarded(createDigestStore(db)),
    outbox: guarded(createOutbox(db, changedAt)),
    leases: guarded(createLeaseStore(db)),
    earlyHeaders: guarded(createEarlyHeaderStore(db)),
    reactions: guarded(createReactionStore(db)),
    authors: guarded(createAuthorStore(db)),
    runs: guarded(createRunStore(db)),
    health: guarded(createHealthStore(db)),
    webMessages: guarded(createWebMessageStore(db)),
    search: search.store,
    conversations: guarded(createConversationStore(db)),
    saved: guarded(createSavedStore(db)),
    readMarks: guarded(createReadMarkStore(db)),
    links: guarded(createLinkStore(db)),
    changes: guarded(createChangeStore(db)),
    sharedMemory: createProcessMemory(),
    signingKeys: guarded(createSigningKeyStore(db)),
    schema: () => schemaStateOf(db.$client),
    updateNotes: guarded(createUpdateNoteStore(db)),
    version: async () => readVersion.get() ?? '',
    damage: (signal) => readDamage(file, db.$client, signal),
    size: async () => readSize(db.$client),
    prune: (before, signal) => pruneDatabase(file, before, signal),
    async close() {
      search.close();
      closeDatabase(db.$client);
    },
  };
};
