import type { SharedMemory } from '../../src/core/shared-memory.ts';

/** Limits the memory of one kind. The value that expires first is removed first. */
const maxValues = 10_000;

type Kept = { value: unknown; until: number };

/** For a database that one process serves. */
export const createProcessMemory = (monotonic: () => number = () => performance.now()): SharedMemory => {
  const kinds = new Map<string, Map<string, Kept>>();

  const keptOf = (kind: string): Map<string, Kept> => {
    const kept = kinds.get(kind) ?? new Map<string, Kept>();
    kinds.set(kind, kept);
    return kept;
  };

  const read = (kind: string, key: string): Kept | undefined => {
    const one = keptOf(kind).get(key);
    return one && one.until > monotonic() ? one : undefined;
  };

  const write = (kind: string, key: string, one: Kept): void => {
    const kept = keptOf(kind);
    kept.set(key, one);
    if (kept.size <= maxValues) return;
    for (const [other, { until }] of kept) if (until <= monotonic()) kept.delete(other);
    if (kept.size <= maxValues) return;
    const [first] = [...kept].sort(([, a], [, b]) => a.until - b.until);
    if (first) kept.delete(first[0]);
  };

  return {
    async claim(kind, key, forMs, value = true) {
      if (read(kind, key)) return false;
      write(kind, key, { value, until: monotonic() + forMs });
      return true;
    },
    async put(kind, key, value, forMs) {
      write(kind, key, { value, until: monotonic() + forMs });
    },
    async add(kind, key, amount, forMs) {
      const before = read(kind, key);
      const sum = amount + (typeof before?.value === 'number' ? before.value : 0);
      write(kind, key, { value: sum, until: before?.until ?? monotonic() + forMs });
      return sum;
    },
    async remove(kind, key) {
      keptOf(kind).delete(key);
    },
    async list(kind, prefix = '') {
      const now = monotonic();
      return [...keptOf(kind)]
        .filter(([key, { until }]) => until > now && key.startsWith(prefix))
        .map(([key, { value, until }]) => ({ key, value, left: until - now }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
};
