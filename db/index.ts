import type { Stores } from '../src/core/stores.ts';
import { openDatabase } from './client.ts';
import { createSearchStore } from './search/index.ts';
import { createAnnouncementStore } from './stores/announcements.ts';
import { createAuthorStore } from './stores/authors.ts';
import { createChangeStore } from './stores/changes.ts';
import { createDigestStore } from './stores/digests.ts';
import { createLeaseStore } from './stores/leases.ts';
import { createLedger } from './stores/ledger.ts';
import { createOutbox } from './stores/outbox.ts';
import { createReactionStore } from './stores/reactions.ts';
import { createRunStore } from './stores/runs.ts';
import { createSavedStore } from './stores/saved.ts';
import { createScoreStore } from './stores/scores.ts';
import { createWebMessageStore } from './stores/web-messages.ts';

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
