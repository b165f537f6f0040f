import QuickLRU from 'quick-lru';

/** Returns a function that is true for new ids. Platforms may deliver an event again if they saw no acknowledgement. */
export const createSeen = (limit: number): ((id: string) => boolean) => {
  const ids = new QuickLRU<string, true>({ maxSize: limit });
  return (id) => {
    if (ids.has(id)) return false;
    ids.set(id, true);
    return true;
  };
};
