import type { Price, Rubric, ScorablePaper } from '../../core/score.ts';
import { costUsd } from './budget.ts';
import { promptMessages } from './prompt.ts';

/** Bytes per token of English text with markup. */
const bytesPerToken = 4;

/** An answer has an id and two numbers for each paper. */
const tokensPerAnswer = 27;

/** A request for a comment repeats the paper, and its answer has a sentence or two. */
const comment = { prompt: 400, completion: 60 };

/** With the prefilter, of what reading every paper in full takes. Measured on the first day of a new channel; later days take less. */
const readShare = 0.5;

/** What a channel's first day costs in US dollars, with the prefilter and with comments on as many papers as are posted. */
export const estimateDayUsd = (
  day: { rubric: Rubric; papers: readonly ScorablePaper[]; batchSize: number; posted: number },
  price: Price,
): number => {
  const { rubric, papers, batchSize, posted } = day;
  let bytes = 0;
  for (let start = 0; start < papers.length; start += batchSize)
    for (const { content } of promptMessages(rubric, papers.slice(start, start + batchSize), 'schema'))
      bytes += Buffer.byteLength(content);
  const comments = Math.min(posted, papers.length);
  const tokens = {
    prompt: (readShare * bytes) / bytesPerToken + comments * comment.prompt,
    cached: 0,
    completion: readShare * papers.length * tokensPerAnswer + comments * comment.completion,
  };
  return costUsd(tokens, price);
};
