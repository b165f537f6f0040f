import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { chunksOf } from '../../../src/chat/kit/fit.ts';
import { type AuthoredPaper, type Cutoffs, type Points, passes } from '../../../src/core/score.ts';
import { abstractsPrompt, type ScriptRubric, titlesPrompt } from './prompts.ts';

/** Papers per call. */
export const scriptBatches = { titles: 32, abstracts: 16 };

type ScriptOptions = {
  /** Base URL of the model's server, `/v1` included. */
  url: string;
  model: string;
  rubric: ScriptRubric;
  cutoffs: Cutoffs;
};

export type ScriptDay = {
  /** Papers left after the titles. */
  kept: number;
  picks: string[];
};

const completionSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});
const rowSchema = z.object({ ARXIVID: z.string(), RELEVANCE: z.number(), NOVELTY: z.number() });

const complete = async ({ url, model }: ScriptOptions, prompt: string): Promise<string> => {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] });
  for (;;) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body });
    if (response.status === 429) {
      await response.body?.cancel();
      await delay(Number(response.headers.get('retry-after-ms')));
      continue;
    }
    if (!response.ok) throw new Error(`the model answered with ${response.status}: ${await response.text()}`);
    return completionSchema.parse(await response.json()).choices[0]?.message.content ?? '';
  }
};

/**
 * Scores a day as a daily script without memory does: it drops papers by title, scores the rest by abstract, and makes
 * one call after another. Its limit of ten calls per minute is left out.
 */
export const runScript = async (papers: readonly AuthoredPaper[], options: ScriptOptions): Promise<ScriptDay> => {
  const { rubric, cutoffs } = options;
  const dropped = new Set<string>();
  for (const batch of chunksOf(papers, scriptBatches.titles)) {
    const answer = await complete(options, titlesPrompt(rubric, batch));
    for (const id of z.array(z.string()).parse(JSON.parse(answer))) dropped.add(id);
  }
  const kept = papers.filter(({ id }) => !dropped.has(id));
  const scores = new Map<string, Points>();
  for (const batch of chunksOf(kept, scriptBatches.abstracts)) {
    const answer = await complete(options, abstractsPrompt(rubric, batch));
    for (const line of answer.split('\n')) {
      const { ARXIVID: id, RELEVANCE: relevance, NOVELTY: novelty } = rowSchema.parse(JSON.parse(line));
      scores.set(id, { relevance, novelty });
    }
  }
  const picks = [...scores].flatMap(([id, score]) => (passes(score, cutoffs) ? [id] : []));
  return { kept: kept.length, picks };
};
