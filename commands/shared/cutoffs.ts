import { UserError } from '../../src/core/errors.ts';
import type { Cutoffs } from '../../src/core/score.ts';

export const cutoffsInput = ({ relevance, novelty }: Cutoffs): string => `${relevance} ${novelty}`;

export const cutoffsText = ({ relevance, novelty }: Cutoffs): string =>
  `relevance ${relevance} and novelty ${novelty} or higher`;

/** Reads "7 6", "7, 6" or "7 + 6". @throws UserError for anything else. */
export const readCutoffs = (input: string): Cutoffs => {
  const [, first, second] = /^\s*(\d{1,3})\s*[\s,;/+&]\s*(\d{1,3})\s*$/.exec(input) ?? [];
  const [relevance, novelty] = [Number(first), Number(second)];
  if (![relevance, novelty].every((value) => value >= 1 && value <= 10))
    throw new UserError('Write the cutoffs as two whole numbers from 1 to 10, relevance then novelty, such as 7 6.');
  return { relevance, novelty };
};
