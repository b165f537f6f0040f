import { stemmer } from 'stemmer';
import { stopWords } from './words.ts';

/** Longer than any abstract or topics file. The limit keeps a hostile paper from slowing down the run. */
const maxTextLength = 20_000;
const maxWordLength = 40;

/** Separates words that do not form a phrase, for example at punctuation or a formula. */
export const phraseBreak = -1;

export type Span = { start: number; end: number };

export type Lexicon = {
  /**
   * Appends the stems of a text to `out`, without stop words, and a `phraseBreak` at the end of each phrase. Words with a
   * hyphen also count as one word: "pre-training" as "pretraining".
   */
  read(text: string, out: number[], spans?: Span[]): void;
  named(name: string): number;
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

  const read = (text: string, out: number[], spans?: Span[]): void => {
    const lower = (text.length > maxTextLength ? text.slice(0, maxTextLength) : text).toLowerCase();
    const compounds: { stem: number; span: Span }[] = [];
    const add = (stem: number, start: number, end: number): void => {
      if (stem === none) return;
      if (stem === phraseBreak && out.at(-1) === phraseBreak) return;
      out.push(stem);
      spans?.push({ start, end });
    };
    let position = 0;
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
          compounds.push({ stem: stemNumber(word), span: { start: compoundStart, end: position } });
        }
        compoundStart = stem !== none && lower.charCodeAt(position) === hyphen ? wordStart : -1;
      } else {
        if (code === backslash) {
          // TeX commands are not part of the topic.
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
    for (const { stem, span } of compounds) {
      if (stem === none) continue;
      add(stem, span.start, span.end);
      add(phraseBreak, span.end, span.end);
    }
  };

  return { read, named: (name) => numberOf(`:${name}`), size: () => numbers.size };
};
