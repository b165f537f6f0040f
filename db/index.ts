import { errorText, UserError } from '../src/core/errors.ts';
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

const openFile = (file: string): Database => {
  try {
    return openDatabase(file);
  } catch (error) {
    if (!fileFault.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const reason = `The database ${file} cannot be opened (${errorText(error)})`;
    throw new UserError(`${reason}. Set DATABASE_URL to file: followed by a writable path.`, { cause: error });
  }
};

/**
 * All stores in one SQLite file; `:memory:` keeps them in memory only.
 * @throws UserError if the file cannot be opened as a database.
 */
export const openStores = (file: string): Stores => {
  const db = openFile(file);
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
