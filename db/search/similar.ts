import { setImmediate as turn } from 'node:timers/promises';
import type { Paper } from '../../src/core/paper.ts';
import type { Archive } from './archive.ts';
import type { Frequencies } from './frequencies.ts';
import { papersPerTurn, type Ranked } from './rank.ts';
import { stopWords, type Term, wordTerm } from './terms.ts';
import { type Stems, tokensOf } from './text.ts';

const sampleSize = 1_500;
/** Read and counted at once: few, to keep memory low and the event loop free. */
const sampleStep = 50;
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

/** In how many papers of a sample of the archive common words are, by stem. */
type Sample = { counts: ReadonlyMap<string, number>; papers: number };

const drawSample = async (archive: Archive, size: number, stems: Stems): Promise<Sample> => {
  const step = Math.max(1, size / sampleSize);
  const searchIds = Array.from({ length: Math.min(sampleSize, size) }, (_, index) => Math.floor(size - index * step));
  const counts = new Map<string, number>();
  let papers = 0;
  for (let start = 0; start < searchIds.length; start += sampleStep) {
    await turn();
    const found = await archive.read(searchIds.slice(start, start + sampleStep));
    papers += found.length;
    for (const { paper } of found)
      for (const stem of countsOf(paper, stems).keys()) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  return { counts: new Map([...counts].filter(([, count]) => count >= minCount)), papers };
};

const createSampling = (stems: Stems) => {
  let sample: Promise<Sample> | undefined;
  let takenAt = 0;
  return (archive: Archive, size: number): Promise<Sample> => {
    if (sample && takenAt > 0 && size <= takenAt * maxGrowth) return sample;
    takenAt = size;
    const drawn = drawSample(archive, size, stems);
    sample = drawn;
    // The next search tries again.
    drawn.catch(() => {
      if (sample === drawn) sample = undefined;
    });
    return drawn;
  };
};

const share = (part: number, whole: number): number => Math.log((whole + 1) / (part + 0.5));

const repeated = (count: number): number => 1 + Math.log(count);

const lengthOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
};

/** Ranks papers by the cosine similarity of their tf-idf vectors, 0 to 1. */
export const createSimilar = (frequencies: Frequencies, stems: Stems) => {
  const sampleOf = createSampling(stems);

  const candidates = async (
    archive: Archive,
    terms: readonly { term: Term; weight: number }[],
  ): Promise<readonly number[]> => {
    const sums = new Map<number, number>();
    const found = await archive.newest(terms, maxPapersByTerm);
    for (const [index, { weight }] of terms.entries())
      for (const searchId of found[index] ?? []) sums.set(searchId, (sums.get(searchId) ?? 0) + weight);
    return [...sums]
      .sort(([a, sumA], [b, sumB]) => sumB - sumA || b - a)
      .slice(0, maxCompared)
      .map(([searchId]) => searchId);
  };

  /** Most similar papers first, without the paper itself. `terms` are its most characteristic terms, for marking. */
  return async (
    archive: Archive,
    paper: Paper,
    limit: number,
  ): Promise<{ ranked: Ranked[]; terms: Term[]; weights: number[] }> => {
    const size = await archive.size();
    const sample = await sampleOf(archive, size);
    const words = [...countsOf(paper, stems)].map(([stem, { word, count }]) => {
      return { stem, count, term: wordTerm(word, stem), inSample: sample.counts.get(stem) };
    });
    // Common words get their weight from the sample, rare ones from the index.
    const rare = words.filter(({ inSample }) => inSample === undefined).map(({ term }) => term);
    const counts = await frequencies(archive, rare, size);
    const frequencyOf = new Map(rare.map((term, index) => [term, counts[index] ?? 0]));
    const idfs = new Map(
      words.map(({ stem, term, inSample }) => [
        stem,
        inSample === undefined ? share(frequencyOf.get(term) ?? 0, size) : share(inSample, sample.papers),
      ]),
    );
    /** Treats every word missing from the sample as equally rare. */
    const roughIdf = (stem: string): number => share(sample.counts.get(stem) ?? 1, sample.papers);

    const vector = new Map(words.map(({ stem, count }) => [stem, repeated(count) * Math.max(0, idfs.get(stem) ?? 0)]));
    const length = lengthOf(vector.values());
    const own = (await archive.has(paper.id)) ? 1 : 0;
    const chosen = words
      // Leave out terms that no other paper contains.
      .filter(({ term, inSample }) => (inSample ?? frequencyOf.get(term) ?? 0) > own)
      .map(({ stem, term }) => ({ term, weight: vector.get(stem) ?? 0 }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, maxTerms);

    const cosine = (other: Paper): number => {
      let product = 0;
      const weights: number[] = [];
      for (const [stem, { count }] of countsOf(other, stems)) {
        const weight = repeated(count) * Math.max(0, idfs.get(stem) ?? roughIdf(stem));
        weights.push(weight);
        product += (vector.get(stem) ?? 0) * weight;
      }
      const lengths = length * lengthOf(weights);
      return lengths > 0 ? Math.min(1, product / lengths) : 0;
    };

    const compared: Ranked[] = [];
    const found = chosen.length > 0 ? await archive.read(await candidates(archive, chosen)) : [];
    for (const [index, one] of found.entries()) {
      if (index % papersPerTurn === papersPerTurn - 1) await turn();
      if (one.paper.id !== paper.id) compared.push({ ...one, similarity: cosine(one.paper) });
    }
    const ranked = compared
      .filter(({ similarity }) => similarity >= minSimilarity)
      .sort((a, b) => b.similarity - a.similarity || b.searchId - a.searchId)
      .slice(0, limit);
    return { ranked, terms: chosen.map(({ term }) => term), weights: chosen.map(({ weight }) => weight) };
  };
};
