import type { IsoDate } from './paper.ts';
import type { Cutoffs, ScorablePaper } from './score.ts';

export type AuthoredPaper = ScorablePaper & { authors: readonly string[] };

export type PastPaper = {
  paper: AuthoredPaper;
  /** The language model's score; undefined if it was not asked or did not answer. */
  score: { relevance: number; novelty: number } | undefined;
  /** The prefilter held it for unlikely, and it was scored only as part of the random sample. */
  isSampled: boolean;
};

export type PastDay = { date: IsoDate; papers: readonly PastPaper[] };

export type PrefilterTask = {
  days: readonly PastDay[];
  papers: readonly AuthoredPaper[];
  cutoffs: Cutoffs;
  topics: string;
  targetRecall: number;
  /** Share of the unlikely papers that are scored all the same, above 0 and at most 1. */
  sampleShare: number;
};

export type PrefilterPlan = {
  order: readonly string[];
  read: number;
  /** Estimated share of the picks that it keeps, below 1, from what it would have kept on so many past `days`. */
  recall: number;
  days: number;
};

/** A plan, or why there is none yet: all papers are scored then. */
export type PrefilterOutcome = PrefilterPlan | { reason: string };

export type PlanPrefilter = (task: PrefilterTask, signal: AbortSignal) => Promise<PrefilterOutcome>;

/** What the prefilter did on a digest's day, with its estimated recall from past days; or why it did nothing yet. */
export type Prefiltering =
  | {
      skipped: number;
      sampled: number;
      recall: number;
      days: number;
    }
  | { reason: string };

export const screenedOutCount = (prefilter: Prefiltering | undefined): number =>
  prefilter && 'skipped' in prefilter ? prefilter.skipped : 0;

/** A paper that the prefilter held for unlikely; it was screened out unless it was sampled. */
export type UnlikelyPaper = {
  paperId: string;
  version: number;
  position: number;
  isSampled: boolean;
};
