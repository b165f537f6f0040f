import type { Cutoffs } from '../../src/core/score.ts';
import type { JudgedDay } from './days.ts';
import { type Estimate, estimate, type Figures, figureNames, figuresOf } from './metrics.ts';
import { createDistilledRanker, createLocalRanker, type Ranker } from './rankers.ts';

export type DayFigures = { date: string; papers: number; picks: number; figures: Figures };

export type Evaluation = {
  engine: string;
  /** Days before each that an engine could learn from. */
  history: number;
  days: DayFigures[];
  /** Each day weighs the same. Undefined where no day could be measured. */
  overall: Record<keyof Figures, Estimate> | undefined;
};

export type EvaluationOptions = {
  /** In the order of their dates. */
  days: readonly JudgedDay[];
  /** A built-in engine by name, or any other with a name for the report. */
  engine: 'local' | 'distilled' | { name: string; rank: Ranker };
  /** So many days before each day may be learned from; days with fewer before them are not measured. */
  history: number;
  /** Markdown of the topics file. */
  topics: string;
  /** What a score had to reach for a pick. */
  cutoffs: Cutoffs;
  /** Only so many days, the last ones, are measured; all if left out. */
  last?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called after each day. */
  onDay?: ((day: DayFigures) => void) | undefined;
};

const rankerOf = ({ engine, topics, cutoffs }: EvaluationOptions): { name: string; rank: Ranker } => {
  if (engine === 'local') return { name: engine, rank: createLocalRanker(topics) };
  if (engine === 'distilled') return { name: engine, rank: createDistilledRanker(topics, cutoffs) };
  return engine;
};

const overallOf = (days: readonly DayFigures[]): Evaluation['overall'] => {
  if (days.length === 0) return undefined;
  const of = (name: keyof Figures): Estimate => estimate(days.map(({ figures }) => figures[name]));
  const [auc, precision, recallAt50, recallAt30, ndcg20] = figureNames.map(of) as [
    Estimate,
    Estimate,
    Estimate,
    Estimate,
    Estimate,
  ];
  return { auc, precision, recallAt50, recallAt30, ndcg20 };
};

/**
 * Ranks each day by an engine that knows nothing but the days before it, and compares the ranking with what was picked.
 * Days without a pick are passed over. The same days always give the same figures, but for engines that ask a model.
 */
export const evaluate = async (options: EvaluationOptions): Promise<Evaluation> => {
  const { days, history, last, onDay, signal = new AbortController().signal } = options;
  const { name, rank } = rankerOf(options);
  const measured: DayFigures[] = [];
  const first = Math.max(history, last === undefined ? 0 : days.length - last);
  for (const [at, { date, papers }] of days.entries()) {
    if (at < first || papers.every(({ picked }) => !picked)) continue;
    const before = days.slice(at - history, at);
    const scores = await rank({ date, papers: papers.map(({ paper }) => paper), history: before, signal });
    const picked = papers.map((each) => each.picked);
    const figures = figuresOf(scores, picked);
    if (!figures) continue;
    const day = { date, papers: papers.length, picks: picked.filter(Boolean).length, figures };
    measured.push(day);
    onDay?.(day);
  }
  return { engine: name, history, days: measured, overall: overallOf(measured) };
};
