import type { Paper } from '../../../src/core/paper.ts';
import type { Archive } from './archive.ts';
import type { Ranked } from './rank.ts';
import { matchOf, stopWords, type Term } from './terms.ts';
import { type Stems, tokensOf } from './text.ts';

const sampleSize = 1_500;
/** Words found in fewer sample papers than this are counted in the whole index. */
const minCount = 5;
/** A new sample is drawn when the archive has grown by this factor. */
const maxGrowth = 1.2;
/** Number of a paper's terms to search for, and number of the newest papers to consider for each. */
const maxTerms = 14;
const maxPapersByTerm = 700;
const maxCompared = 250;
const titleWeight = 2;
/** Papers below this are not similar: almost any two papers score this high. */
const minSimilarity = 0.02;

type Counts = Map<string, { word: string; count: number }>;

const countsOf = (paper: Pick<Paper, 'title' | 'abstract'>, stems: Stems): Counts => {
  const counts: Counts = new Map();
  const read = (text: string, weight: number): void => {
    for (const { word } of tokensOf(text)) {
      if (word.length < 3 || stopWords.has(word) || /^\p{N}+$/u.test(word)) continue;
      const stem = stems(word);
      const there = counts.get(stem);
      if (there) there.count += weight;
      else counts.set(stem, { word, count: weight });
    }
  };
  read(paper.title, titleWeight);
  read(paper.abstract, 1);
  return counts;
};

const termOf = (word: string, stem: string): Term => ({ words: [word], stems: [stem], isPrefix: false });

const wordMatch = (word: string): string => matchOf(termOf(word, word));

/** Inverse document frequencies: for common words, from a sample of the archive; for rare words, from the index. */
const createIdfs = (archive: Archive, stems: Stems) => {
  let sample = new Map<string, number>();
  let papers = 0;
  let takenAt = 0;

  const renew = (): void => {
    const size = archive.size();
    if (takenAt > 0 && size <= takenAt * maxGrowth) return;
    takenAt = size;
    const step = Math.max(1, size / sampleSize);
    const searchIds = Array.from({ length: Math.min(sampleSize, size) }, (_, index) => Math.floor(size - index * step));
    const counts = new Map<string, number>();
    papers = 0;
    // Small batches keep memory low.
    for (let start = 0; start < searchIds.length; start += 100) {
      const found = archive.read(searchIds.slice(start, start + 100));
      papers += found.length;
      for (const { paper } of found)
        for (const stem of countsOf(paper, stems).keys()) counts.set(stem, (counts.get(stem) ?? 0) + 1);
    }
    sample = new Map([...counts].filter(([, count]) => count >= minCount));
  };

  const share = (part: number, whole: number): number => Math.log((whole + 1) / (part + 0.5));

  return {
    renew,
    exact(stem: string, word: string): number {
      const count = sample.get(stem);
      if (count !== undefined) return share(count, papers);
      return share(archive.frequency(wordMatch(word)), archive.size());
    },
    /** Treats every word missing from the sample as equally rare. */
    rough: (stem: string): number => share(sample.get(stem) ?? 1, papers),
  };
};

const repeated = (count: number): number => 1 + Math.log(count);

const lengthOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
};

/** Ranks papers by the cosine similarity of their tf-idf vectors, 0 to 1. */
export const createSimilar = (archive: Archive, stems: Stems) => {
  const idfs = createIdfs(archive, stems);

  const candidates = (terms: readonly { word: string; weight: number }[]): number[] => {
    const sums = new Map<number, number>();
    for (const { word, weight } of terms)
      for (const searchId of archive.matching(wordMatch(word), maxPapersByTerm).searchIds)
        sums.set(searchId, (sums.get(searchId) ?? 0) + weight);
    return [...sums]
      .sort(([a, sumA], [b, sumB]) => sumB - sumA || b - a)
      .slice(0, maxCompared)
      .map(([searchId]) => searchId);
  };

  /** Most similar papers first, without the paper itself. `terms` are its most characteristic terms, for marking. */
  return (paper: Paper, limit: number): { ranked: Ranked[]; terms: Term[]; weights: number[] } => {
    idfs.renew();
    const counts = countsOf(paper, stems);
    const vector = new Map(
      [...counts].map(([stem, { word, count }]) => [stem, repeated(count) * Math.max(0, idfs.exact(stem, word))]),
    );
    const length = lengthOf(vector.values());
    const chosen = [...vector]
      .map(([stem, weight]) => ({ stem, weight, word: counts.get(stem)?.word ?? stem }))
      // Leave out terms that no other paper contains.
      .filter(({ word }) => archive.frequency(wordMatch(word)) > (archive.searchIdOf(paper.id) === undefined ? 0 : 1))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, maxTerms);

    const cosine = (other: Paper): number => {
      let product = 0;
      const weights: number[] = [];
      for (const [stem, { count, word }] of countsOf(other, stems)) {
        const own = vector.get(stem);
        const idf = own === undefined ? idfs.rough(stem) : idfs.exact(stem, word);
        const weight = repeated(count) * Math.max(0, idf);
        weights.push(weight);
        product += (own ?? 0) * weight;
      }
      const lengths = length * lengthOf(weights);
      return lengths > 0 ? Math.min(1, product / lengths) : 0;
    };

    const ranked = archive
      .read(candidates(chosen))
      .filter((found) => found.paper.id !== paper.id)
      .map((found): Ranked => ({ ...found, similarity: cosine(found.paper) }))
      .filter(({ similarity }) => similarity >= minSimilarity)
      .sort((a, b) => b.similarity - a.similarity || b.searchId - a.searchId)
      .slice(0, limit);
    return {
      ranked,
      terms: chosen.map(({ word, stem }) => termOf(word, stem)),
      weights: chosen.map(({ weight }) => weight),
    };
  };
};
