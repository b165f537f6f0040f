type Key = readonly (string | number)[];

/**
 * Gives all readers of the same thing the same objects while any of them still uses it. Many channels work on the same
 * papers at the same time, and a copy for each would take hundreds of megabytes. Nothing is kept alive for later. Readers
 * must not change what they get.
 * @param version Differs after every change by another connection that was committed before the call.
 */
export const createSharedReads = (version: () => unknown) => {
  const inUse = new Map<string, WeakRef<object>>();
  const underWay = new Map<string, Promise<object>>();
  let writes = 0;

  return {
    async read<T extends object>(key: Key, read: () => Promise<T>): Promise<T> {
      const seen = await version();
      const name = JSON.stringify([writes, seen, ...key]);
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

export type SharedReads = ReturnType<typeof createSharedReads>;
