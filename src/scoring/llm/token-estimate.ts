import type { TokenCount } from '../../core/score.ts';

/** Share of a new call in the averages. */
const weight = 0.2;

/** Bytes per token of English text with markup, and the usual share of the least limit that answers take. */
const first = { perByte: 1 / 4, answerShare: 1 / 3 };

/** Bytes of the prompt, and the least limit of the answer in tokens. */
export type CallSize = { bytes: number; minTokens: number };

/**
 * Expects of a call the tokens that calls like it took so far. For pacing alone: the budget books an upper bound.
 */
export const createTokenEstimate = () => {
  let { perByte, answerShare } = first;
  const moved = (from: number, to: number): number => from + weight * (to - from);
  return {
    of: ({ bytes, minTokens }: CallSize): number => Math.ceil(bytes * perByte + minTokens * answerShare),
    learn: ({ bytes, minTokens }: CallSize, { prompt, completion }: TokenCount): void => {
      perByte = moved(perByte, prompt / bytes);
      answerShare = moved(answerShare, completion / minTokens);
    },
  };
};
