import { UserError } from '../../src/core/errors.ts';
import { type Form, type FormField, maxFields, maxValueLength } from '../../src/core/message.ts';
import { grouped, shorten } from '../../src/core/paper.ts';
import { papersPerDayField } from '../shared/cutoffs.ts';

const maxParts = maxFields - 1;

/** The first parts are short, to leave room for additions. */
const partLengths = [2_000, 2_500, maxValueLength];

/** Where to split a text, best first: before headings, then between paragraphs, lines and words. */
const cuts = [/(?<=\n)(?=#{1,6}\s)/, /(?<=\n[^\S\n]*\n)(?=\S)/, /(?<=\n)/, /(?<=\s)(?=\S)/];

const withPlainLineEnds = (text: string): string => text.replace(/\r\n?/g, '\n');

const packed = (cut: readonly string[], maxLength: number): string[] | undefined => {
  const parts: string[] = [];
  for (const next of cut) {
    const last = parts.at(-1);
    if (next.trim().length > maxLength) return undefined;
    if (last !== undefined && (last + next).trim().length <= maxLength) parts[parts.length - 1] = last + next;
    else parts.push(next);
  }
  return parts;
};

/** Splits a text into the fields of a form; `join('')` restores it. @throws UserError if it does not fit. */
const partsOf = (text: string): string[] => {
  for (const cut of cuts)
    for (const maxLength of partLengths) {
      const parts = packed(text.split(cut), maxLength);
      if (parts && parts.length <= maxParts) return parts;
    }
  const limit = grouped(maxParts * maxValueLength);
  throw new UserError(
    `The topics have ${grouped(text.length)} characters, but a form holds at most ${limit}. Ask your Paperboy admin to edit the channel’s topics file; /arxiv topics show attaches it.`,
  );
};

const blanksBefore = (text: string): string => /^\s*/.exec(text)?.[0] ?? '';
const blanksAfter = (text: string): string => (text.trim() === '' ? '' : (/\s*$/.exec(text)?.[0] ?? ''));

const fieldName = (index: number): string => `topics${index + 1}`;

const gapsOf = (parts: readonly string[]): string[] => {
  const around = parts.map((part) => [blanksBefore(part), blanksAfter(part)] as const);
  const inner = around.map(([before], index) => (around[index - 1]?.[1] ?? '') + before);
  return [...inner, around.at(-1)?.[1] ?? ''];
};

const headingOf = (part: string): string =>
  /^#{1,6}\s+(.*)$/m.exec(part)?.[1]?.trim() ?? part.trim().split('\n')[0] ?? '';

const labelOf = (part: string, index: number, all: number): string => {
  const name = all === 1 ? 'Topics' : `Topics ${index + 1} of ${all}`;
  const heading = headingOf(part).replace(/[*_`]/g, '');
  return all === 1 || !heading ? name : shorten(`${name}: ${heading}`, 45);
};

/** The limits as the person sees them. Only a language model has cutoffs. */
type LimitFields = { cutoffs: string; papersPerDay: string; top: number; model: string | undefined };

/** The papers per day are left out if the topics need all other fields. */
const limitFields = ({ cutoffs, papersPerDay, top, model }: LimitFields, room: number): FormField[] => {
  const points: FormField = {
    ...{ name: 'cutoffs', label: 'Cutoffs: relevance, novelty', kind: 'line', value: cutoffs, required: true },
    hint: 'Two whole numbers from 1 to 10, such as 7 6',
  };
  const papers: FormField = {
    ...{ name: 'papersPerDay', label: 'Papers per day', kind: 'number', value: papersPerDay, required: true },
    ...papersPerDayField(top, model),
  };
  return (model === undefined ? [papers] : [points, papers]).slice(0, room);
};

const topicsFields = (topics: string): FormField[] =>
  partsOf(withPlainLineEnds(topics)).map(
    (part, index, { length }): FormField => ({
      name: fieldName(index),
      label: labelOf(part, index, length),
      kind: 'text',
      value: part.trim(),
      // Emptying a field removes its topics.
      required: false,
    }),
  );

export const topicsForm = (topics: string, limits: LimitFields, command: string): Form => {
  const fields = topicsFields(topics);
  return {
    title: 'Edit the topics',
    intro: 'You see a preview before anything is saved.',
    fields: [...fields, ...limitFields(limits, maxFields - fields.length)],
    submit: { label: 'Preview', command },
  };
};

export const expansionForm = (expansion: string, command: string): Form => ({
  title: 'Edit the expanded topics',
  intro: 'Empty the form to use the topics as written.',
  fields: topicsFields(expansion),
  submit: { label: 'Save', command },
});

/**
 * The topics in a submitted form, with the original whitespace between its fields. Unchanged topics come back byte for
 * byte, except for line ends.
 * @param original The topics that the form was created from. If they no longer split into the same number of fields,
 * blank lines separate the fields.
 */
export const topicsOfForm = (fields: Readonly<Record<string, string>>, original: string): string => {
  const names = Array.from({ length: maxParts }, (_, index) => fieldName(index)).filter((name) => name in fields);
  const written = names.map((name) => withPlainLineEnds(fields[name] ?? '').trim());
  const parts = partsOf(withPlainLineEnds(original));
  const isSplitAlike = original.trim() !== '' && parts.length === written.length;
  const gaps = isSplitAlike ? gapsOf(parts) : ['', ...written.slice(1).map(() => '\n\n'), '\n'];
  let text = '';
  written.forEach((part, index) => {
    if (part) text += (text === '' ? (gaps[0] ?? '') : gaps[index] || '\n\n') + part;
  });
  return text === '' ? '' : text + (gaps.at(-1) ?? '');
};
