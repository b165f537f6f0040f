import { stemmer } from 'stemmer';
import { withPlainLetters } from '../../src/core/folding.ts';

export type Token = { word: string; start: number; end: number };

// A word as FTS5's tokenizer unicode61 defines it: letters, digits and private-use characters. Marks belong to the
// letter before them, so no boundary separates a letter from its accent.
const wordPattern = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with control characters.
const asciiPattern = /^[\x00-\x7f]*$/;

/** Removes case and accents from a word and makes its letters plain, as in the index before stemming. */
const fold = (word: string): string => {
  if (asciiPattern.test(word)) return word.toLowerCase();
  return withPlainLetters(word).normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();
};

export const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = [];
  for (const match of text.matchAll(wordPattern)) {
    const [raw] = match;
    tokens.push({ word: fold(raw), start: match.index, end: match.index + raw.length });
  }
  return tokens;
};

/** Limits the cache, because texts keep adding new names and numbers. */
const maxStems = 12_000;

export const createStems = (): ((word: string) => string) => {
  const known = new Map<string, string>();
  return (word) => {
    const there = known.get(word);
    if (there !== undefined) return there;
    if (known.size >= maxStems) known.clear();
    // FTS5 does not stem shorter or longer words, or words in other alphabets.
    const stem = word.length < 3 || word.length > 64 ? word : stemmer(word);
    known.set(word, stem);
    return stem;
  };
};

export type Stems = ReturnType<typeof createStems>;
