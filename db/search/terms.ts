import { UserError } from '../../src/core/errors.ts';
import { createStems, tokensOf } from './text.ts';

/** English words that say nothing about a paper; a query goes without them unless nothing else is left. */
export const stopWords: ReadonlySet<string> = new Set(
  `a about all also among an and any are as at be because been being between both but by can could did do does each for
  from had has have how however i if in into is it its itself may might more most much no nor not of on only or other our
  out over same should show shows so some such than that the their them then there these they this those through thus to
  under up upon us use used using very via was we were what when where whether which while who why will with within
  without would you your`.split(/\s+/),
);

/** Words that must stand one after the other; of a single word in most cases. */
export type Term = {
  /** Without case and accents. */
  words: readonly string[];
  stems: readonly string[];
  /** The last word may go on. */
  isPrefix: boolean;
};

/** Nobody types more; a text that was pasted is looked for by its beginning. */
const maxTerms = 32;
const maxQueryLength = 2_000;
/** What begins with fewer letters is half of the language, and takes the index seconds. */
const minPrefixLength = 3;

const stem = createStems();

const termOf = (text: string, isPrefix: boolean): Term[] => {
  const words = tokensOf(text).map((token) => token.word);
  const last = words.at(-1);
  if (last === undefined) return [];
  return [{ words, stems: words.map(stem), isPrefix: isPrefix && last.length >= minPrefixLength }];
};

/**
 * Reads what a person typed: words, "phrases" and word*. What is written together, such as `low-rank`, is a phrase;
 * everything else is only text.
 *
 * @throws UserError where no word is in it.
 */
export const readTerms = (typed: string): Term[] => {
  const text = typed.slice(0, maxQueryLength).replace(/[\u201c-\u201f\u00ab\u00bb]/g, '"');
  const terms: Term[] = [];
  const dull: Term[] = [];
  for (const [, phrase, chunk = ''] of text.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    if (phrase !== undefined) {
      terms.push(...termOf(phrase, false));
      continue;
    }
    for (const term of termOf(chunk, /\*\W*$/.test(chunk)))
      (term.words.every((word) => stopWords.has(word)) ? dull : terms).push(term);
  }
  const kept = terms.length > 0 ? terms : dull;
  if (kept.length === 0)
    throw new UserError('There is no word in that to look for; type at least one word, such as "sparse attention".');
  const unlike = new Map(kept.map((term) => [matchOf(term), term]));
  return [...unlike.values()].slice(0, maxTerms);
};

/** A name that is looked for: single letters are initials, and are compared in the names themselves. */
export type NameParts = { words: readonly string[]; initials: readonly string[] };

/** @throws UserError where no part of the name is longer than a letter. */
export const readName = (name: string): NameParts => {
  const parts = tokensOf(name.slice(0, maxQueryLength)).map((token) => token.word);
  const words = parts.filter((part) => part.length > 1).slice(0, maxTerms);
  if (words.length === 0)
    throw new UserError('There is no name in that to look for; type an author\'s surname, such as "Bengio".');
  return { words, initials: parts.filter((part) => part.length === 1) };
};

/** True where one of the names has every part. */
export const hasName = (authors: readonly string[], { words, initials }: NameParts): boolean =>
  authors.some((author) => {
    const parts = tokensOf(author).map((token) => token.word);
    return (
      words.every((word) => parts.includes(word)) &&
      initials.every((initial) => parts.some((part) => part.startsWith(initial)))
    );
  });

/** A term in FTS5's syntax. Its words are letters and digits alone, so nothing in them can be read as syntax. */
export const matchOf = ({ words, isPrefix }: Term): string => `"${words.join(' ')}"${isPrefix ? ' *' : ''}`;

export const allOf = (terms: readonly Term[]): string => terms.map(matchOf).join(' AND ');
export const anyOf = (terms: readonly Term[]): string => terms.map(matchOf).join(' OR ');
export const nameMatchOf = ({ words }: NameParts): string =>
  `authors : (${words.map((word) => `"${word}"`).join(' AND ')})`;
