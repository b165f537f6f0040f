import type { Archive } from './archive.ts';
import { keyOf, type Term } from './terms.ts';

const maxFrequencies = 8_000;
/** The numbers are counted again when the archive has grown by this factor. */
const maxGrowth = 1.05;

/** Numbers of papers that contain terms, kept for the next searches. */
export const createFrequencies = () => {
  const known = new Map<string, number>();
  let countedAt = 0;

  return async (archive: Archive, terms: readonly Term[], size: number): Promise<number[]> => {
    if (size > countedAt * maxGrowth || size < countedAt || known.size > maxFrequencies) {
      known.clear();
      countedAt = size;
    }
    const missing = terms.filter((term) => !known.has(keyOf(term)));
    const counts = missing.length > 0 ? await archive.frequencies(missing, size) : [];
    const found = new Map(missing.map((term, index) => [keyOf(term), counts[index] ?? 0]));
    for (const [key, count] of found) known.set(key, count);
    // Another search may have forgotten all of them meanwhile.
    return terms.map((term) => found.get(keyOf(term)) ?? known.get(keyOf(term)) ?? 0);
  };
};

export type Frequencies = ReturnType<typeof createFrequencies>;
