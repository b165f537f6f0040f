import { setImmediate as turn } from 'node:timers/promises';
import type { Paper } from '../../src/core/paper.ts';
import type { Found } from './archive.ts';
import type { Term } from './terms.ts';
import { type Stems, type Token, tokensOf } from './text.ts';

/** An occurrence of a term: `start` and `end` in UTF-16 units, `first` and `words` in words. */
export type Hit = {
  term: number;
  start: number;
  end: number;
  first: number;
  words: number;
  /** True if the hit matches the query's words, not only their stems. */
  isExact: boolean;
};

/** Stemming never changes a word's first letters, so comparing them first avoids nearly all stemming. */
const sharedLetters = 2;

const readHit = (
  tokens: readonly Token[],
  first: number,
  term: Term,
  stems: Stems,
): { isExact: boolean } | undefined => {
  let isExact = true;
  for (let offset = 0; offset < term.words.length; offset += 1) {
    const word = tokens[first + offset]?.word ?? '';
    const wanted = term.words[offset] ?? '';
    if (word === wanted) continue;
    const mayGoOn = term.isPrefix && offset === term.words.length - 1;
    if (mayGoOn && word.startsWith(wanted)) continue;
    if (!word.startsWith(wanted.slice(0, sharedLetters))) return undefined;
    const stem = stems(word);
    const wantedStem = term.stems[offset] ?? '';
    if (stem !== wantedStem && !(mayGoOn && stem.startsWith(wantedStem))) return undefined;
    isExact = false;
  }
  return { isExact };
};

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
 * Weights of the fields, their average length in words, and how much a longer field weakens its hits: b of BM25F
 * (Robertson, Zaragoza & Taylor, Simple BM25 Extension to Multiple Weighted Fields, 2004).
 */
const fields = [
  { of: (paper: Paper) => paper.title, weight: 5, words: 10, b: 0.3 },
  { of: (paper: Paper) => paper.authors.join(' · '), weight: 4, words: 10, b: 0 },
  { of: (paper: Paper) => paper.abstract, weight: 1, words: 170, b: 0.6 },
  { of: (paper: Paper) => paper.comments ?? '', weight: 0.5, words: 10, b: 0 },
] as const;

/** How quickly repeated hits of a term stop adding to the score. BM25's usual value. */
const k1 = 1.2;
const sameStem = 0.6;
/** Bonus for two words in the same order as in the query. */
const together = 0.5;
/** Bonus for the newest paper over a very old one. Halves every `halfLife` papers, about a month's worth. */
const recency = 0.2;
const halfLife = 15_000;

/** Inverse document frequency. */
export const idfOf = (frequency: number, papers: number): number =>
  Math.log(1 + (Math.max(0, papers - frequency) + 0.5) / (frequency + 0.5));

/** Terms that directly follow the query's previous term in the text. */
const neighbors = (hits: readonly Hit[]): Set<number> => {
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
      for (const term of neighbors(hits))
        extra += (together * ((weights[term] ?? 0) + (weights[term - 1] ?? 0)) * field.weight) / (field.weight + k1);
  }
  return counts.reduce((sum, count, term) => sum + ((weights[term] ?? 0) * count * (k1 + 1)) / (count + k1), extra);
};

/** Ranking this many takes about 4 ms. Then the event loop may do other work. */
export const papersPerTurn = 25;

/** Best match first; equal matches newest first. `size` is the id of the newest paper. */
export const rankPapers = async (
  found: readonly Found[],
  terms: readonly Term[],
  weights: readonly number[],
  size: number,
  stems: Stems,
): Promise<Ranked[]> => {
  const ranked: Ranked[] = [];
  for (const [index, one] of found.entries()) {
    if (index % papersPerTurn === papersPerTurn - 1) await turn();
    const freshness = 1 + recency * 2 ** (-(size - one.searchId) / halfLife);
    ranked.push({ ...one, similarity: similarityOf(one.paper, terms, weights, stems) * freshness });
  }
  return ranked.sort((a, b) => b.similarity - a.similarity || b.searchId - a.searchId);
};
