import { z } from 'zod';
import type { DayPage } from './page.ts';
import { toCents } from './usage.ts';

const dataSchema = z.object({
  date: z.iso.date(),
  navigation: z.object({ previous: z.string().nullable(), month: z.string(), next: z.string().nullable() }),
  remedial: z.object({ from: z.string(), to: z.string(), generatedOn: z.string() }).nullable(),
  counts: z.object({ announced: z.int(), scanned: z.int(), relevant: z.int() }),
  models: z
    .array(
      z.object({
        model: z.string(),
        promptTokens: z.int(),
        cachedTokens: z.int(),
        completionTokens: z.int(),
        costUsd: z.number(),
        promptCostUsd: z.number(),
        completionCostUsd: z.number(),
      }),
    )
    .length(1),
  papers: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      authors: z.array(z.string()),
      abstract: z.string(),
      comment: z.string(),
      relevance: z.int(),
      novelty: z.int(),
      reason: z.object({ matches: z.array(z.object({ basis: z.string() })) }),
    }),
  ),
  prompt: z.string(),
});

/** The day's page as data. It has no table of contents: that is its papers. */
export const readData = (json: string): DayPage => {
  const { navigation, remedial, models, papers, ...data } = dataSchema.parse(JSON.parse(json));
  const [charge] = models;
  if (!charge) throw new Error('the data names no model');
  const { model, promptTokens, cachedTokens, completionTokens, costUsd, promptCostUsd, completionCostUsd } = charge;
  const { previous, month, next } = navigation;
  const shown = papers.map(({ authors, reason, ...paper }) => {
    const followed = reason.matches.some(({ basis }) => basis === 'id');
    return { ...paper, authors: authors.join(', '), followed };
  });
  return {
    ...{ ...data, model, month, previous: previous ?? undefined, next: next ?? undefined },
    tokens: { prompt: promptTokens, completion: completionTokens, total: promptTokens + completionTokens },
    cached: cachedTokens,
    cost: { prompt: toCents(promptCostUsd), completion: toCents(completionCostUsd), total: toCents(costUsd) },
    remedial: remedial ? { from: remedial.from, to: remedial.to, made: remedial.generatedOn } : undefined,
    papers: shown,
    contents: shown.map(({ title, authors }) => ({ title, authors })),
  };
};
