import type { IsoDate, PaperVersion } from './paper.ts';

/** US dollars per million tokens. */
export type Price = {
  prompt: number;
  cachedPrompt: number;
  completion: number;
  /** URL of the page with the price, and a day on which the price was valid. */
  source: string;
  date: string;
};

/** Tokens of one model call, as the provider counted them. `cached` is a part of `prompt`. */
export type TokenCount = { prompt: number; cached: number; completion: number };

export type Usage = {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  /** US dollars; undefined if a price is unknown. */
  costUsd: number | undefined;
};

export const costOf = (tokens: TokenCount, price: Price): { prompt: number; completion: number } => {
  const cached = Math.min(tokens.cached, tokens.prompt);
  return {
    prompt: ((tokens.prompt - cached) * price.prompt + cached * price.cachedPrompt) / 1e6,
    completion: (tokens.completion * price.completion) / 1e6,
  };
};

/** The sum of usages. Its cost is unknown if any cost is. */
export const sumUsages = (usages: readonly Usage[]): Usage => {
  const sum = (of: (usage: Usage) => number): number => usages.reduce((total, usage) => total + of(usage), 0);
  const isPriced = usages.every(({ costUsd }) => costUsd !== undefined);
  return {
    promptTokens: sum(({ promptTokens }) => promptTokens),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
    costUsd: isPriced ? sum(({ costUsd }) => costUsd ?? 0) : undefined,
  };
};

export const totalTokens = ({ promptTokens, completionTokens }: Usage): number => promptTokens + completionTokens;

/** US dollars with enough digits for small sums: "$0.0312", "$1.20". */
export const dollars = (usd: number): string => `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;

export const engines = ['openai', 'local'] as const;

/** `openai` is a language model behind any OpenAI-compatible server, `local` the built-in scorer. */
export type Engine = (typeof engines)[number];

/** Channels with the same rubric share scores. */
export type Rubric = {
  /** SHA-256 of the parts, hex; identifies the rubric. */
  hash: string;
  template: string;
  topics: string;
  criteria: string;
  language: string;
};

/** Relevance and novelty are integers from 1 to 10. */
export type Verdict = {
  paperId: string;
  version: number;
  relevance: number;
  novelty: number;
  comment: string;
  /**
   * Share of the day's papers that are less relevant, 0 to 1. Given only by scorers that rank more finely than they
   * score. Not comparable between days.
   */
  percentile?: number | undefined;
};

/** A stored verdict. Scores are append-only: rescoring adds a row. */
export type Score = Verdict & {
  scoreId: number;
  rubric: string;
  engine: Engine;
  /** Name of the model; for the built-in scorer, its version and calibration. */
  model: string;
  /** 1 for the first verdict of this engine and model on this paper under this rubric. */
  attempt: number;
  createdAt: string;
};

export type Cutoffs = { relevance: number; novelty: number };

export const passes = (score: Points, cutoffs: Cutoffs): boolean =>
  score.relevance >= cutoffs.relevance && score.novelty >= cutoffs.novelty;

export type Points = Pick<Score, 'relevance' | 'novelty'>;

/** "8 + 7". */
export const scoreText = ({ relevance, novelty }: Points): string => `${relevance} + ${novelty}`;

/** False if one of them is missing. */
export const isSameScore = (one: Points | undefined, other: Points | undefined): boolean =>
  one !== undefined && one.relevance === other?.relevance && one.novelty === other.novelty;

export const totalScore = (score: Points): number => score.relevance + score.novelty;

/** Share of candidates that GPT-4o picked on real days, for channels without history. */
export const defaultPickRate = 0.08;

export const pickRateFrom = (picks: number, papers: number): number => (picks === 0 ? defaultPickRate : picks / papers);

/** Novelty is measured against the papers of this many earlier days. */
export const recentDays = 7;

export type ScorablePaper = PaperVersion & { title: string; abstract: string; categories: readonly string[] };

export type ScoringTask = {
  channel: string;
  date: IsoDate;
  rubric: Rubric;
  papers: readonly ScorablePaper[];
  /** Every candidate of the day, including `papers`. The built-in scorer takes its quantiles from them. */
  day: readonly ScorablePaper[];
  recent: readonly ScorablePaper[];
  /** Papers of earlier days, which also teach the built-in scorer the field's vocabulary. */
  archive?: readonly ScorablePaper[] | undefined;
  cutoffs: Cutoffs;
  pickRate: number;
  signal: AbortSignal;
};

/** `remedy` is what an admin can do, as a sentence. */
export type ScorerStop = { kind: 'outage' | 'budget' | 'refused'; reason: string; remedy?: string | undefined };

/** What requests a language model's server accepts and can answer. */
export type ModelHabits = {
  form: 'schema' | 'lines';
  limit: 'max_completion_tokens' | 'max_tokens';
  temperature: boolean;
  /** True once an answer with a schema had a score. */
  isSchemaRead?: boolean | undefined;
  /** True once an answer had a score. */
  isProven?: boolean | undefined;
  /** The highest limit of an answer, in tokens. */
  maxTokens?: number | undefined;
  /** The completion factor for models that spend tokens on reasoning. */
  factor?: number | undefined;
  /** The highest number of papers per request. */
  batchSize?: number | undefined;
  /** `batchSize` is as low as this because larger batches ran out of time. */
  isSlow?: boolean | undefined;
};

/**
 * A scorer yields verdicts in any order as they become available, so that the caller can store each one before the
 * next. If it stops early, it returns the reason, and some papers have no verdict.
 */
export type Scorer = {
  engine: Engine;
  model(task: Pick<ScoringTask, 'cutoffs' | 'pickRate'>): string;
  score(task: ScoringTask): AsyncGenerator<Verdict[], ScorerStop | undefined>;
};

export type AuthoredPaper = ScorablePaper & { authors: readonly string[] };

export type PastPaper = {
  paper: AuthoredPaper;
  /** The language model's score; undefined if it did not score the paper. */
  score: { relevance: number; novelty: number } | undefined;
  /**
   * True if the prefilter judged the paper unlikely to be picked, so it was scored only as part of the random sample.
   */
  isSampled: boolean;
};

export type PastDay = { date: IsoDate; papers: readonly PastPaper[] };

export type PrefilterTask = {
  days: readonly PastDay[];
  papers: readonly AuthoredPaper[];
  cutoffs: Cutoffs;
  topics: string;
  targetRecall: number;
  /** Share of the unlikely papers to score as a sample, above 0 and at most 1. */
  sampleShare: number;
};

export type PrefilterPlan = {
  order: readonly string[];
  read: number;
  /** Estimated share of the picks that the prefilter keeps, below 1, measured on `days` past days. */
  recall: number;
  days: number;
};

export type PrefilterOutcome = PrefilterPlan | { reason: string };

export type PlanPrefilter = (task: PrefilterTask, signal: AbortSignal) => Promise<PrefilterOutcome>;

/** What the prefilter did on a digest's day and its estimated recall, or why it did nothing. */
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

/** A paper that the prefilter judged unlikely to be picked. It was screened out unless it was sampled. */
export type UnlikelyPaper = {
  paperId: string;
  version: number;
  position: number;
  isSampled: boolean;
};
