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
export const hitsAmong = (tokens: readonly Token[], terms: readonly Term[], stems: Stems): Hit[] => {
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
