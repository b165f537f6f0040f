import type BetterSqlite3 from 'better-sqlite3';
import { createSharedReads, type SharedReads } from '../../rules/shared-reads.ts';

const ofConnection = new WeakMap<BetterSqlite3.Database, SharedReads>();

/** Those of a connection, for all of its stores. */
export const sharedReadsOf = (sqlite: BetterSqlite3.Database): SharedReads => {
  // Changes only if another connection, such as that of another process, has written.
  const version = (): unknown => sqlite.pragma('data_version', { simple: true });
  const reads = ofConnection.get(sqlite) ?? createSharedReads(version);
  ofConnection.set(sqlite, reads);
  return reads;
};
