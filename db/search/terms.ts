import { UserError } from '../../src/core/errors.ts';
import type { Match } from './archive.ts';
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
  const distinct = new Map(kept.map((term) => [keyOf(term), term]));
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

/** Equal for terms that match the same papers. */
export const keyOf = ({ words, isPrefix }: Term): string => `${words.join(' ')}${isPrefix ? '*' : ''}`;

type Field = 'title' | 'authors';

const matchesOf = (terms: readonly Term[], field: Field | undefined): Match[] =>
  terms.map((term) => (field ? { term, field } : { term }));

export const allOf = (terms: readonly Term[], field?: Field): Match => ({ all: matchesOf(terms, field) });
export const anyOf = (terms: readonly Term[], field?: Field): Match => ({ any: matchesOf(terms, field) });

export const wordTerm = (word: string, wordStem: string): Term => ({
  words: [word],
  stems: [wordStem],
  isPrefix: false,
});

/** Papers by an author with all of these words in any order, and maybe by several authors who share them. */
export const nameMatchOf = ({ words }: NameParts): Match =>
  allOf(
    words.map((word) => wordTerm(word, stem(word))),
    'authors',
  );
