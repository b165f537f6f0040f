import { stemmer } from 'stemmer';
import { stopWords } from './words.ts';

/** Longer text than any abstract or topics file has is cut, so that one hostile paper cannot take the day's time. */
const maxTextLength = 20_000;
const maxWordLength = 40;

/** Marks in a token stream where words on both sides are no phrase: punctuation, a cut-out formula or word. */
export const phraseBreak = -1;

/** Where a token stands in the (lower-cased) text it was read from. */
export type Place = { start: number; end: number };

/** Gives every word stem a number, the same for papers and topics. */
export type Lexicon = {
  /**
   * Appends the stems of a text, in order and without stop words, to `out`; `phraseBreak` stands where a phrase ends.
   * A word joined by a hyphen is also known by its joined form ("pre-training" by "pretraining").
   */
  read(text: string, out: number[], places?: Place[]): void;
  /** The number of a name that is not text, such as a category. */
  named(name: string): number;
  /** Stems known so far. */
  size(): number;
};

const isWordCode = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 0xc0 && (code < 0x2000 || code > 0x2bff));

const space = 32;
const lineFeed = 10;
const hyphen = 45;
const backslash = 92;
const apostrophe = 39;
const digits = /^\d+$/;

export const createLexicon = (): Lexicon => {
  const numbers = new Map<string, number>();
  const stemOfWord = new Map<string, number>();
  const none = -2;

  const numberOf = (stem: string): number => {
    const known = numbers.get(stem);
    if (known !== undefined) return known;
    numbers.set(stem, numbers.size);
    return numbers.size - 1;
  };

  const stemNumber = (word: string): number => {
    const known = stemOfWord.get(word);
    if (known !== undefined) return known;
    const dropped = word.length < 2 || word.length > maxWordLength || stopWords.has(word) || digits.test(word);
    const stem = dropped ? none : numberOf(stemmer(word));
    stemOfWord.set(word, stem);
    return stem;
  };

  const read = (text: string, out: number[], places?: Place[]): void => {
    const lower = (text.length > maxTextLength ? text.slice(0, maxTextLength) : text).toLowerCase();
    const compounds: { stem: number; place: Place }[] = [];
    const add = (stem: number, start: number, end: number): void => {
      if (stem === none) return;
      if (stem === phraseBreak && out.at(-1) === phraseBreak) return;
      out.push(stem);
      places?.push({ start, end });
    };
    let position = 0;
    /** Start of the word before a hyphen, while nothing but that hyphen came after it. */
    let compoundStart = -1;
    let wordStart = -1;
    while (position < lower.length) {
      const code = lower.charCodeAt(position);
      if (isWordCode(code)) {
        wordStart = position;
        while (position < lower.length && isWordCode(lower.charCodeAt(position))) position += 1;
        const stem = stemNumber(lower.slice(wordStart, position));
        add(stem, wordStart, position);
        if (compoundStart >= 0 && stem !== none) {
          const word = lower.slice(compoundStart, position).replace('-', '');
          compounds.push({ stem: stemNumber(word), place: { start: compoundStart, end: position } });
        }
        compoundStart = stem !== none && lower.charCodeAt(position) === hyphen ? wordStart : -1;
      } else {
        if (code === backslash) {
          // A TeX command says nothing about the topic.
          while (isWordCode(lower.charCodeAt(position + 1))) position += 1;
          add(phraseBreak, position, position);
        } else if (code !== space && code !== hyphen && code !== lineFeed && code !== apostrophe) {
          add(phraseBreak, position, position);
        }
        position += 1;
        if (code !== hyphen) compoundStart = -1;
      }
    }
    add(phraseBreak, lower.length, lower.length);
    for (const { stem, place } of compounds) {
      if (stem === none) continue;
      add(stem, place.start, place.end);
      add(phraseBreak, place.end, place.end);
    }
  };

  return { read, named: (name) => numberOf(`:${name}`), size: () => numbers.size };
};
