import type { Standing } from '../../core/score.ts';

const maxMatch = 99.9;

/** Index of the first value of at least `value` in ascending values, which is the number of smaller ones. */
const countBelow = (sorted: Float32Array, value: number): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * Ranks the papers of a day, which are the first of all papers, and compares them with all. A match is a quantile
 * because the raw values change with the corpus and mean nothing to people.
 * @param values Raw relevance of all papers, of the day and of the archive.
 * @param hasWords One for each paper of the day: true if it contains a term of the topics. Other papers come last.
 */
export const standingsOf = (values: Float32Array, hasWords: readonly boolean[]): Standing[] => {
  const sorted = values.toSorted();
  const relevanceOf = (row: number): number => values[row] ?? 0;
  const order = [...hasWords.keys()].sort(
    (a, b) => Number(hasWords[b]) - Number(hasWords[a]) || relevanceOf(b) - relevanceOf(a) || a - b,
  );
  const standings: Standing[] = [];
  for (const [index, row] of order.entries()) {
    const share = sorted.length < 2 ? 1 : countBelow(sorted, relevanceOf(row)) / (sorted.length - 1);
    const match = hasWords[row] ? Math.min(maxMatch, Math.round(10_000 * share) / 100) : 0;
    standings[row] = { position: index + 1, of: order.length, match };
  }
  return standings;
};
