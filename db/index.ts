import type { Stores } from '../src/core/stores.ts';
import { createAnnouncementStore } from './announcements.ts';
import { createAuthorStore } from './authors.ts';
import { createChangeStore } from './changes.ts';
import { openDatabase } from './client.ts';
import { createDigestStore } from './digests.ts';
import { createLeaseStore } from './leases.ts';
import { createLedger } from './ledger.ts';
import { createOutbox } from './outbox.ts';
import { createReactionStore } from './reactions.ts';
import { createRunStore } from './runs.ts';
import { createSavedStore } from './saved.ts';
import { createScoreStore } from './scores.ts';
import { createSearchStore } from './search/index.ts';
import { createWebMessageStore } from './web-messages.ts';

/** All stores on one SQLite file; `:memory:` for one that is gone when closed. */
export const openStores = (file: string): Stores => {
  const db = openDatabase(file);
  const search = createSearchStore(file, db.$client);
  return {
    announcements: createAnnouncementStore(db),
    scores: createScoreStore(db),
    ledger: createLedger(db),
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
