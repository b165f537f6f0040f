import { isGroupName, isNameSuffix } from '../author.ts';
import { fold, withoutControls } from '../folding.ts';
import { splitMathematics } from '../mathematics.ts';
import type { Paper } from '../paper.ts';

/** One line without control characters. */
export const oneLine = (text: string): string => withoutControls(text).replace(/\s+/g, ' ').trim();

/** A given name, optional initials and a family name, without particles, suffixes or groups. */
export const plainName =
  /^(\p{Lu}[\p{L}\p{M}’'-]+(?: \p{Lu}\.)*|\p{Lu}\.(?:[ -]?\p{Lu}\.)*) (\p{Lu}[\p{L}\p{M}’'-]+)$/u;

/** True for a group or a single word, which has no given name. */
export const isUnsplit = (name: string): boolean => isGroupName(name) || !name.includes(' ');

export type AuthorName = { family: string; given: string; suffix?: string } | { literal: string };

/** Splits as BibTeX does: the family name is the last word, with lower-case particles such as "van der" before it. */
export const splitName = (name: string): AuthorName => {
  const text = oneLine(name);
  if (isUnsplit(text) || text.includes(',')) return { literal: text };
  const words = text.split(' ');
  const suffix = words.length > 2 && isNameSuffix(words.at(-1) ?? '') ? words.pop() : undefined;
  const particle = words.findIndex((word, index) => index > 0 && /^\p{Ll}/u.test(word));
  const start = particle > 0 && particle < words.length - 1 ? particle : words.length - 1;
  return {
    family: words.slice(start).join(' '),
    given: words.slice(0, start).join(' '),
    ...(suffix && { suffix }),
  };
};

/** The year in an arXiv id. */
export const yearOf = (id: string): string | undefined => {
  const [, year] = /^(?:[a-z-]+\/)?(\d{2})(?:0[1-9]|1[0-2])/.exec(id) ?? [];
  if (year === undefined) return undefined;
  // arXiv began in 1991.
  return `${id.includes('/') && Number(year) > 90 ? '19' : '20'}${year}`;
};

/** Only a to z and digits, which every BibTeX program accepts in a key. */
const keyPart = (text: string): string => fold(text).replace(/[^a-z0-9]/g, '');

const smallWords = new Set(['a', 'an', 'the', 'on', 'of', 'in', 'for', 'to', 'and', 'with', 'is', 'are', 'at', 'by']);

const keyOf = ({ authors, title, id }: Paper): string => {
  const first = oneLine(authors[0] ?? '');
  const words = first.split(' ').filter((word) => !isNameSuffix(word));
  const name = keyPart(isGroupName(first) ? (words[0] ?? '') : (words.at(-1) ?? '')) || 'paper';
  const prose = splitMathematics(oneLine(title))
    .map(({ kind, text }) => (kind === 'text' ? text : ' '))
    .join('');
  const word = prose
    .split(/[\s\-–—:/]+/)
    .map(keyPart)
    .find((one) => one.length > 1 && !smallWords.has(one));
  return `${name}${yearOf(id) ?? ''}${word ?? ''}`;
};

const letters = (index: number): string =>
  index < 26 ? String.fromCharCode(97 + index) : `${letters(Math.floor(index / 26) - 1)}${letters(index % 26)}`;

/** Keys made of author, year and a title word. */
export const uniqueKeys = (papers: readonly Paper[]): string[] => {
  const keys = papers.map(keyOf);
  const used = new Set<string>();
  return keys.map((key) => {
    let unique = key;
    for (let index = 0; used.has(unique); index += 1) unique = `${key}${letters(index)}`;
    used.add(unique);
    return unique;
  });
};

/** The first DOI, verbatim because programs resolve it. */
export const doiOf = ({ doi }: Paper): string | undefined => (doi ?? '').trim().split(/[\s,]+/)[0] || undefined;
