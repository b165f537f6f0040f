import type { IsoDate, PaperVersion } from './paper.ts';

export const engines = ['openai', 'local'] as const;

/** Who reads the papers: a language model behind an OpenAI-compatible server, or the built-in scorer. */
export type Engine = (typeof engines)[number];

/** What a team cares about, as the texts that a scorer is given. Channels with the same rubric share scores. */
export type Rubric = {
  /** SHA-256 of the parts, hex; the identity of the rubric. */
  hash: string;
  /** The prompt's template, before topics and criteria are filled in. */
  template: string;
  /** Markdown of the topics file. */
  topics: string;
  /** Markdown of the scoring criteria. */
  criteria: string;
  /** Language of the comments, such as `English`. */
  language: string;
};

/** A scorer's verdict on one paper. */
export type Verdict = {
  paperId: string;
  version: number;
  /** Integer, 1 to 10. */
  relevance: number;
  /** Integer, 1 to 10. */
  novelty: number;
  comment: string;
  /**
   * Place within the day that the scores were given in, from 0 to 1 for the best, by a scorer that knows a finer order than
   * its scores tell; it means nothing beside another day's.
   */
  rank?: number | undefined;
};

/** A stored verdict. Scores are append-only: rescoring adds a row. */
export type Score = Verdict & {
  scoreId: number;
  rubric: string;
  engine: Engine;
  /** Name of the model; for the local engine its version and calibration. */
  model: string;
  /** 1 for the first verdict of this engine and model on this paper under this rubric. */
  attempt: number;
  /** Told time, ISO 8601 in UTC. */
  createdAt: string;
};

/** Share of candidates that GPT-4o picked on real days. Used until a channel has a history of its own. */
export const defaultPickRate = 0.08;

/** Novelty is measured against the papers of so many days before. */
export const recentDays = 7;

/** A paper is picked when it reaches both. */
export type Cutoffs = { relevance: number; novelty: number };

/** Whether a score reaches both cutoffs. */
export const passes = (score: Pick<Score, 'relevance' | 'novelty'>, cutoffs: Cutoffs): boolean =>
  score.relevance >= cutoffs.relevance && score.novelty >= cutoffs.novelty;

/** Tokens and cost of model calls. */
export type Usage = {
  promptTokens: number;
  /** The part of `promptTokens` that the provider had in its cache. */
  cachedTokens: number;
  completionTokens: number;
  /** US dollars; undefined where the model's price is unknown. */
  costUsd: number | undefined;
};

/** Papers to score and all that a scorer may look at for it. */
export type ScoringTask = {
  channel: string;
  date: IsoDate;
  rubric: Rubric;
  /** Papers without a verdict. */
  papers: readonly ScorablePaper[];
  /** Every candidate of the day, `papers` included; the local engine takes its quantiles from them. */
  day: readonly ScorablePaper[];
  /** Papers of recent days in the same categories; what novelty is measured against. */
  recent: readonly ScorablePaper[];
  /** Papers of the days before these; with them the local engine learns what the field writes of. */
  archive?: readonly ScorablePaper[] | undefined;
  cutoffs: Cutoffs;
  /** Share of the channel's candidates that passed in the past, 0 to 1. */
  pickRate: number;
  signal: AbortSignal;
};

export type ScorablePaper = PaperVersion & { title: string; abstract: string; categories: readonly string[] };

/** Why a scorer stopped before the end: what is left is for the next engine, and the digest says so. */
export type ScorerStop = { kind: 'outage' | 'budget' | 'refused'; reason: string };

/**
 * A scorer yields verdicts as they come, in no promised order, so that the caller can store each before the next.
 * It returns the reason if it stopped early; papers without a verdict then stay without one.
 */
export type Scorer = {
  engine: Engine;
  /** Verdicts of another model are not reused. */
  model(task: Pick<ScoringTask, 'cutoffs' | 'pickRate'>): string;
  score(task: ScoringTask): AsyncGenerator<Verdict[], ScorerStop | undefined>;
};
