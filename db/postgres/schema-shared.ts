import { json, long, text } from './columns.ts';
import { postgresCore } from './driver.ts';

const { index, pgTable, primaryKey } = postgresCore;

/** Unlogged: it is written often, and may be lost. No trigger tells of its changes, see `SharedMemory`. */
export const sharedMemory = pgTable(
  'shared_memory',
  {
    kind: text().notNull(),
    key: text().notNull(),
    value: json().notNull(),
    /** By the clock of the server, milliseconds since 1970. */
    expiresAt: long('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.key] }), index('shared_memory_expiry').on(table.expiresAt)],
);
