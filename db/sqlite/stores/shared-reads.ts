import type BetterSqlite3 from 'better-sqlite3';

type Key = readonly (string | number)[];

/**
 * Gives all readers of the same thing the same objects while any of them still uses it. Many channels work on the same
 * papers at the same time, and a copy for each would take hundreds of megabytes. Nothing is kept alive for later. Readers
 * must not change what they get.
 */
const createSharedReads = (sqlite: BetterSqlite3.Database) => {
  const inUse = new Map<string, WeakRef<object>>();
  const underWay = new Map<string, Promise<object>>();
  let writes = 0;

  return {
    async read<T extends object>(key: Key, read: () => Promise<T>): Promise<T> {
      // Changes only if another connection, such as that of another process, has written.
      const version = sqlite.pragma('data_version', { simple: true });
      const name = JSON.stringify([writes, version, ...key]);
      const shared = inUse.get(name)?.deref() ?? underWay.get(name);
      // The same name always leads to the same kind of result.
      if (shared) return shared as T | Promise<T>;
      const reading = read();
      underWay.set(name, reading);
      try {
        const found = await reading;
        for (const [other, ref] of inUse) if (!ref.deref()) inUse.delete(other);
        inUse.set(name, new WeakRef(found));
        return found;
      } finally {
        underWay.delete(name);
      }
    },
    /** To be called after a write to what is read. */
    forget(): void {
      writes += 1;
    },
  };
};

type SharedReads = ReturnType<typeof createSharedReads>;

const ofConnection = new WeakMap<BetterSqlite3.Database, SharedReads>();

/** Those of a connection, for all of its stores. */
export const sharedReadsOf = (sqlite: BetterSqlite3.Database): SharedReads => {
  const reads = ofConnection.get(sqlite) ?? createSharedReads(sqlite);
  ofConnection.set(sqlite, reads);
  return reads;
};
