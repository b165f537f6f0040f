import type { Destination } from './addresses.ts';
import type { IsoDate, Paper } from './paper.ts';

/** A person's 👍 or 👎 on a paper. Only one counts for each person, channel and paper. */
export type Vote = 'up' | 'down';

/** A paper of a channel, and where a person votes on it. */
export type VotePlace = { channel: string; paperId: string; destination: Destination };

export type VoteCount = Record<Vote, number>;

const thumbs: ReadonlyMap<string, Vote> = new Map([
  ['+1', 'up'],
  ['thumbsup', 'up'],
  ['👍', 'up'],
  ['-1', 'down'],
  ['thumbsdown', 'down'],
  ['👎', 'down'],
  ['button:up', 'up'],
  ['button:down', 'down'],
]);

/** The vote for an emoji, given by name or as a character, in any skin tone: `thumbsup::skin-tone-3`, `👍🏽`. */
export const voteOfEmoji = (emoji: string): Vote | undefined =>
  thumbs.get(emoji.replace(/::skin-tone-\d$|[\u{1F3FB}-\u{1F3FF}]$/u, ''));

/** How a vote by button is stored among the reactions; `none` if the person took it back. */
export const buttonEmoji = { up: 'button:up', down: 'button:down', none: 'button:none' } as const;

export const isButtonEmoji = (emoji: string): boolean => emoji.startsWith('button:');

export type PostedPaper = {
  date: IsoDate;
  paper: Pick<Paper, 'id' | 'version' | 'title' | 'abstract'> & {
    categories: readonly string[];
    authors: readonly string[];
  };
  topic: string | undefined;
  /** Total score when it was posted, 2 to 20; for the built-in scorer, its match on the same scale. */
  total?: number | undefined;
  votes: readonly { person: string; vote: Vote; at: string }[];
};

/** A probability is not shown with fewer votes. */
export const minVotesForChance = 30;

export type Nudge = {
  points: number;
  /** The reason, for the papers of a digest that moved the most; empty for the others. */
  words: string;
  /** Probability that the channel likes the paper, from 0 to 1. Unknown with few votes. */
  chance?: number | undefined;
};

export type Taste = {
  words: string;
  strength: number;
  liked: number;
  disliked: number;
};

/** `auc`: share of 👍/👎 pairs in the right order. `brier`: mean square error of the chances, from 0 (best) to 1. */
export type VoteFigures = { auc: number; brier: number };

/** How well votes were predicted before they were cast: by what was learned, by scores alone and by Rocchio's query. */
export type VoteMeasure = { predicted: number } & Record<'votes' | 'scores' | 'rocchio', VoteFigures>;

export type LearnedFeedback = {
  votes: number;
  voters: number;
  /** Maximum points that a paper moves up or down with this many votes. Both are positive. */
  bounds: Record<Vote, number>;
  liked: readonly Taste[];
  disliked: readonly Taste[];
  /** Undefined with few votes. */
  measure?: VoteMeasure | undefined;
  /** Votes before the last reset do not count. Simulated time, ISO 8601. */
  resetAt: string | undefined;
};

/** "  👍 2  👎 1", with the leading space; empty without votes. */
export const votesText = (votes: VoteCount | undefined): string => {
  const up = votes?.up ? `  👍 ${votes.up}` : '';
  const down = votes?.down ? `  👎 ${votes.down}` : '';
  return `${up}${down}`;
};
