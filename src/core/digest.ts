import type { IsoDate, Paper } from './paper.ts';
import type { Cutoffs, Engine, MatchLimits, Price, Score, ScorerStop, Usage } from './score.ts';
import type { Prefiltering, UnlikelyPaper } from './screening.ts';
import type { Summary } from './summary.ts';
import type { Nudge } from './votes.ts';

/**
 * How a followed author was matched: by the id in the author index, or by the exact name if the index does not have the
 * paper yet. A match by name is refuted if the index later names another author.
 */
export type AuthorMatch = { name: string; basis: 'id' | 'name' | 'refuted' };

/** `cutoffs` for a language model's score, `match` for the built-in scorer's. */
export type PickReason = { kind: 'cutoffs' } | { kind: 'match' } | { kind: 'author'; matches: AuthorMatch[] };

export type DigestEntry = {
  rank: number;
  paper: Paper;
  score: Score;
  reason: PickReason;
  topic: string | undefined;
  nudge?: Nudge | undefined;
  /** Undefined without a summary. */
  summary?: Pick<Summary, 'summaryId' | 'text'> | undefined;
};

/** `compact` shows a paper's abstract behind a button, `full` in its message. */
export const digestStyles = ['compact', 'full'] as const;
export type DigestStyle = (typeof digestStyles)[number];

export type DayCounts = {
  announced: number;
  scanned: number;
  relevant: number;
  unscored: number;
  /** Left out by the channel's muted words, and in no other count but `announced`; undefined if none was. */
  muted?: number | undefined;
};

export type AuthorCheck = {
  minHIndex: number;
  below: number;
  unknown: number;
  notLookedUp: number;
};

/** Marks a digest created after its day, for an announcement that the channel had missed. */
export type Remedial = {
  from: IsoDate;
  to: IsoDate;
  approximate: boolean;
};

export type EngineShare = { engine: Engine; model: string; papers: number };

export type ModelUsage = {
  /** Undefined for scores. */
  purpose?: 'summaries' | undefined;
  model: string;
  channel: string;
  calls: number;
  usage: Usage;
  price: Price | undefined;
};

/** Papers that the built-in scorer had to score although a language model is configured. `remedy` is a sentence. */
export type Fallback = {
  model: string;
  papers: number;
  kind: ScorerStop['kind'];
  reason: string;
  remedy: string | undefined;
};

/** A digest before it is posted: a snapshot for one announcement date. Later rescoring does not change it. */
export type DigestDraft = {
  channel: string;
  date: IsoDate;
  counts: DayCounts;
  cutoffs: Cutoffs;
  /** Undefined if the built-in scorer scored no paper, and in digests from before it had limits of its own. */
  matchLimits?: MatchLimits | undefined;
  engines: EngineShare[];
  /** The channel's own share of `models`. */
  usage: Usage;
  /**
   * The model calls behind the scores, including those paid for by another channel with the same rubric, and the
   * channel's calls for summaries.
   */
  models: ModelUsage[];
  rubric: string;
  authorCheck: AuthorCheck | undefined;
  prefilter?: Prefiltering | undefined;
  remedial: Remedial | undefined;
  groupByTopic: boolean;
  /** Undefined in digests from before it could be chosen, which are full. */
  style?: DigestStyle | undefined;
  /** Undefined if the language model answered, and in digests of early versions. */
  fallback?: Fallback | undefined;
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
  | 'digestId'
  | 'channel'
  | 'date'
  | 'createdAt'
  | 'counts'
  | 'usage'
  | 'remedial'
  | 'cutoffs'
  | 'engines'
  | 'matchLimits'
>;

/** What is known of a digest without its papers. */
export type DigestState = DigestSummary & Pick<Digest, 'prefilter' | 'fallback'>;

type Scored = Pick<DigestDraft, 'engines'>;

export const isModelUsed = ({ engines }: Scored): boolean => engines.some(({ engine }) => engine !== 'local');

/** False if there was nothing to score. */
export const isOnlyBuiltIn = (digest: Scored): boolean => digest.engines.length > 0 && !isModelUsed(digest);
