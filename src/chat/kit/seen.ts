import QuickLRU from 'quick-lru';

/** Tells whether an id is new. For events that a platform delivers again if it thinks they were missed. */
export const createSeen = (limit: number): ((id: string) => boolean) => {
  const ids = new QuickLRU<string, true>({ maxSize: limit });
  return (id) => {
    if (ids.has(id)) return false;
    ids.set(id, true);
    return true;
  };
};
