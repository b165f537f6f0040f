import type { IsoDate, Paper } from './paper.ts';
import type { Vote } from './vote.ts';

/** A paper that a channel was sent, with the votes that stand on it. `at` is told time, ISO 8601 in UTC. */
export type PostedPaper = {
  /** Of its digest. */
  date: IsoDate;
  paper: Pick<Paper, 'id' | 'version' | 'title' | 'abstract'> & {
    categories: readonly string[];
    authors: readonly string[];
  };
  /** The topic of the channel's topics file that it matched best then. */
  topic: string | undefined;
  votes: readonly { person: string; vote: Vote; at: string }[];
};

/** How far the votes of a channel move a paper up or down, and why. */
export type Nudge = {
  /** In points of the total score; below zero for down. */
  points: number;
  /** Such as "you liked 5 papers on quantization". */
  words: string;
};

/** A word or phrase that votes made stronger; above zero for liked. */
export type Taste = {
  words: string;
  strength: number;
  /** Papers with it that were voted up, and down. */
  liked: number;
  disliked: number;
};

/** What a channel's votes taught. */
export type LearnedFeedback = {
  votes: number;
  voters: number;
  /** The most that a paper moves up, and down, in points above zero, with as many votes of either kind as there are. */
  bounds: Record<Vote, number>;
  /** The strongest, the strongest first. */
  liked: readonly Taste[];
  disliked: readonly Taste[];
  /** When it was reset last, told time, ISO 8601; votes before do not count. */
  resetAt: string | undefined;
};
