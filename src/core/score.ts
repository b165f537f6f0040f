import type { IsoDate, PaperVersion } from './paper.ts';

export const engines = ['openai', 'local'] as const;

/** `openai` is a language model behind any OpenAI-compatible server, `local` the built-in scorer. */
export type Engine = (typeof engines)[number];

/** What a scorer is given to judge by. Channels with the same rubric share scores. */
export type Rubric = {
  /** SHA-256 of the parts, hex; the identity of the rubric. */
  hash: string;
  template: string;
  topics: string;
  criteria: string;
  language: string;
};

/** A scorer's verdict on one paper. Relevance and novelty are integers from 1 to 10. */
export type Verdict = {
  paperId: string;
  version: number;
  relevance: number;
  novelty: number;
  comment: string;
  /**
   * Share of the day's papers that are less relevant, 0 to 1. Only from a scorer whose order is finer than its scores; not
   * comparable between days.
   */
  percentile?: number | undefined;
};

/** A stored verdict. Scores are append-only: rescoring adds a row. */
export type Score = Verdict & {
  scoreId: number;
  rubric: string;
  engine: Engine;
  /** Name of the model; for the built-in scorer its version and calibration. */
  model: string;
  /** 1 for the first verdict of this engine and model on this paper under this rubric. */
  attempt: number;
  createdAt: string;
};

export type Cutoffs = { relevance: number; novelty: number };

export const passes = (score: Pick<Score, 'relevance' | 'novelty'>, cutoffs: Cutoffs): boolean =>
  score.relevance >= cutoffs.relevance && score.novelty >= cutoffs.novelty;

export const totalScore = (score: Pick<Score, 'relevance' | 'novelty'>): number => score.relevance + score.novelty;

/** Share of candidates that GPT-4o picked on real days; for a channel without a history of its own. */
export const defaultPickRate = 0.08;

/** Novelty is measured against the papers of so many days before. */
export const recentDays = 7;

export type ScorablePaper = PaperVersion & { title: string; abstract: string; categories: readonly string[] };

export type ScoringTask = {
  channel: string;
  date: IsoDate;
  rubric: Rubric;
  papers: readonly ScorablePaper[];
  /** Every candidate of the day, `papers` included; the built-in scorer takes its quantiles from them. */
  day: readonly ScorablePaper[];
  recent: readonly ScorablePaper[];
  /** Papers of the days before these, from which the built-in scorer also learns the field's words. */
  archive?: readonly ScorablePaper[] | undefined;
  cutoffs: Cutoffs;
  pickRate: number;
  signal: AbortSignal;
};

export type ScorerStop = { kind: 'outage' | 'budget' | 'refused'; reason: string };

/**
 * A scorer yields verdicts as they come, in no promised order, so that the caller can store each before the next.
 * It returns the reason if it stopped early; papers without a verdict then stay without one.
 */
export type Scorer = {
  engine: Engine;
  model(task: Pick<ScoringTask, 'cutoffs' | 'pickRate'>): string;
  score(task: ScoringTask): AsyncGenerator<Verdict[], ScorerStop | undefined>;
};
