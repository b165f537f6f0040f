import { countOf } from '../../core/paper-text.ts';
import type { PastDay, PlanPrefilter, PrefilterOutcome, PrefilterTask } from '../../core/prefilter.ts';
import { passes } from '../../core/score.ts';
import { type DistilledModel, fitDistilled } from './model.ts';

/** Recall is measured on the last days, by what was learned from the days before them. */
const measuredDays = 10;
const minDays = 15;
/** Where more of a day has to be read, reading all of it costs little more. */
const maxPapersRead = 0.9;

/** A pick of a measured day. */
type MeasuredPick = {
  /** The share of its day that has to be read for it, above 0 to 1. */
  share: number;
  /** For how many picks it stands: one that was read by chance stands for those that were not. */
  weight: number;
};

const fitTo = (days: readonly PastDay[], { cutoffs, topics }: PrefilterTask, signal: AbortSignal) => {
  const papers = days.flatMap((day) => day.papers);
  const scored = papers.flatMap(({ paper, score }) => (score ? [{ paper, ...score }] : []));
  const archive = papers.flatMap(({ paper, score }) => (score ? [] : [paper]));
  return fitDistilled({ scored, archive, cutoffs, topics, signal });
};

/** The places of papers, the likeliest pick first; those of the same value in the order given. */
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
    for (const [place, at] of order.entries()) {
      const { score, isSampled } = papers[at] ?? { score: undefined, isSampled: false };
      if (score && passes(score, cutoffs))
        picks.push({ share: (place + 1) / order.length, weight: isSampled ? 1 / sampleShare : 1 });
    }
  }
  return picks;
};

/**
 * The smallest share of a day that keeps the wanted share of picks, with one more that would not have been kept: then a
 * further pick is kept as often as wanted, whatever the distribution (split conformal prediction; H. Papadopoulos et al.,
 * "Inductive confidence machines for regression", 2002).
 *
 * @returns undefined where there are too few picks for that, whatever share is read.
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

/** Days of which each has only the papers that no earlier one has. */
const withoutRepeats = (days: readonly PastDay[]): PastDay[] => {
  const seen = new Set<string>();
  return days.map(({ date, papers }) => {
    const first = papers.filter(({ paper }) => !seen.has(paper.id));
    for (const { paper } of first) seen.add(paper.id);
    return { date, papers: first };
  });
};

/**
 * Divides a day's papers by what a language model said of the papers of past days: learned from the earlier of these, the
 * ranking shows on the last ten how much of a day has to be read for the wanted share of the picks. The day itself is
 * ranked by what all of them teach. The same task always has the same outcome.
 */
export const planPrefilter: PlanPrefilter = async (task, signal): Promise<PrefilterOutcome> => {
  const days = withoutRepeats(task.days).filter(({ papers }) => papers.some(({ score }) => score));
  if (days.length < minDays)
    return { reason: `it takes ${minDays} days that the model has read, and there are ${days.length}` };
  const measured = days.slice(-measuredDays);
  const earlier = await fitTo(days.slice(0, -measuredDays), task, signal);
  const picks = await picksOf(measured, earlier, task, signal);
  const enough = shareFor(picks, task.targetRecall);
  if (!enough) {
    // Rounded before: 0.9 / (1 - 0.9) is a little more than 9.
    const needed = Math.ceil(Number((task.targetRecall / (1 - task.targetRecall)).toFixed(6)));
    return {
      reason: `a recall of ${task.targetRecall} can be told by ${countOf(needed, 'pick')}, and the last ${measuredDays} days had ${picks.length}`,
    };
  }
  if (enough.share > maxPapersRead)
    return { reason: `${Math.round(100 * enough.share)} % of a day would have to be read, which saves too little` };
  const model = await fitTo(days, task, signal);
  const order = await orderBy(model, task.papers, signal);
  return {
    order: order.flatMap((at) => task.papers[at]?.id ?? []),
    read: Math.ceil(enough.share * task.papers.length),
    recall: enough.recall,
    days: measured.length,
  };
};
