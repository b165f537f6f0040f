import { z } from 'zod';
import type { ModelVerdict, PaperComment } from '../../core/score.ts';
import { type AnswerShape, type BatchPaper, readItems } from './answer-items.ts';

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

const names: AnswerShape['names'] = {
  relevance: 'relevance',
  relevancescore: 'relevance',
  novelty: 'novelty',
  noveltyscore: 'novelty',
  comment: 'comment',
  comments: 'comment',
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
  for (const { paper, fields } of readItems(text, batch, { names, required: ['relevance', 'novelty'] })) {
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
  for (const { paper, fields } of readItems(text, batch, { names, required: ['comment'] })) {
    const comment = commentOf(fields.comment);
    if (paper && comment) comments.set(paper.id, { paperId: paper.id, version: paper.version, comment });
  }
  return [...comments.values()];
};
