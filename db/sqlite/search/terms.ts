import { UserError } from '../../../src/core/errors.ts';
import { createStems, tokensOf } from './text.ts';

/** English words that carry no meaning in a search. Dropped from queries that have other words. */
export const stopWords: ReadonlySet<string> = new Set(
  `a about all also among an and any are as at be because been being between both but by can could did do does each for
  from had has have how however i if in into is it its itself may might more most much no nor not of on only or other our
  out over same should show shows so some such than that the their them then there these they this those through thus to
  under up upon us use used using very via was we were what when where whether which while who why will with within
  without would you your`.split(/\s+/),
);

export type Term = {
  words: readonly string[];
  stems: readonly string[];
  isPrefix: boolean;
};

/** Longer queries, such as pasted text, are truncated. */
const maxTerms = 32;
const maxQueryLength = 2_000;
/** Shorter prefixes match too many words and take seconds. */
const minPrefixLength = 3;

const stem = createStems();

const termOf = (text: string, isPrefix: boolean): Term[] => {
  const words = tokensOf(text).map((token) => token.word);
  const last = words.at(-1);
  if (last === undefined) return [];
  return [{ words, stems: words.map(stem), isPrefix: isPrefix && last.length >= minPrefixLength }];
};

/**
 * Parses a query: words, "phrases" and word*. Words joined by punctuation, such as `low-rank`, are a phrase. There is
 * no other syntax.
 * @throws UserError if it has no word.
 */
export const readTerms = (query: string): Term[] => {
  const text = query.slice(0, maxQueryLength).replace(/[\u201c-\u201f\u00ab\u00bb]/g, '"');
  const terms: Term[] = [];
  const stopTerms: Term[] = [];
  for (const [, phrase, chunk = ''] of text.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    if (phrase !== undefined) {
      terms.push(...termOf(phrase, false));
      continue;
    }
    for (const term of termOf(chunk, /\*\W*$/.test(chunk)))
      (term.words.every((word) => stopWords.has(word)) ? stopTerms : terms).push(term);
  }
  const kept = terms.length > 0 ? terms : stopTerms;
  if (kept.length === 0)
    throw new UserError('There is nothing to search for. Type at least one word, such as "sparse attention".');
  const distinct = new Map(kept.map((term) => [matchOf(term), term]));
  return [...distinct.values()].slice(0, maxTerms);
};

/** Single letters are initials. They are compared with the names, not searched for in the index. */
export type NameParts = { words: readonly string[]; initials: readonly string[] };

/** @throws UserError if no part of the name is longer than one letter. */
export const readName = (name: string): NameParts => {
  const parts = tokensOf(name.slice(0, maxQueryLength)).map((token) => token.word);
  const words = parts.filter((part) => part.length > 1).slice(0, maxTerms);
  if (words.length === 0) throw new UserError('There is no name to search for. Type a surname, such as "Bengio".');
  return { words, initials: parts.filter((part) => part.length === 1) };
};

export const hasName = (authors: readonly string[], { words, initials }: NameParts): boolean =>
  authors.some((author) => {
    const parts = tokensOf(author).map((token) => token.word);
    return (
      words.every((word) => parts.includes(word)) &&
      initials.every((initial) => parts.some((part) => part.startsWith(initial)))
    );
  });

/** A term in FTS5's syntax. Its words have only letters and digits, so they need no escaping. */
export const matchOf = ({ words, isPrefix }: Term): string => `"${words.join(' ')}"${isPrefix ? ' *' : ''}`;

export const allOf = (terms: readonly Term[]): string => terms.map(matchOf).join(' AND ');
export const anyOf = (terms: readonly Term[]): string => terms.map(matchOf).join(' OR ');
export const nameMatchOf = ({ words }: NameParts): string =>
  `authors : (${words.map((word) => `"${word}"`).join(' AND ')})`;
