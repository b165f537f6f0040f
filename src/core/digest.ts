import type { Nudge } from './feedback.ts';
import type { IsoDate, Paper } from './paper.ts';
import type { Prefiltering, UnlikelyPaper } from './prefilter.ts';
import type { Price } from './price.ts';
import type { Cutoffs, Engine, Score, Usage } from './score.ts';

/**
 * How a followed author was found on a paper: by the id in the index of authors, or by the exact name alone, as long as
 * the index does not know the paper. It may then turn out to be somebody else of that name.
 */
export type AuthorMatch = { name: string; basis: 'id' | 'name' | 'refuted' };

/** Why a paper is in a digest. */
export type PickReason = { kind: 'cutoffs' } | { kind: 'author'; matches: AuthorMatch[] };

/** A paper of a digest, with the score it was picked by. */
export type DigestEntry = {
  /** 1 for the best. */
  rank: number;
  paper: Paper;
  score: Score;
  reason: PickReason;
  /** Name of the topic that it matches best; undefined where it matches none. */
  topic: string | undefined;
  /** How far votes moved it; left out where they did not. */
  nudge?: Nudge | undefined;
};

/** How many papers a channel's day had at each step. */
export type DayCounts = {
  /** Papers in the announcement, replacements included. */
  announced: number;
  /** Those of the wanted announce types that passed the gate. */
  scanned: number;
  /** Those that passed the cutoffs. */
  relevant: number;
  /** Those that no engine gave a score, though one was asked. */
  unscored: number;
};

/** What was found of the authors of the day's papers; only where the channel asks about authors. */
export type AuthorCheck = {
  /** The least h-index that one of a paper's authors must have; 0 for none. */
  minHIndex: number;
  /** Papers left out because every author is known and none reaches it. */
  below: number;
  /** Papers that the index of authors does not know. They stay in. */
  unknown: number;
  /** Papers that could not be looked up. They stay in. */
  notLookedUp: number;
};

/** A digest that was made later than on its day, for an announcement that the channel had missed. */
export type Remedial = {
  /** The first and the last of the days since the mailing before, in New York. */
  from: IsoDate;
  to: IsoDate;
  /** The announcement itself is gone; these are the papers that were submitted for it. */
  approximate: boolean;
};

/** How many papers each engine scored. */
export type EngineShare = { engine: Engine; model: string; papers: number };

/** What one model's settled calls for one channel came to. */
export type ModelUsage = {
  model: string;
  channel: string;
  calls: number;
  usage: Usage;
  /** What the cost was reckoned with; undefined where the model's price is unknown. */
  price: Price | undefined;
};

/** A snapshot of what a channel is sent for one announcement date; later rescoring does not change it. */
export type DigestDraft = {
  channel: string;
  date: IsoDate;
  counts: DayCounts;
  cutoffs: Cutoffs;
  /** Largest share first. */
  engines: EngineShare[];
  /** What the channel itself paid for the scores: its own part of `models`. */
  usage: Usage;
  /** The model calls that the scores came from, those that another channel of the rubric paid for included. */
  models: ModelUsage[];
  rubric: string;
  authorCheck: AuthorCheck | undefined;
  /** Undefined where the channel's day was read without one. */
  prefilter?: Prefiltering | undefined;
  remedial: Remedial | undefined;
  /** Papers are shown under the topic that they match best. */
  groupByTopic: boolean;
  /** Sentences that the reader must know, such as that the model was out of reach. */
  notices: string[];
  /** The picked papers, best first. */
  entries: DigestEntry[];
  /** On a day without a pick, the three that came nearest. */
  nearest: DigestEntry[];
};

export type NewDigest = DigestDraft & { unlikely?: readonly UnlikelyPaper[] | undefined };

export type Digest = DigestDraft & {
  digestId: number;
  /** Told time, ISO 8601 in UTC. */
  createdAt: string;
};

/** A digest without its papers. */
export type DigestSummary = Pick<
  Digest,
  'digestId' | 'channel' | 'date' | 'createdAt' | 'counts' | 'usage' | 'remedial' | 'cutoffs' | 'engines'
>;

/** Score of a paper as the ranking sees it: relevance plus novelty, 2 to 20. */
export const totalScore = (score: { relevance: number; novelty: number }): number => score.relevance + score.novelty;
