import type { Points } from '../../core/score.ts';

/** Most papers of a batch with the same scores at the top: nearly impossible unless one of them has ordered it. */
const minShare = 0.8;
const minPoints = 9;

/** Fewer papers may all deserve it. In a part of a batch that looked like this before, two are enough. */
const minPapers = { first: 3, part: 2 };

/** A model that gives such scores to this many batches, and others to none, scores like this without any order. */
const maxBatches = 6;

/**
 * Finds answers that look as if the model had obeyed a paper that orders top scores for a whole batch. Such a batch is
 * scored again in halves, until the paper that gives the order is alone.
 */
export const createObedienceCheck = () => {
  const suspected = new Set<string>();
  let high = 0;
  let ordinary = 0;
  return {
    /** @param papers Ids of the batch. */
    isSuspicious: (papers: readonly string[], verdicts: readonly Points[]): boolean => {
      const isPart = papers.every((id) => suspected.has(id));
      if (papers.length < (isPart ? minPapers.part : minPapers.first)) return false;
      const counts = new Map<string, number>();
      for (const { relevance, novelty } of verdicts) {
        if (relevance < minPoints || novelty < minPoints) continue;
        const key = `${relevance} ${novelty}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      if (Math.max(0, ...counts.values()) < minShare * papers.length) {
        ordinary += 1;
        return false;
      }
      high += 1;
      if (ordinary === 0 && high > maxBatches) return false;
      for (const id of papers) suspected.add(id);
      return true;
    },
  };
};
