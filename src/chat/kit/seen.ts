import QuickLRU from 'quick-lru';
import type { SharedMemory } from '../../core/shared-memory.ts';

/** Longer than platforms take to deliver an event again, and than a signature of Slack is valid. */
const seenMs = 10 * 60_000;

/** What the events of one platform are claimed in. `kind` is that of `SharedMemory`. */
export type SeenBy = { memory: Pick<SharedMemory, 'claim'>; kind: string };

/**
 * Returns a function that is true for new ids. Platforms may deliver an event again if they saw no acknowledgement, with
 * several processes perhaps to another.
 * @param limit Ids that this process remembers by itself, also while the database is away.
 */
export const createSeen = (limit: number, by?: SeenBy): ((id: string) => Promise<boolean>) => {
  const ids = new QuickLRU<string, true>({ maxSize: limit });
  return async (id) => {
    if (ids.has(id)) return false;
    ids.set(id, true);
    return by === undefined || by.memory.claim(by.kind, id, seenMs).catch(() => true);
  };
};
