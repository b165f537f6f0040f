import { UserError } from '../../src/core/errors.ts';
import { type Form, type FormField, maxFields, maxValueLength } from '../../src/core/form.ts';
import { shorten } from '../../src/core/paper-text.ts';

/** Fields of the form that hold the topics; the last one holds the cutoffs. */
const maxPieces = maxFields - 1;

/** Pieces are cut small first, so that there is room in each to write more. */
const pieceLengths = [2_000, 2_500, maxValueLength];

/** Where a text may be cut, the best places first: before headings, between paragraphs, lines, words. */
const cuts = [/(?<=\n)(?=#{1,6}\s)/, /(?<=\n[^\S\n]*\n)(?=\S)/, /(?<=\n)/, /(?<=\s)(?=\S)/];

const withPlainLineEnds = (text: string): string => text.replace(/\r\n?/g, '\n');

/** Joins neighbours as long as they fit; undefined where a part alone does not. */
const packed = (parts: readonly string[], longest: number): string[] | undefined => {
  const pieces: string[] = [];
  for (const part of parts) {
    const last = pieces.at(-1);
    if (part.trim().length > longest) return undefined;
    if (last !== undefined && (last + part).trim().length <= longest) pieces[pieces.length - 1] = last + part;
    else pieces.push(part);
  }
  return pieces;
};

/** The text of each field; put together they are the text. @throws UserError for a text that no form holds. */
const piecesOf = (text: string): string[] => {
  for (const cut of cuts)
    for (const longest of pieceLengths) {
      const pieces = packed(text.split(cut), longest);
      if (pieces && pieces.length <= maxPieces) return pieces;
    }
  const most = (maxPieces * maxValueLength).toLocaleString('en-US');
  throw new UserError(
    `The topics have ${text.length.toLocaleString('en-US')} characters, and a form holds ${most} at most: whoever runs me can shorten them in the channel's topics file; /arxiv topics show gives them as a file.`,
  );
};

const blanksBefore = (text: string): string => /^\s*/.exec(text)?.[0] ?? '';
const blanksAfter = (text: string): string => (text.trim() === '' ? '' : (/\s*$/.exec(text)?.[0] ?? ''));

const fieldName = (index: number): string => `topics${index + 1}`;

/** The blanks around the pieces of a text: platforms take them off what is filled in. */
const gapsOf = (pieces: readonly string[]): string[] => {
  const around = pieces.map((piece) => [blanksBefore(piece), blanksAfter(piece)] as const);
  const inner = around.map(([before], index) => (around[index - 1]?.[1] ?? '') + before);
  return [...inner, around.at(-1)?.[1] ?? ''];
};

const headingOf = (piece: string): string =>
  /^#{1,6}\s+(.*)$/m.exec(piece)?.[1]?.trim() ?? piece.trim().split('\n')[0] ?? '';

const labelOf = (piece: string, index: number, all: number): string => {
  const name = all === 1 ? 'Topics' : `Topics ${index + 1} of ${all}`;
  const heading = headingOf(piece).replace(/[*_`]/g, '');
  return all === 1 || !heading ? name : shorten(`${name}: ${heading}`, 45);
};

/** What to know of cutoffs; with the built-in scorer that they choose next to nothing. */
const cutoffsHints = {
  model: 'Two whole numbers from 1 to 10, such as 7 6',
  local: 'Such as 7 6. The built-in scorer lets about as many papers pass, whatever these numbers are',
} as const;

/**
 * The topics and the cutoffs to be edited, the topics cut at headings so that each field takes its part.
 *
 * @param command What sending the form says.
 * @param reader What scores the papers.
 * @throws UserError for a text that no form holds.
 */
export const topicsForm = (
  topics: string,
  cutoffs: string,
  command: string,
  reader: keyof typeof cutoffsHints = 'model',
): Form => {
  const pieces = piecesOf(withPlainLineEnds(topics));
  const fields = pieces.map(
    (piece, index): FormField => ({
      name: fieldName(index),
      label: labelOf(piece, index, pieces.length),
      kind: 'text',
      value: piece.trim(),
      // A part may be emptied to take its topics out.
      required: false,
    }),
  );
  const line: FormField = {
    name: 'cutoffs',
    label: 'Cutoffs: relevance, novelty',
    kind: 'line',
    value: cutoffs,
    hint: cutoffsHints[reader],
    required: true,
  };
  return {
    title: 'Edit the topics',
    intro: 'Nothing is saved yet: you see first what the last day would have been.',
    fields: [...fields, line],
    submit: { label: 'Look at it', command },
  };
};

/**
 * The topics as the form was sent, with the blanks between its fields as in the text that was put into it: what was left as
 * it was comes back byte for byte, but for line ends.
 *
 * @param original The text that was put into the form; where it is another by now, an empty line stands between fields.
 */
export const topicsOfForm = (fields: Readonly<Record<string, string>>, original: string): string => {
  const names = Array.from({ length: maxPieces }, (_, index) => fieldName(index)).filter((name) => name in fields);
  const written = names.map((name) => withPlainLineEnds(fields[name] ?? '').trim());
  const pieces = piecesOf(withPlainLineEnds(original));
  const isSplitAlike = original.trim() !== '' && pieces.length === written.length;
  const gaps = isSplitAlike ? gapsOf(pieces) : ['', ...written.slice(1).map(() => '\n\n'), '\n'];
  let text = '';
  written.forEach((part, index) => {
    if (part) text += (text === '' ? (gaps[0] ?? '') : gaps[index] || '\n\n') + part;
  });
  return text === '' ? '' : text + (gaps.at(-1) ?? '');
};
