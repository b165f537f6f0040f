import type { Cutoffs } from '../../src/core/score.ts';
import type { VoteMeasure } from '../../src/core/votes.ts';
import type { JudgedDay } from './days.ts';
import { type Estimate, estimate, type Figures, figureNames, figuresOf } from './metrics.ts';
import { createDistilledRanker, createLocalRanker, type Ranker } from './rankers.ts';

export type DayFigures = { date: string; papers: number; picks: number; figures: Figures };

export type Evaluation = {
  engine: string;
  history: number;
  days: DayFigures[];
  /** Weighs all days equally. Undefined if no day could be measured. */
  overall: Record<keyof Figures, Estimate> | undefined;
  /** How well the channel's votes were predicted. Undefined on day files and with few votes. */
  votes?: VoteMeasure | undefined;
};

export type EvaluationOptions = {
  days: readonly JudgedDay[];
  engine: 'local' | 'distilled' | { name: string; rank: Ranker };
  history: number;
  topics: string;
  cutoffs: Cutoffs;
  last?: number | undefined;
  signal?: AbortSignal | undefined;
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
 * Ranks each day with an engine that has seen only the earlier days, and compares the ranking with the picks. Days
 * without a pick are left out. Deterministic, except for engines that call a language model.
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
