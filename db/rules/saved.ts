import type { SavedPaper } from '../../src/core/reading.ts';

/** A person may have saved a paper with several identities. It is on their list once, from the first time. @param saved Newest first. */
export const savedOnce = (saved: readonly SavedPaper[]): SavedPaper[] => {
  const first = new Map(saved.map((one) => [one.paper.id, one]));
  return saved.filter((one) => first.get(one.paper.id) === one);
};
