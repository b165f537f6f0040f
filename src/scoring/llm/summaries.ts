import { z } from 'zod';
import { shorten } from '../../core/paper.ts';
import { maxSummaryLength, type NewSummary } from '../../core/summary.ts';
import { type AnswerShape, type BatchPaper, papersSchema, readItems } from './answer-items.ts';

export const summarySchema = papersSchema('paper_summaries', { id: 'string', summary: 'string' });

const shape: AnswerShape = {
  names: { summary: 'summary', summaries: 'summary', sentence: 'summary', tldr: 'summary' },
  required: ['summary'],
  ofText: 'summary',
};

/** In characters. What follows is cut before the text is cleaned. */
const maxRawLength = 2_000;

/** Without the joiners that several scripts need. */
const invisible = /(?![\u200c\u200d])\p{Cf}/gu;

/** One line, without control characters or characters that change the text direction, cut between words. */
const summaryText = z
  .union([z.string(), z.tuple([z.string()]).transform(([only]) => only)])
  .transform((text) =>
    shorten(
      text
        .slice(0, maxRawLength)
        .replace(invisible, '')
        .replace(/[\p{Cc}\s]+/gu, ' ')
        .trim()
        .toWellFormed(),
      maxSummaryLength,
    ),
  )
  .pipe(z.string().regex(/\p{L}/u));

/**
 * Reads the summaries of a model's answer. Ignores those of papers outside of the batch and those without a letter. The
 * last one for each paper counts, because models draft. Never throws.
 */
export const readSummaries = (text: string, batch: readonly BatchPaper[]): NewSummary[] => {
  const found = new Map<string, NewSummary>();
  for (const { paper, fields } of readItems(text, batch, shape)) {
    const read = summaryText.safeParse(fields.summary);
    if (paper && read.success) found.set(paper.id, { paperId: paper.id, version: paper.version, text: read.data });
  }
  return [...found.values()];
};
