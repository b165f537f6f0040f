import type { Price } from '../../core/price.ts';
import type { ScorablePaper } from '../../core/score.ts';
import { costUsd } from '../prices.ts';
import { answerSchema } from './answer.ts';
import { papersPrompt } from './prompt.ts';

/** Room for a verdict of two sentences with its fields, in tokens, and for what stands around all of them. */
const completionTokens = { perPaper: 160, around: 400 };

/** Tokens that providers add around two messages, with room to spare, and the longer closing of the other answer form. */
const framing = 100;

/** The most a model may write for so many papers; `allowance` multiplies it for models that think first. */
export const completionBound = (papers: number, allowance: number): number =>
  (papers * completionTokens.perPaper + completionTokens.around) * allowance;

/**
 * Upper bound of a prompt's tokens. A token of a byte-level tokenizer covers at least one byte, and that is what is
 * taken for all of it: a paper's text may be written to cost, and a team may write its topics in any script.
 */
export const promptBound = (systemPrompt: string, papers: readonly ScorablePaper[]): number => {
  const texts = [systemPrompt, JSON.stringify(answerSchema), papersPrompt(papers, 'lines')];
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), framing);
};

/** Upper bound of a call's cost in US dollars, as if nothing were cached; 0 where the price is unknown. */
export const callBoundUsd = (
  systemPrompt: string,
  papers: readonly ScorablePaper[],
  allowance: number,
  price: Price | undefined,
): number =>
  price === undefined
    ? 0
    : costUsd(
        { prompt: promptBound(systemPrompt, papers), cached: 0, completion: completionBound(papers.length, allowance) },
        price,
      );
