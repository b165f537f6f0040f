import type { Paper } from '../../src/core/paper.ts';
import type { Found } from './archive.ts';
import type { Term } from './terms.ts';
import { type Stems, type Token, tokensOf } from './text.ts';

/** A place where a term stands, in UTF-16 units and in words. */
export type Hit = {
  term: number;
  start: number;
  end: number;
  /** Which word of the text it begins with, and how many it has. */
  first: number;
  words: number;
  /** The words as they were typed, not only others of their stem. */
  isExact: boolean;
};

/** Stemming never changes a word's first letters, and comparing them spares nearly every word. */
const sharedLetters = 2;

const readHit = (
  tokens: readonly Token[],
  first: number,
  term: Term,
  stems: Stems,
): { isExact: boolean } | undefined => {
  let isExact = true;
  for (let place = 0; place < term.words.length; place += 1) {
    const word = tokens[first + place]?.word ?? '';
    const wanted = term.words[place] ?? '';
    if (word === wanted) continue;
    const mayGoOn = term.isPrefix && place === term.words.length - 1;
    if (mayGoOn && word.startsWith(wanted)) continue;
    if (!word.startsWith(wanted.slice(0, sharedLetters))) return undefined;
    const stem = stems(word);
    const wantedStem = term.stems[place] ?? '';
    if (stem !== wantedStem && !(mayGoOn && stem.startsWith(wantedStem))) return undefined;
    isExact = false;
  }
  return { isExact };
};

/** Where the terms stand among the words of a text, in its order. */
const hitsAmong = (tokens: readonly Token[], terms: readonly Term[], stems: Stems): Hit[] => {
  const hits: Hit[] = [];
  for (let first = 0; first < tokens.length; first += 1) {
    for (const [index, term] of terms.entries()) {
      const words = term.words.length;
      const last = tokens[first + words - 1];
      const found = last && readHit(tokens, first, term, stems);
      const start = tokens[first]?.start ?? 0;
      if (found) hits.push({ term: index, start, end: last.end, first, words, ...found });
    }
  }
  return hits;
};

export const hitsIn = (text: string, terms: readonly Term[], stems: Stems): Hit[] =>
  hitsAmong(tokensOf(text), terms, stems);

export type Ranked = Found & { similarity: number };

/**
 * How much a hit counts by where it stands, and how much longer fields thin their hits out (b of BM25F: Robertson,
 * Zaragoza & Taylor, Simple BM25 Extension to Multiple Weighted Fields, 2004). `words` is a usual length.
 */
const fields = [
  { of: (paper: Paper) => paper.title, weight: 5, words: 10, b: 0.3 },
  { of: (paper: Paper) => paper.authors.join(' · '), weight: 4, words: 10, b: 0 },
  { of: (paper: Paper) => paper.abstract, weight: 1, words: 170, b: 0.6 },
  { of: (paper: Paper) => paper.comments ?? '', weight: 0.5, words: 10, b: 0 },
] as const;

/** How soon more hits of a term stop counting; the usual value of BM25. */
const k1 = 1.2;
/** What a hit of another word of the same stem counts against the word itself. */
const sameStem = 0.6;
/** What two words of the query count more for standing together in their order as they were typed. */
const together = 0.5;
/** The newest paper counts so much more than a very old one; half of that is gone after so many papers, about a month. */
const recency = 0.2;
const halfLife = 15_000;

/** How telling a term is that so many of the papers have. */
export const tellingOf = (frequency: number, papers: number): number =>
  Math.log(1 + (Math.max(0, papers - frequency) + 0.5) / (frequency + 0.5));

/** Terms of the query that follow each other in a text as they do in the query. */
const neighbours = (hits: readonly Hit[]): Set<number> => {
  const ends = new Set(hits.map((hit) => `${hit.term} ${hit.first + hit.words}`));
  return new Set(hits.filter((hit) => ends.has(`${hit.term - 1} ${hit.first}`)).map((hit) => hit.term));
};

const similarityOf = (paper: Paper, terms: readonly Term[], weights: readonly number[], stems: Stems): number => {
  const counts = terms.map(() => 0);
  let extra = 0;
  for (const field of fields) {
    const tokens = tokensOf(field.of(paper));
    const hits = hitsAmong(tokens, terms, stems);
    if (hits.length === 0) continue;
    const thinned = field.weight / (1 - field.b + (field.b * tokens.length) / field.words);
    for (const { term, isExact } of hits) counts[term] = (counts[term] ?? 0) + thinned * (isExact ? 1 : sameStem);
    if (terms.length > 1)
      for (const term of neighbours(hits))
        extra += (together * ((weights[term] ?? 0) + (weights[term - 1] ?? 0)) * field.weight) / (field.weight + k1);
  }
  return counts.reduce((sum, count, term) => sum + ((weights[term] ?? 0) * count * (k1 + 1)) / (count + k1), extra);
};

/** Papers by how well they fit the terms, the best first; of equals the newer. `size` is the number of the newest paper. */
export const rankPapers = (
  found: readonly Found[],
  terms: readonly Term[],
  weights: readonly number[],
  size: number,
  stems: Stems,
): Ranked[] =>
  found
    .map((one): Ranked => {
      const freshness = 1 + recency * 2 ** (-(size - one.searchId) / halfLife);
      return { ...one, similarity: similarityOf(one.paper, terms, weights, stems) * freshness };
    })
    .sort((a, b) => b.similarity - a.similarity || b.searchId - a.searchId);
