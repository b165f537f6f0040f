import type { Channel } from './channel.ts';
import type { IsoDate } from './paper.ts';
import type { AuthoredPaper, Cutoffs, Points, ScorablePaper, Score, ScorerStop } from './score.ts';
import type { ScoreQuery } from './stores.ts';

/**
 * How many of the papers below the line are scored as a sample: the probability is `near` at the line, falls by a
 * factor of e over each `reach` of the day, and is at least `far`.
 */
export type Sampling = { near: number; reach: number; far: number };

/** A ranked day, and what its verdicts showed about the ranking. Positions are shares of the day, 0 to 1. */
export type ScreenedDay = {
  /** All papers above this position were read. */
  line: number;
  /** Positions of the picks above the line or in the sample. */
  picks: readonly number[];
  /** Stored with each day, because earlier days keep their probabilities if the numbers change. */
  sampling: Sampling;
};

/** Estimated share of the picks that were read on the last `days` screened days, with a 90% interval, 0 to 1. */
export type MeasuredRecall = { recall: number; low: number; high: number };

/** What the prefilter did on a digest's day, or why it did nothing. `screened` is missing if the model stopped early. */
export type Prefiltering =
  | ({
      skipped: number;
      sampled: number;
      /** Screened days before this one that the recall is measured on. */
      days: number;
      screened?: ScreenedDay | undefined;
      // Missing before it is measured. Digests from earlier versions have no interval.
    } & Partial<MeasuredRecall>)
  | { reason: string; screened?: ScreenedDay | undefined };

export const screenedOutCount = (prefilter: Prefiltering | undefined): number =>
  prefilter && 'skipped' in prefilter ? prefilter.skipped : 0;

/** A paper that the prefilter judged unlikely to be picked. It was screened out unless it was sampled. */
export type UnlikelyPaper = {
  paperId: string;
  version: number;
  position: number;
  isSampled: boolean;
};

/** A paper that the language model scored. */
export type PastPaper = { paper: AuthoredPaper; score: Points };

/** @param screened Undefined if the day was not ranked, or the model stopped early. */
export type PastDay = {
  date: IsoDate;
  cutoffs: Cutoffs;
  papers: readonly PastPaper[];
  screened: ScreenedDay | undefined;
};

export type DayRankingTask = {
  papers: readonly AuthoredPaper[];
  /** Scored papers of earlier days. */
  scored: readonly PastPaper[];
  /** Papers of earlier days, scored or not. */
  archive: readonly ScorablePaper[];
  cutoffs: Cutoffs;
  topics: string;
};

/** Returns the ids of the day's papers, the likeliest picks first. */
export type RankDay = (task: DayRankingTask, signal: AbortSignal) => Promise<string[]>;

export type Prefiltered = { prefilter: Prefiltering; unlikely: UnlikelyPaper[] };

/** How the papers of a day are scored. */
export type DayReader = {
  cutoffs: Cutoffs;
  version(paperId: string): number;
  scoreOf(paperId: string): Score | undefined;
  /** True for papers that are read regardless of their position. */
  mustRead(paperId: string): boolean;
  /**
   * Scores the papers without a score, except those skipped, and reads less of the brief ones. Returns why the model stopped
   * early.
   */
  read(ids: { skipped: ReadonlySet<string>; brief: ReadonlySet<string> }): Promise<ScorerStop | undefined>;
};

export type Screening = {
  /** Ids of the papers to read first, the likeliest picks first, and which of them to read less of. */
  likeliest: { ids: readonly string[]; brief: ReadonlySet<string> };
  read(reader: DayReader): Promise<{ prefiltered: Prefiltered; stop: ScorerStop | undefined }>;
};

/** Decides what to read of a day. Returns what it did instead if it does not screen the day. */
export type Prefilter = (
  channel: Pick<Channel, 'name' | 'cutoffs' | 'rubric' | 'categories'>,
  date: IsoDate,
  papers: readonly AuthoredPaper[],
  query: ScoreQuery,
  signal: AbortSignal,
) => Promise<Screening | Prefiltered>;
