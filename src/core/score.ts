import { createHash } from 'node:crypto';
import type { CallPriority } from './call-limiter.ts';
import { grouped, type IsoDate, type PaperVersion } from './paper.ts';

/** US dollars per million tokens. */
export type Price = {
  prompt: number;
  cachedPrompt: number;
  completion: number;
  /** URL of the page with the price, and a day on which the price was valid. */
  source: string;
  date: string;
  /** True for the price of batches. */
  isBatch?: boolean | undefined;
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

/** The part of the daily budget, in US dollars, that commands may spend. The rest belongs to digests. */
export const commandBudget = (dailyBudgetUsd: number): number => dailyBudgetUsd / 2;

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

/** Begins the hash of a rubric under which `doctor` scores a paper, so that its cost can be found. */
export const checkRubricPrefix = 'doctor-';

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
  /**
   * The topics in structured English, as a language model or a person wrote them. Empty if the topics are used as
   * written, undefined if nobody has expanded them yet. Not part of the hash.
   */
  expansion?: string | undefined;
};

/** Identifies the topics of a rubric: SHA-256, hex. */
export const topicsHash = ({ topics }: Pick<Rubric, 'topics'>): string =>
  createHash('sha256').update(topics).digest('hex');

/** The topics that the built-in scorer and the topic labels read. */
export const matchedTopics = ({ topics, expansion }: Pick<Rubric, 'topics' | 'expansion'>): string =>
  expansion || topics;

/** A language model's judgment: integers from 1 to 10. */
export type Points = { relevance: number; novelty: number };

/** The built-in scorer's judgment. It only ranks, so it gives no points. */
export type Standing = {
  /** 1 for the best match among the day's `of` candidates. */
  position: number;
  of: number;
  /**
   * Percentage of the day's and the archive's other papers that match the topics less well, at most 99.9; 0 for a
   * paper without a word of the topics. Comparable between the days of a channel.
   */
  match: number;
};

type Judged = { paperId: string; version: number; comment: string };

/** Why a paper was picked, in a sentence. */
export type PaperComment = Judged;

export type ModelVerdict = Judged & Points;
export type BuiltInVerdict = Judged & Standing;
export type Verdict = ModelVerdict | BuiltInVerdict;

type Stored = {
  scoreId: number;
  rubric: string;
  /** Name of the model; for the built-in scorer, its version. */
  model: string;
  /** 1 for the first verdict of this engine and model on this paper under this rubric. */
  attempt: number;
  createdAt: string;
};

export type ModelScore = ModelVerdict & Stored & { engine: Exclude<Engine, 'local'> };
export type BuiltInScore = BuiltInVerdict & Stored & { engine: 'local' };

/** A stored verdict. Scores are append-only: rescoring adds a row. */
export type Score = ModelScore | BuiltInScore;

/** @throws Error for points by the built-in scorer. */
export const asScore = (verdict: Verdict, engine: Engine, stored: Stored): Score => {
  if ('match' in verdict) return { ...verdict, ...stored, engine: 'local' };
  if (engine === 'local') throw new Error('the built-in scorer gives no points');
  return { ...verdict, ...stored, engine };
};

/** "the built-in scorer", or the name of the language model. */
export const scorerName = ({ engine, model }: { engine: Engine; model: string }): string =>
  engine === 'local' ? 'the built-in scorer' : model;

export const isBuiltIn = (score: Score): score is BuiltInScore => score.engine === 'local';
export const isByModel = (score: Score): score is ModelScore => score.engine !== 'local';

export type Cutoffs = { relevance: number; novelty: number };

/** "relevance 8 and novelty 7 or higher". */
export const cutoffsText = ({ relevance, novelty }: Cutoffs): string =>
  `relevance ${relevance} and novelty ${novelty} or higher`;

export const passes = (score: Points, cutoffs: Cutoffs): boolean =>
  score.relevance >= cutoffs.relevance && score.novelty >= cutoffs.novelty;

/** What the built-in scorer picks on a day: at most `papers`, each with a match of at least `floor`. */
export type MatchLimits = { papers: number; floor: number };

/** "8 + 7". */
const pointsText = ({ relevance, novelty }: Points): string => `${relevance} + ${novelty}`;

/** Rounded down to a whole number; from 99 on to one decimal, because the best papers differ only there. */
export const roundedMatch = (match: number): number => (match >= 99 ? Math.floor(10 * match) / 10 : Math.floor(match));

/** "96%", "99.0%". */
export const matchText = (match: number): string => `${roundedMatch(match).toFixed(match >= 99 ? 1 : 0)}%`;

const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/** "3rd", "1,204th". */
export const ordinal = (value: number): string => `${grouped(value)}${endings[ordinals.select(value)]}`;

/** "3rd of 383". */
export const positionText = ({ position, of }: Standing): string => `${ordinal(position)} of ${grouped(of)}`;

/** "8 + 7" for a language model's score, "3rd of 383 · match 96%" for the built-in scorer's. */
export const scoreText = (score: Score): string =>
  isBuiltIn(score) ? `${positionText(score)} · match ${matchText(score.match)}` : pointsText(score);

/** "Relevance 8 · Novelty 7", or as in `scoreText`. */
export const longScoreText = (score: Score): string =>
  isBuiltIn(score) ? scoreText(score) : `Relevance ${score.relevance} · Novelty ${score.novelty}`;

/** False if one of them is missing. */
export const isSameScore = (one: Score | undefined, other: Score | undefined): boolean =>
  one !== undefined && other !== undefined && scoreText(one) === scoreText(other);

export const totalScore = (score: Points): number => score.relevance + score.novelty;

/** The total score, from 2 to 20; for the built-in scorer, its match on a scale that ends at 20. */
export const comparableTotal = (score: Score): number => (isBuiltIn(score) ? score.match / 5 : totalScore(score));

/** "17 of 20", or "1st of 383 · match 99.7%". */
export const bestText = (score: Score): string => (isBuiltIn(score) ? scoreText(score) : `${totalScore(score)} of 20`);

/** Comments name similar papers of this many earlier days. */
export const recentDays = 7;

export type ScorablePaper = PaperVersion & { title: string; abstract: string; categories: readonly string[] };

export type ScoringTask = {
  channel: string;
  date: IsoDate;
  rubric: Rubric;
  papers: readonly ScorablePaper[];
  /** Ids of unlikely picks, of which a language model reads less. */
  brief?: ReadonlySet<string> | undefined;
  /** Every candidate of the day, including `papers`. The built-in scorer ranks among them. */
  day: readonly ScorablePaper[];
  recent: readonly ScorablePaper[];
  /** Papers of earlier days, which also teach the built-in scorer the field's vocabulary. */
  archive?: readonly ScorablePaper[] | undefined;
  cutoffs: Cutoffs;
  /** True if each verdict needs a comment. Otherwise, a scorer with a commenter leaves comments empty. */
  withComments?: boolean | undefined;
  /** Expected share of the candidates that the channel wants, 0 to 1. Only the built-in scorer uses it. */
  pickRate?: number | undefined;
  /** Default: `digest`. */
  priority?: CallPriority | undefined;
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
  /** True once the model answered. */
  isProven?: boolean | undefined;
  /** The highest limit of an answer, in tokens. */
  maxTokens?: number | undefined;
  /** The completion factor for models that spend tokens on reasoning. */
  factor?: number | undefined;
  /** The highest number of papers per request. */
  batchSize?: number | undefined;
  /** True if `batchSize` is this low because larger batches ran out of time. */
  isSlow?: boolean | undefined;
  /** The number of requests at a time, if it is not the default. */
  concurrency?: number | undefined;
  /** True once a batch was answered; false if the server has no batches, or none for this model. */
  hasBatches?: boolean | undefined;
};

/**
 * A scorer yields verdicts in any order as they become available, so that the caller can store each one before the
 * next. If it stops early, it returns the reason, and some papers have no verdict.
 */
export type Scorer<V extends Verdict = Verdict> = {
  engine: Engine;
  /** Name of the model; for the built-in scorer, its version, which depends on the expansion of the topics. */
  model(rubric: Pick<Rubric, 'expansion'>): string;
  score(task: ScoringTask): AsyncGenerator<V[], ScorerStop | undefined>;
  /** Papers of a full request to a language model. Not set if the scorer makes no requests. */
  papersPerCall?: number | undefined;
  /** Comments on the papers that people see, if verdicts have no comments. */
  comment?: Commenter | undefined;
};

export type CommentTask = Pick<ScoringTask, 'channel' | 'date' | 'rubric' | 'priority' | 'signal'> & {
  /** Receives comments as they become available. */
  onComments(comments: readonly PaperComment[]): Promise<void>;
};

export type Commenter = (task: CommentTask) => {
  /** Takes papers while others are still being scored. */
  add(papers: readonly (ScorablePaper & Points)[]): void;
  /**
   * Resolves once every paper has a comment or will not get one. A model that fails is no error, because a digest does
   * not need comments. Rejects with the signal's reason.
   * @param isAnswering False if the model has stopped answering, so that no further comments are asked for.
   */
  end(isAnswering: boolean): Promise<void>;
};

export type AuthoredPaper = ScorablePaper & { authors: readonly string[] };
