import type { IsoDate, Paper } from './paper.ts';
import type { Cutoffs, Engine, Score, Usage } from './score.ts';

/** Why a paper is in a digest. */
export type PickReason = { kind: 'cutoffs' } | { kind: 'author'; name: string };

/** A paper of a digest, with the score it was picked by. */
export type DigestEntry = {
  /** 1 for the best. */
  rank: number;
  paper: Paper;
  score: Score;
  reason: PickReason;
};

/** How many papers a channel's day had at each step. */
export type DayCounts = {
  /** Papers in the announcement, replacements included. */
  announced: number;
  /** Those of the wanted announce types that passed the gate: what the scorer read. */
  scanned: number;
  /** Those that passed the cutoffs. */
  relevant: number;
  /** Those that no engine gave a score. */
  unscored: number;
};

/** How many papers each engine scored. */
export type EngineShare = { engine: Engine; model: string; papers: number };

/** A snapshot of what a channel is sent for one announcement date; later rescoring does not change it. */
export type DigestDraft = {
  channel: string;
  date: IsoDate;
  /** The built-in sample day, with invented papers; never counted in history. */
  sample: boolean;
  counts: DayCounts;
  cutoffs: Cutoffs;
  /** Largest share first. */
  engines: EngineShare[];
  usage: Usage;
  rubric: string;
  /** Sentences that the reader must know, such as that the model was out of reach. */
  notices: string[];
  /** The picked papers, best first. */
  entries: DigestEntry[];
  /** On a day without a pick, the three that came nearest. */
  nearest: DigestEntry[];
};

export type Digest = DigestDraft & {
  digestId: number;
  /** Told time, ISO 8601 in UTC. */
  createdAt: string;
};

/** Score of a paper as the ranking sees it: relevance plus novelty, 2 to 20. */
export const totalScore = (score: { relevance: number; novelty: number }): number => score.relevance + score.novelty;
