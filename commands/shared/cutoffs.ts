import { UserError } from '../../src/core/errors.ts';
import type { Cutoffs } from '../../src/core/score.ts';

/** "7 6": as people write them. */
export const typedCutoffs = ({ relevance, novelty }: Cutoffs): string => `${relevance} ${novelty}`;

/** "relevance 7 and novelty 6 or more". */
export const cutoffsText = ({ relevance, novelty }: Cutoffs): string =>
  `relevance ${relevance} and novelty ${novelty} or more`;

/** Reads "7 6", also "7, 6" or "7 + 6". @throws UserError for anything else, or numbers that no score has. */
export const readCutoffs = (written: string): Cutoffs => {
  const [, first, second] = /^\s*(\d{1,3})\s*[\s,;/+&]\s*(\d{1,3})\s*$/.exec(written) ?? [];
  const [relevance, novelty] = [Number(first), Number(second)];
  if (![relevance, novelty].every((value) => value >= 1 && value <= 10))
    throw new UserError('Write the cutoffs as two whole numbers from 1 to 10, relevance then novelty, such as 7 6.');
  return { relevance, novelty };
};
