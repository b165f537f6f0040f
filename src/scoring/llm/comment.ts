import type { Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import { hasInjection } from '../../core/injection.ts';
import type { Logger } from '../../core/logger.ts';
import { retry } from '../../core/retry.ts';
import type { Commenter } from '../../core/score.ts';
import { type BookedCallParts, createBookedCalls } from './booked-call.ts';
import { completionBound, completionFactors } from './budget.ts';
import { retryDelays } from './client.ts';
import { answerSchema, type PromptPaper, promptMessages } from './prompt.ts';
import { parseComments } from './verdicts.ts';

/** What a model writes sets the time of a call: twelve comments take about as long as 28 scores. */
const maxBatch = 12;

/** Lower limits than for scoring, because a digest without comments is still a digest. */
const maxAttempts = 2;
const maxRetryAfterMs = 20_000;

/** After the last paper is scored, so that a slow model does not hold back the digest. */
const maxWaitMs = 120_000;

type CommentParts = Omit<BookedCallParts, 'clock'> & { clock: Clock; random: () => number; logger: Logger };

/**
 * Comments on papers in small batches, each booked before it is asked. Asks once more for comments that an answer lacks.
 * Stops if the budget is spent or a call fails.
 */
export const createCommenter = (parts: CommentParts): Commenter => {
  const { client, clock, random, logger } = parts;
  const booked = createBookedCalls(parts);
  return ({ channel, date, rubric, priority = 'digest', signal, onComments }) => {
    const waiting: PromptPaper[] = [];
    const calls: Promise<void>[] = [];
    const stopper = new AbortController();
    const either = AbortSignal.any([signal, stopper.signal]);
    let bug: unknown;

    const ask = async (papers: readonly PromptPaper[], isRepeat = false): Promise<void> => {
      const { factor = completionFactors[0] } = client.habits.current();
      const request = {
        ...{ rubric: rubric.hash, channel, date, priority, signal: either, schema: answerSchema('comments') },
        messages: (form: Parameters<typeof promptMessages>[2]) => promptMessages(rubric, papers, form, 'comments'),
        maxTokens: completionBound(papers.length, factor, 'comments'),
        minTokens: completionBound(papers.length, completionFactors[0], 'comments'),
      };
      const completion = await retry(() => booked(request), {
        ...{ ...retryDelays, maxAttempts, maxRetryAfterMs, clock, random, signal: either },
      });
      if (!completion) return stopper.abort(new Error('the daily budget is spent'));
      const comments = parseComments(completion.text, papers);
      if (comments.length > 0) await onComments(comments);
      const found = new Set(comments.map(({ paperId }) => paperId));
      const missing = papers.filter(({ id }) => !found.has(id));
      if (missing.length > 0 && !isRepeat) await ask(missing, true);
    };

    const start = (papers: readonly PromptPaper[]): void => {
      const call = ask(papers).catch((error: unknown) => {
        if (either.aborted) return;
        if (!(error instanceof ExternalError)) bug ??= error;
        logger.warn({ channel, papers: papers.length, reason: errorText(error) }, 'the model wrote no comments');
        stopper.abort(error);
      });
      calls.push(call);
    };

    return {
      add: (papers) => {
        for (const paper of papers) {
          if (hasInjection(paper)) start([paper]);
          else waiting.push(paper);
        }
        while (waiting.length >= maxBatch) start(waiting.splice(0, maxBatch));
      },
      end: async (isAnswering) => {
        if (!isAnswering) stopper.abort(new Error('the model has stopped answering'));
        if (waiting.length > 0) start(waiting.splice(0));
        const deadline = setTimeout(() => stopper.abort(new Error('comments took too long')), maxWaitMs);
        await Promise.all(calls);
        clearTimeout(deadline);
        signal.throwIfAborted();
        if (bug) throw bug;
      },
    };
  };
};
