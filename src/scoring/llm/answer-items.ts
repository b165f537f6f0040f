import { paperIdOf } from '../../core/paper.ts';
import type { ScorablePaper } from '../../core/score.ts';
import { maxDepth, readJson } from './reader.ts';

/**
 * JSON schema of an answer with one object for each paper. OpenAI's strict mode requires every field and allows no others.
 */
export const papersSchema = (name: string, fields: Readonly<Record<string, 'string' | 'integer'>>) => ({
  name,
  strict: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['papers'],
    properties: {
      papers: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: Object.keys(fields),
          properties: Object.fromEntries(Object.entries(fields).map(([field, type]) => [field, { type }])),
        },
      },
    },
  },
});

export type BatchPaper = Pick<ScorablePaper, 'id' | 'version'>;

/** A number loses the zeros at its end, so it is compared as one. */
const isSameNumber = (written: string, id: string): boolean =>
  /^\d{4}\.\d{1,5}$/.test(written) && /^\d{4}\.\d{4,5}$/.test(id) && Number(written) === Number(id);

/** The paper that an id means: bare, with a version, as a number, or in a link or a phrase. */
const paperOf = (value: unknown, batch: readonly BatchPaper[]): BatchPaper | undefined => {
  const written = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  if (written === '') return batch.length === 1 ? batch[0] : undefined;
  const bare = paperIdOf(written);
  const named = batch.find(({ id }) => id === written || id === bare || isSameNumber(written, id));
  if (named) return named;
  const mentioned = batch.filter(({ id }) => new RegExp(`(?<![\\w.])${RegExp.escape(id)}(?!\\d)`).test(written));
  return mentioned.length === 1 ? mentioned[0] : undefined;
};

type Fields = Record<string, unknown>;

/** The fields that an object about a paper has besides its id. */
export type AnswerShape = {
  /** Their names by how models write them, in lower case and without other characters than letters. */
  names: Readonly<Record<string, string | undefined>>;
  required: readonly string[];
  /** The field that a text under a paper's id is, as in `{"2507.01234": "…"}`. */
  ofText?: string;
};

const idNames: AnswerShape['names'] = { id: 'id', arxivid: 'id', paperid: 'id' };

const knownFields = (value: object, names: AnswerShape['names']): Fields =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const bare = name.toLowerCase().replace(/[^a-z]/g, '');
      const known = idNames[bare] ?? names[bare];
      return known ? [[known, field]] : [];
    }),
  );

/**
 * The objects with the required fields in a parsed answer: a list under any name, a bare list, one object, or objects
 * under their ids. Fields around an object, such as its id, also belong to it.
 */
const itemsIn = (
  value: unknown,
  shape: AnswerShape,
  isId: (name: string) => boolean,
  around: Fields = {},
  depth = 0,
): Fields[] => {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return [];
  if (Array.isArray(value)) return value.flatMap((one) => itemsIn(one, shape, isId, around, depth + 1));
  const fields = { ...around, ...knownFields(value, shape.names) };
  if (shape.required.every((name) => name in fields)) return [fields];
  const inside = Object.entries(value).flatMap(([name, field]) => {
    const ofPaper = isId(name) ? { ...fields, id: name } : fields;
    return shape.ofText !== undefined && isId(name) && typeof field === 'string'
      ? [{ ...ofPaper, [shape.ofText]: field }]
      : itemsIn(field, shape, isId, ofPaper, depth + 1);
  });
  return inside.length === 0 && 'id' in fields ? [fields] : inside;
};

/**
 * The objects about papers in a model's answer, in order. If the answer is truncated, its complete objects count.
 * `paper` is undefined if an object names no paper of the batch. Never throws.
 */
export const readItems = (
  text: string,
  batch: readonly BatchPaper[],
  shape: AnswerShape,
): { paper: BatchPaper | undefined; fields: Fields }[] => {
  const isId = (name: string): boolean => name !== '' && paperOf(name, batch) !== undefined;
  return readJson(text)
    .flatMap((value) => itemsIn(value, shape, isId))
    .map((fields) => ({ paper: paperOf(fields.id, batch), fields }));
};
