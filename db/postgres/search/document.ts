import type { Paper } from '../../../src/core/paper.ts';
import type { Match } from '../../search/archive.ts';
import type { Term } from '../../search/terms.ts';
import { createStems, type Stems, tokensOf } from '../../search/text.ts';
import { storable } from '../columns.ts';

/*
 * What Postgres gets to search: a `tsvector` and a `tsquery` of words that are already folded and stemmed here, as text
 * that Postgres only has to read. Neither `unaccent` nor a text search configuration of Postgres is used, because
 * - `unaccent` is an extension, which the database may lack and its owner may not be allowed to create;
 * - both databases must find the same papers, and the marks in the results must be at the words that were found;
 * - the parser of Postgres reads parts of a text as addresses, paths, versions or compound words, so that no longer
 *   each of their words is found.
 *
 * The words of titles and authors are there a second time, marked with their field. The usual weights A to D would take
 * less space, but the index does not know them: Postgres would have to read each paper with the word, which takes a
 * second for a common one. Without a field, only phrases need that.
 */

const titleMark = 't/';
const authorMark = 'a/';

/** Postgres takes 2,046 bytes. A letter takes at most four. */
const maxWordLength = 400;

/** In bytes. Postgres takes 1 MB, and less than the text that describes it. Only lists of thousands of authors are cut. */
const maxDocumentSize = 900_000;

/** In bytes, for each word and each of its positions. */
const separators = 4;
const positionSize = 6;

/** Positions higher than this count as the same one. */
const maxPosition = 16_383;
/** Postgres keeps no more for a word. */
const maxPositions = 255;

/** Apart enough that no phrase continues from one field to the next. */
const gap = 10;

/** A word has no other characters than letters, marks and digits, so it needs no escaping between quotes. */
const lexeme = (word: string, mark = ''): string => `'${mark}${storable(word.slice(0, maxWordLength))}'`;

type Text = Pick<Paper, 'title' | 'authors' | 'abstract'> & { comments: string | null };

export const createDocuments = (stems: Stems = createStems()) => {
  /** The text of a `tsvector`. */
  return ({ title, authors, abstract, comments }: Text): string => {
    const positions = new Map<string, number[]>();
    let position = 1;
    let size = 0;
    const add = (text: string, mark?: string): void => {
      for (const { word } of tokensOf(text)) {
        const stem = stems(word);
        const plain = lexeme(stem);
        const there = positions.get(plain) ?? [];
        const marked = mark && lexeme(stem, mark);
        if (there.length === 0) size += Buffer.byteLength(plain) + separators;
        if (there.length < maxPositions) size += positionSize;
        if (marked && !positions.has(marked)) size += Buffer.byteLength(marked) + separators;
        if (size > maxDocumentSize) return;
        if (there.length < maxPositions) there.push(position);
        positions.set(plain, there);
        if (marked) positions.set(marked, []);
        position = Math.min(maxPosition, position + 1);
      }
      position = Math.min(maxPosition, position + gap);
    };
    add(title, titleMark);
    add(abstract);
    add(comments ?? '');
    // Last, because there may be thousands. They have no gaps between them, as in the index of SQLite.
    add(authors.join(' · '), authorMark);
    return [...positions].map(([word, at]) => (at.length > 0 ? `${word}:${at.join(',')}` : word)).join(' ');
  };
};

/** How the words of a term are joined: next to each other, or anywhere. */
type Joint = ' <-> ' | ' & ';

const termQuery = ({ stems, isPrefix }: Term, joint: Joint, mark?: string): string =>
  stems.map((stem, index) => `${lexeme(stem, mark)}${isPrefix && index === stems.length - 1 ? ':*' : ''}`).join(joint);

const markOf = { title: titleMark, authors: authorMark } as const;

const textOf = (match: Match, joint: Joint): string => {
  if ('term' in match) {
    const { term, field } = match;
    if (!field) return termQuery(term, joint);
    const inField = termQuery(term, ' & ', markOf[field]);
    // Marked words have no positions. That they are next to each other somewhere in the text is near enough.
    return term.stems.length > 1 ? `${inField} & (${termQuery(term, joint)})` : inField;
  }
  const [parts, operator] = 'all' in match ? [match.all, ' & '] : [match.any, ' | '];
  return parts.map((part) => `(${textOf(part, joint)})`).join(operator);
};

/**
 * The texts of two `tsquery`s. The index alone answers `indexed`. If there are phrases, only `exact` says whether their
 * words are next to each other, and Postgres must read each paper to know.
 */
export const queryOf = (match: Match): { indexed: string; exact: string | undefined } => {
  const [indexed, exact] = [textOf(match, ' & '), textOf(match, ' <-> ')];
  return { indexed, exact: exact === indexed ? undefined : exact };
};
