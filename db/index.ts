import { errorText, systemFault, UserError } from '../src/core/errors.ts';
import type { Stores } from '../src/core/stores.ts';
import { type Database, openDatabase } from './client.ts';
import { createSearchStore } from './search/index.ts';
import { createAnnouncementStore } from './stores/announcements.ts';
import { createAuthorStore } from './stores/authors.ts';
import { createChangeStore } from './stores/changes.ts';
import { createDigestStore } from './stores/digests.ts';
import { createLedger } from './stores/ledger.ts';
import { createModelHabitStore } from './stores/model-habits.ts';
import { createOutbox } from './stores/outbox.ts';
import { createReactionStore } from './stores/reactions.ts';
import { createLeaseStore, createRunStore } from './stores/runs.ts';
import { createSavedStore } from './stores/saved.ts';
import { createScoreStore } from './stores/scores.ts';
import { createWebMessageStore } from './stores/web-messages.ts';

const fileFault = /^(E[A-Z]+|SQLITE_(CANTOPEN|NOTADB|READONLY|PERM|FULL|CORRUPT|BUSY|IOERR)\w*)$/;

const adviceFor = (error: unknown): string => {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (/^SQLITE_(?:BUSY|FULL|CORRUPT|IOERR)|^ENOSPC$/.test(code)) return systemFault(error) ?? '';
  return 'Set DATABASE_URL to file: followed by a writable path.';
};

const openFile = (file: string, busyTimeoutMs?: number): Database => {
  try {
    return openDatabase(file, busyTimeoutMs);
  } catch (error) {
    if (!fileFault.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const reason = `The database ${file} cannot be opened (${errorText(error)})`;
    throw new UserError(`${reason}. ${adviceFor(error)}`, { cause: error });
  }
};

/**
 * All stores in one SQLite file; `:memory:` keeps them in memory only.
 * @throws UserError if the file cannot be opened as a database.
 */
export const openStores = (file: string, busyTimeoutMs?: number): Stores => {
  const db = openFile(file, busyTimeoutMs);
  const search = createSearchStore(file, db.$client);
  return {
    announcements: createAnnouncementStore(db),
    scores: createScoreStore(db),
    ledger: createLedger(db),
    modelHabits: createModelHabitStore(db),
    digests: createDigestStore(db),
    outbox: createOutbox(db),
    leases: createLeaseStore(db),
    reactions: createReactionStore(db),
    authors: createAuthorStore(db),
    runs: createRunStore(db),
    webMessages: createWebMessageStore(db),
    search: search.store,
    saved: createSavedStore(db),
    changes: createChangeStore(db),
    close: () => {
      search.close();
      db.$client.close();
    },
  };
};
