import type { IsoDate, Paper } from './paper.ts';
import type { Cutoffs, Engine, Prefiltering, Price, Score, UnlikelyPaper, Usage } from './score.ts';
import type { Nudge } from './votes.ts';

/**
 * How a followed author was matched: by the id in the author index, or by the exact name as long as the index does not know
 * the paper. A match by name is refuted if the index later names somebody else.
 */
export type AuthorMatch = { name: string; basis: 'id' | 'name' | 'refuted' };

export type PickReason = { kind: 'cutoffs' } | { kind: 'author'; matches: AuthorMatch[] };

export type DigestEntry = {
  rank: number;
  paper: Paper;
  score: Score;
  reason: PickReason;
  topic: string | undefined;
  nudge?: Nudge | undefined;
};

export type DayCounts = {
  announced: number;
  scanned: number;
  relevant: number;
  unscored: number;
};

/** What was found about the authors of the day's papers, if the channel asks about authors. */
export type AuthorCheck = {
  minHIndex: number;
  /** Papers left out because every author is known and none reaches it. */
  below: number;
  unknown: number;
  notLookedUp: number;
};

/** Marks a digest created later than on its day, for an announcement that the channel had missed. */
export type Remedial = {
  from: IsoDate;
  to: IsoDate;
  approximate: boolean;
};

export type EngineShare = { engine: Engine; model: string; papers: number };

export type ModelUsage = {
  model: string;
  channel: string;
  calls: number;
  usage: Usage;
  price: Price | undefined;
};

/** A digest before it is posted: a snapshot for one announcement date, which later rescoring does not change. */
export type DigestDraft = {
  channel: string;
  date: IsoDate;
  counts: DayCounts;
  cutoffs: Cutoffs;
  engines: EngineShare[];
  /** What the channel itself paid for the scores: its own part of `models`. */
  usage: Usage;
  /** The model calls that the scores came from, including those that another channel of the rubric paid for. */
  models: ModelUsage[];
  rubric: string;
  authorCheck: AuthorCheck | undefined;
  prefilter?: Prefiltering | undefined;
  remedial: Remedial | undefined;
  groupByTopic: boolean;
  /** Sentences that the reader must know, such as that the model was out of reach. */
  notices: string[];
  entries: DigestEntry[];
  nearest: DigestEntry[];
};

export type NewDigest = DigestDraft & { unlikely?: readonly UnlikelyPaper[] | undefined };

export type Digest = DigestDraft & {
  digestId: number;
  createdAt: string;
};

export type DigestSummary = Pick<
  Digest,
  'digestId' | 'channel' | 'date' | 'createdAt' | 'counts' | 'usage' | 'remedial' | 'cutoffs' | 'engines'
>;
