import { stemmer } from 'stemmer';

/** A word of a text: as it is compared, and where it stands, in UTF-16 units. */
export type Token = { word: string; start: number; end: number };

// What FTS5's tokenizer unicode61 takes for a word: letters, digits and what is for private use. Marks belong to the
// letter before them, so no place between two tokens cuts a letter from its accent.
const wordPattern = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there.
const asciiPattern = /^[\x00-\x7f]*$/;

/** A word without case and accents, as the index has it before stemming. */
const fold = (word: string): string => {
  if (asciiPattern.test(word)) return word.toLowerCase();
  return word.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();
};

/** The words of a text in its order. */
export const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = [];
  for (const match of text.matchAll(wordPattern)) {
    const [raw] = match;
    tokens.push({ word: fold(raw), start: match.index, end: match.index + raw.length });
  }
  return tokens;
};

/** How many stems are remembered: the words of a language are few, but names and numbers have no end. */
const maxStems = 12_000;

/** Stems as FTS5's porter has them, each reckoned once. */
export const createStems = (): ((word: string) => string) => {
  const known = new Map<string, string>();
  return (word) => {
    const there = known.get(word);
    if (there !== undefined) return there;
    if (known.size >= maxStems) known.clear();
    // FTS5 leaves shorter and longer words, and those of other alphabets have no endings that it knows.
    const stem = word.length < 3 || word.length > 64 ? word : stemmer(word);
    known.set(word, stem);
    return stem;
  };
};

export type Stems = ReturnType<typeof createStems>;
