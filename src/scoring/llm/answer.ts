import { z } from 'zod';
import type { ScorablePaper, Verdict } from '../../core/score.ts';

const maxCommentLength = 600;

/** JSON schema of an answer. OpenAI's strict mode requires every field and allows no others. */
export const answerSchema = {
  name: 'paper_scores',
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
          required: ['id', 'comment', 'relevance', 'novelty'],
          // The comment comes first, so that the model reasons before it scores.
          properties: {
            id: { type: 'string' },
            comment: { type: 'string' },
            relevance: { type: 'integer' },
            novelty: { type: 'integer' },
          },
        },
      },
    },
  },
} as const;

export type ParsedAnswer = {
  verdicts: Verdict[];
  missing: string[];
  rejected: { id: string; reason: string }[];
};

/** A whole number from 1 to 10. Also accepts text such as `8` or `8.0`. */
const band = z.preprocess(
  (value) => (typeof value === 'string' && /^\s*\d+(\.0+)?\s*$/.test(value) ? Number(value) : value),
  z.number().int().min(1).max(10),
);

const item = z.object({
  relevance: band,
  novelty: band,
  comment: z
    .string()
    .transform((text) => text.replace(/\s+/g, ' ').trim())
    .pipe(z.string().min(1)),
});

const bareId = (text: string): string =>
  text
    .trim()
    .replace(/^arxiv:\s*/i, '')
    .replace(/v\d+$/i, '');

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Every complete JSON object in a text, whatever surrounds it: a truncated list, lines, code fences, prose. Returns
 * only the innermost of nested objects.
 */
const objectsIn = (text: string): unknown[] => {
  const found: unknown[] = [];
  let start = -1;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
      // JSON strings have no line breaks, so this string is unclosed or prose.
      else if (char === '\n') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') start = at;
    else if (char === '}' && start >= 0) {
      found.push(parsed(text.slice(start, at + 1)));
      start = -1;
    }
  }
  return found;
};

/** Accepts `{"papers": [...]}` with any key, a bare list, or a single object. */
const listIn = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).find((field) => Array.isArray(field)) ?? [value];
};

const fieldNames = {
  id: 'id',
  arxivid: 'id',
  arxiv_id: 'id',
  relevance: 'relevance',
  novelty: 'novelty',
  comment: 'comment',
};

const knownFields = (value: unknown): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return {};
  const names: Record<string, string | undefined> = fieldNames;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const known = names[name.toLowerCase()];
      return known ? [[known, field]] : [];
    }),
  );
};

/**
 * Parses a model's answer: a JSON object with a list, a bare list, or JSON lines, with or without code fences. If the
 * answer is truncated, its complete objects count. A valid verdict has an id of the batch, whole numbers from 1 to 10
 * and a comment; the first one for each paper counts. Never throws.
 */
export const parseAnswer = (text: string, batch: readonly Pick<ScorablePaper, 'id' | 'version'>[]): ParsedAnswer => {
  const whole = parsed(text);
  const items = whole === undefined ? objectsIn(text) : listIn(whole);
  const papers = new Map(batch.map((paper) => [paper.id, paper]));
  const verdicts = new Map<string, Verdict>();
  const rejected: ParsedAnswer['rejected'] = [];
  for (const value of items) {
    const fields = knownFields(value);
    const id = bareId(String(fields.id ?? ''));
    const paper = papers.get(id);
    const read = item.safeParse(fields);
    if (!paper) rejected.push({ id: id.slice(0, 40), reason: 'not in the batch' });
    else if (verdicts.has(id)) rejected.push({ id, reason: 'given twice' });
    else if (!read.success)
      rejected.push({ id, reason: `no valid ${read.error.issues[0]?.path.join('.') ?? 'fields'}` });
    else {
      const comment = read.data.comment.slice(0, maxCommentLength).toWellFormed();
      verdicts.set(id, { paperId: id, version: paper.version, ...read.data, comment });
    }
  }
  const missing = batch.map((paper) => paper.id).filter((id) => !verdicts.has(id));
  return { verdicts: [...verdicts.values()], missing, rejected };
};
