import type { IsoDate } from './paper.ts';
import type { Cutoffs, ScorablePaper } from './score.ts';

export type AuthoredPaper = ScorablePaper & { authors: readonly string[] };

/** A paper of a past day, as a language model was given it or spared it. */
export type PastPaper = {
  paper: AuthoredPaper;
  /** What the model said; undefined where it was not asked, or did not answer. */
  score: { relevance: number; novelty: number } | undefined;
  /** Read by chance alone, out of the papers that the prefilter held for unlikely. */
  isSampled: boolean;
};

/** A channel's day that has a digest: every paper that passed the gate. */
export type PastDay = { date: IsoDate; papers: readonly PastPaper[] };

/** What is known when a day's papers are to be divided into those that are read and those that are skipped. */
export type PrefilterTask = {
  /** Oldest first. */
  days: readonly PastDay[];
  papers: readonly AuthoredPaper[];
  /** What a score has to reach for a pick. */
  cutoffs: Cutoffs;
  /** Markdown of the topics file. */
  topics: string;
  /** Share of the picks that are to be kept, above 0 and below 1. */
  targetRecall: number;
  /** Share of the skipped papers that are read all the same, above 0 and at most 1. */
  sampleShare: number;
};

export type PrefilterPlan = {
  /** Ids of all papers, the likeliest pick first. */
  order: readonly string[];
  /** The first so many of them are read. */
  read: number;
  /** Share of the picks that it is estimated to keep, below 1, by what it would have kept on past days. */
  recall: number;
  /** How many days it was measured on. */
  days: number;
};

/** A plan, or why there is none yet: all papers are read then. */
export type PrefilterOutcome = PrefilterPlan | { reason: string };

/** @throws the signal's reason once aborted. */
export type PlanPrefilter = (task: PrefilterTask, signal: AbortSignal) => Promise<PrefilterOutcome>;

/** What the prefilter did on a digest's day; or, while it waits for more history, why nothing. */
export type Prefiltering =
  | {
      /** Papers that no engine read. */
      skipped: number;
      /** Papers of the unlikely part that were read all the same, drawn by chance. */
      sampled: number;
      /** Share of the picks that it is estimated to keep, below 1. */
      recall: number;
      /** Days that the estimate was made on. */
      days: number;
    }
  | { reason: string };

/** Papers of a day that the prefilter kept from being read. */
export const screenedOutCount = (prefilter: Prefiltering | undefined): number =>
  prefilter && 'skipped' in prefilter ? prefilter.skipped : 0;

/** A paper that the prefilter held for unlikely. */
export type UnlikelyPaper = {
  paperId: string;
  version: number;
  /** From 1 for the likeliest of the day. */
  place: number;
  isSampled: boolean;
};
