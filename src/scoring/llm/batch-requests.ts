import type { BatchDay, BatchedRequest } from '../../core/batch.ts';
import { findInjections } from '../../core/injection.ts';
import type { IsoDate } from '../../core/paper.ts';
import type { ModelVerdict, Rubric, ScorablePaper, TokenCount } from '../../core/score.ts';
import { completionBound } from './budget.ts';
import { createObedienceCheck } from './obedience.ts';
import { answerSchema, briefly, promptMessages } from './prompt.ts';
import type { RequestContent } from './request-body.ts';
import type { ReadAnswer } from './response.ts';
import { parseAnswer } from './verdicts.ts';

/** Papers of one request. */
export type RequestPapers = { date: IsoDate; papers: readonly ScorablePaper[] };

const inParts = <T>(items: readonly T[], size: number): T[][] => {
  const parts = Math.ceil(items.length / size);
  const each = Math.ceil(items.length / Math.max(1, parts));
  return Array.from({ length: parts }, (_, part) => items.slice(part * each, (part + 1) * each));
};

/** Divides the papers of each day into requests. A paper whose text addresses language models is alone in its request. */
export const dividedDays = async (
  days: readonly BatchDay[],
  size: number,
  signal: AbortSignal,
): Promise<RequestPapers[]> => {
  const requests: RequestPapers[] = [];
  for (const { date, papers, brief } of days) {
    const injections = await findInjections(papers, signal);
    const shown = papers.map((paper) => (brief.has(paper.id) ? briefly(paper) : paper));
    const { alone = [], shared = [] } = Object.groupBy(shown, ({ id }) => (injections.has(id) ? 'alone' : 'shared'));
    for (const part of [...inParts(shared, size), ...inParts(alone, 1)]) requests.push({ date, papers: part });
  }
  return requests;
};

/** @param factor The completion factor for models that spend tokens on reasoning. */
export const scoreRequest = (rubric: Rubric, papers: readonly ScorablePaper[], factor: number): RequestContent => ({
  messages: (form) => promptMessages(rubric, papers, form, 'scores'),
  schema: answerSchema('scores'),
  maxTokens: completionBound(papers.length, factor, 'scores'),
});

/** `tokens` is undefined for a request without an answer, which is free, and null if the answer does not count them. */
type ReadRequest = { request: BatchedRequest; tokens: TokenCount | null | undefined };

/**
 * The valid verdicts of a batch. Answers that look as if the model had obeyed a paper give none, so that their papers
 * are scored by ordinary calls, which find the paper.
 */
export const readBatch = (
  requests: readonly BatchedRequest[],
  answers: ReadonlyMap<string, ReadAnswer>,
): { verdicts: ModelVerdict[]; read: ReadRequest[]; suspicious: string[] } => {
  const obedience = createObedienceCheck();
  const verdicts: ModelVerdict[] = [];
  const suspicious: string[] = [];
  const read = requests.map((request): ReadRequest => {
    const answer = answers.get(request.id);
    if (!answer || answer.kind === 'failure') return { request, tokens: undefined };
    if (answer.kind === 'unreadable') return { request, tokens: null };
    const ids = request.papers.map(({ id }) => id);
    const found = parseAnswer(answer.completion.text, request.papers).verdicts;
    if (obedience.isSuspicious(ids, found)) suspicious.push(...ids);
    else verdicts.push(...found);
    return { request, tokens: answer.completion.tokens ?? null };
  });
  return { verdicts, read, suspicious };
};
