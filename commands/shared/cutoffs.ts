import type { Channel } from '../../src/core/channel.ts';
import { UserError } from '../../src/core/errors.ts';
import type { FormField } from '../../src/core/message.ts';
import { countOf } from '../../src/core/paper.ts';
import { type Cutoffs, cutoffsText } from '../../src/core/score.ts';

export const cutoffsInput = ({ relevance, novelty }: Cutoffs): string => `${relevance} ${novelty}`;

const papersText = (papersPerDay: number): string => `at most ${countOf(papersPerDay, 'paper')} a day`;

/**
 * What a channel posts, phrased to follow "posts": with a language model, "papers with relevance 8 and novelty 7 or
 * higher (by the built-in scorer, at most 10 papers a day)"; without one, "at most 10 papers a day".
 */
export const limitsText = (
  { cutoffs, papersPerDay }: Pick<Channel, 'cutoffs' | 'papersPerDay'>,
  model: string | undefined,
): string =>
  model === undefined
    ? papersText(papersPerDay)
    : `papers with ${cutoffsText(cutoffs)} (by the built-in scorer, ${papersText(papersPerDay)})`;

/** Topics saved before `papersPerDay` existed lack it. */
type Limits = { cutoffs: Cutoffs; papersPerDay?: number | undefined };

export const areCutoffsSame = (one: Limits, other: Limits): boolean =>
  cutoffsInput(one.cutoffs) === cutoffsInput(other.cutoffs);

const arePapersSame = (one: Limits, other: Limits): boolean =>
  one.papersPerDay === undefined || other.papersPerDay === undefined || one.papersPerDay === other.papersPerDay;

export const areLimitsSame = (one: Limits, other: Limits): boolean =>
  areCutoffsSame(one, other) && arePapersSame(one, other);

/** The limits that `after` changes, such as ["relevance 7 and novelty 6 or higher", "at most 5 papers a day"]. */
export const changedLimits = (before: Limits, after: Limits): string[] => [
  ...(areCutoffsSame(before, after) ? [] : [cutoffsText(after.cutoffs)]),
  ...(arePapersSame(before, after) || after.papersPerDay === undefined ? [] : [papersText(after.papersPerDay)]),
];

/** Reads "7 6", "7, 6" or "7 + 6". @throws UserError for anything else. */
export const readCutoffs = (input: string): Cutoffs => {
  const [, first, second] = /^\s*(\d{1,3})\s*[\s,;/+&]\s*(\d{1,3})\s*$/.exec(input) ?? [];
  const [relevance, novelty] = [Number(first), Number(second)];
  if (![relevance, novelty].every((value) => value >= 1 && value <= 10))
    throw new UserError('Write the cutoffs as two whole numbers from 1 to 10, relevance then novelty, such as 7 6.');
  return { relevance, novelty };
};

/** @returns undefined for no input. @throws UserError for anything but a whole number. */
export const readPapersPerDay = (input: string | undefined): number | undefined => {
  if (input === undefined || input.trim() === '') return undefined;
  // A form's number field may return "10.0".
  const value = Number(input);
  if (!Number.isInteger(value)) throw new UserError('Write the papers per day as a whole number, such as 10.');
  return value;
};

/** @param max The channel's `top`. */
export const papersPerDayField = (max: number, model: string | undefined): Pick<FormField, 'hint' | 'range'> => ({
  hint: `At most, from 1 to ${max}${model === undefined ? '' : ', if the built-in scorer takes over'}`,
  range: { min: 1, max },
});
