import { z } from 'zod';
import { paperIdOf } from '../../core/paper.ts';
import type { ModelVerdict, PaperComment, ScorablePaper } from '../../core/score.ts';
import { maxDepth, readJson } from './reader.ts';

const maxCommentLength = 600;

const scoreText =
  /^(?:[a-z ]{1,20}[:=])?\D{0,3}(\d+(?:[.,]\d+)?)\s*(?:(?:\/|out of)\s*10)?(?:\s*[*(,;:].*|\s+[–—-]\s.*)?$/is;

const numberIn = (value: unknown): unknown => {
  if (typeof value === 'string') return Number(scoreText.exec(value.trim())?.[1]?.replace(',', '.') ?? Number.NaN);
  if (typeof value !== 'object' || value === null) return value;
  return numberIn(Object.entries(value).find(([name]) => /^(score|value|rating)$/i.test(name))?.[1]);
};

/** A number from 1 to 10, rounded. Also accepts text such as `8.5` or `9/10`. */
const band = z.preprocess(numberIn, z.number().min(1).max(10).transform(Math.round));

const commentOf = (value: unknown): string => {
  const text = Array.isArray(value) ? value.filter((part) => typeof part === 'string').join(' ') : value;
  if (typeof text !== 'string') return '';
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, maxCommentLength)
    .toWellFormed();
};

const scores = z.object({ relevance: band, novelty: band });

type BatchPaper = Pick<ScorablePaper, 'id' | 'version'>;

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

const fieldNames: Record<string, string | undefined> = {
  id: 'id',
  arxivid: 'id',
  paperid: 'id',
  relevance: 'relevance',
  relevancescore: 'relevance',
  novelty: 'novelty',
  noveltyscore: 'novelty',
  comment: 'comment',
  comments: 'comment',
};

type Fields = Record<string, unknown>;

const knownFields = (value: object): Fields =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const known = fieldNames[name.toLowerCase().replace(/[^a-z]/g, '')];
      return known ? [[known, field]] : [];
    }),
  );

type Items = {
  isId(name: string): boolean;
  /** The fields that make an object an answer about a paper. */
  required: readonly string[];
};

/**
 * The objects about papers in a parsed answer: a list under any name, a bare list, one object, or objects under their
 * ids. Fields around an object, such as its id, also belong to it.
 */
const itemsIn = (value: unknown, { isId, required }: Items, around: Fields = {}, depth = 0): Fields[] => {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return [];
  const inner = (one: unknown, fields: Fields): Fields[] => itemsIn(one, { isId, required }, fields, depth + 1);
  if (Array.isArray(value)) return value.flatMap((one) => inner(one, around));
  const fields = { ...around, ...knownFields(value) };
  if (required.every((name) => name in fields)) return [fields];
  const inside = Object.entries(value).flatMap(([name, field]) =>
    inner(field, isId(name) ? { ...fields, id: name } : fields),
  );
  return inside.length === 0 && 'id' in fields ? [fields] : inside;
};

const readItems = (text: string, batch: readonly BatchPaper[], required: readonly string[]): Fields[] => {
  const isId = (name: string): boolean => name !== '' && paperOf(name, batch) !== undefined;
  return readJson(text).flatMap((value) => itemsIn(value, { isId, required }));
};

type ParsedAnswer = {
  verdicts: ModelVerdict[];
  missing: string[];
  rejected: { id: string; reason: string }[];
};

/**
 * Reads the verdicts of a model's answer. If the answer is truncated, its complete objects count. A valid verdict names
 * a paper of the batch and has two numbers from 1 to 10; its comment may be empty. The last one for each paper counts,
 * because models draft. Never throws.
 */
export const parseAnswer = (text: string, batch: readonly BatchPaper[]): ParsedAnswer => {
  const verdicts = new Map<string, ModelVerdict>();
  const rejected: ParsedAnswer['rejected'] = [];
  for (const fields of readItems(text, batch, ['relevance', 'novelty'])) {
    const paper = paperOf(fields.id, batch);
    const read = scores.safeParse(fields);
    if (!paper) rejected.push({ id: String(fields.id ?? '').slice(0, 40), reason: 'not in the batch' });
    else if (!read.success)
      rejected.push({ id: paper.id, reason: `no valid ${read.error.issues[0]?.path.join('.') ?? 'fields'}` });
    else
      verdicts.set(paper.id, {
        paperId: paper.id,
        version: paper.version,
        ...read.data,
        comment: commentOf(fields.comment),
      });
  }
  const missing = batch.map((paper) => paper.id).filter((id) => !verdicts.has(id));
  return { verdicts: [...verdicts.values()], missing, rejected };
};

/** Reads the comments of a model's answer. The last one on each paper of the batch counts. Never throws. */
export const parseComments = (text: string, batch: readonly BatchPaper[]): PaperComment[] => {
  const comments = new Map<string, PaperComment>();
  for (const fields of readItems(text, batch, ['comment'])) {
    const paper = paperOf(fields.id, batch);
    const comment = commentOf(fields.comment);
    if (paper && comment) comments.set(paper.id, { paperId: paper.id, version: paper.version, comment });
  }
  return [...comments.values()];
};
