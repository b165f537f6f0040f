import { countOf } from '../../core/paper.ts';
import {
  type PastDay,
  type PlanPrefilter,
  type PrefilterOutcome,
  type PrefilterTask,
  passes,
} from '../../core/score.ts';
import { type DistilledModel, fitDistilled } from './model.ts';

/** Recall is measured on the last days, with a ranking learned from the earlier days. */
const measuredDays = 10;
const minDays = 15;
const maxShareRead = 0.9;

type MeasuredPick = {
  /** Share of the day that must be scored to include this pick, 0 to 1. */
  share: number;
  /**
   * Number of picks that this one represents. A pick from the random sample also represents unlikely papers that were
   * not scored.
   */
  weight: number;
};

const fitTo = (days: readonly PastDay[], { cutoffs, topics }: PrefilterTask, signal: AbortSignal) => {
  const papers = days.flatMap((day) => day.papers);
  const scored = papers.flatMap(({ paper, score }) => (score ? [{ paper, ...score }] : []));
  const archive = papers.flatMap(({ paper, score }) => (score ? [] : [paper]));
  return fitDistilled({ scored, archive, cutoffs, topics, signal });
};

const orderBy = async (
  model: DistilledModel,
  papers: Parameters<DistilledModel['score']>[0],
  signal: AbortSignal,
): Promise<number[]> => {
  const values = await model.score(papers, signal);
  return [...papers.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
};

const picksOf = async (
  days: readonly PastDay[],
  model: DistilledModel,
  { cutoffs, sampleShare }: PrefilterTask,
  signal: AbortSignal,
): Promise<MeasuredPick[]> => {
  const picks: MeasuredPick[] = [];
  for (const { papers } of days) {
    const order = await orderBy(
      model,
      papers.map(({ paper }) => paper),
      signal,
    );
    for (const [index, at] of order.entries()) {
      const { score, isSampled } = papers[at] ?? { score: undefined, isSampled: false };
      if (score && passes(score, cutoffs))
        picks.push({ share: (index + 1) / order.length, weight: isSampled ? 1 / sampleShare : 1 });
    }
  }
  return picks;
};

/**
 * The smallest share of a day that includes `targetRecall` of the picks, counting one extra pick as missed. The guarantee then
 * holds for any distribution (split conformal prediction; H. Papadopoulos et al., "Inductive confidence machines for
 * regression", 2002).
 * @returns Undefined if there are too few picks.
 */
const shareFor = (
  picks: readonly MeasuredPick[],
  targetRecall: number,
): { share: number; recall: number } | undefined => {
  const total = picks.reduce((sum, { weight }) => sum + weight, 0);
  let kept = 0;
  for (const { share, weight } of picks.toSorted((a, b) => a.share - b.share)) {
    kept += weight;
    const recall = kept / (total + 1);
    if (recall >= targetRecall) return { share, recall };
  }
  return undefined;
};

const withoutRepeats = (days: readonly PastDay[]): PastDay[] => {
  const seen = new Set<string>();
  return days.map(({ date, papers }) => {
    const first = papers.filter(({ paper }) => !seen.has(paper.id));
    for (const { paper } of first) seen.add(paper.id);
    return { date, papers: first };
  });
};

/**
 * Decides which of a day's papers the language model scores. A ranking learned from earlier past days shows, on the
 * last ten, how much of a day must be scored to find `targetRecall` of the picks. The day itself is ranked with all
 * past days. Deterministic.
 */
export const planPrefilter: PlanPrefilter = async (task, signal): Promise<PrefilterOutcome> => {
  const days = withoutRepeats(task.days).filter(({ papers }) => papers.some(({ score }) => score));
  if (days.length < minDays) return { reason: `it needs ${minDays} days scored by the model and has ${days.length}` };
  const measured = days.slice(-measuredDays);
  const earlier = await fitTo(days.slice(0, -measuredDays), task, signal);
  const picks = await picksOf(measured, earlier, task, signal);
  const enough = shareFor(picks, task.targetRecall);
  if (!enough) {
    // Rounded because 0.9 / (1 - 0.9) is slightly above 9.
    const needed = Math.ceil(Number((task.targetRecall / (1 - task.targetRecall)).toFixed(6)));
    return {
      reason: `a recall of ${task.targetRecall} needs ${countOf(needed, 'pick')}, and the last ${measuredDays} days had ${picks.length}`,
    };
  }
  if (enough.share > maxShareRead)
    return { reason: `it would have to read ${Math.round(100 * enough.share)}% of a day, which saves too little` };
  const model = await fitTo(days, task, signal);
  const order = await orderBy(model, task.papers, signal);
  return {
    order: order.flatMap((at) => task.papers[at]?.id ?? []),
    read: Math.ceil(enough.share * task.papers.length),
    recall: enough.recall,
    days: measured.length,
  };
};
