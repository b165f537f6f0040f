import { createPause } from '../../core/clock.ts';
import { passes } from '../../core/score.ts';
import type { DayRankingTask } from '../../core/screening.ts';
import { createReader } from '../built-in/reader.ts';
import { rankPapers } from '../built-in/relevance.ts';
import { type DistilledModel, fitDistilled, minPicks } from './model.ts';

/** Weight of the learned order against that of the topics file. Their mean misses fewer picks than either. */
const learnedWeight = 0.7;

/** In papers. A shorter history knows too few of the words, so those of the day count too. */
const longHistory = 1_500;

/** For each value its position, 0 for the highest. */
const positionsOf = (values: Float32Array): Float32Array => {
  const order = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const positions = new Float32Array(values.length);
  for (const [position, row] of order.entries()) positions[row] = position;
  return positions;
};

/** Fits a model for a task, or returns the last one if it was fitted to the same history. */
export const createFitting = (reader = createReader()) => {
  let last: { history: string; model: DistilledModel } | undefined;
  return async (
    { scored, archive, cutoffs, topics }: Omit<DayRankingTask, 'papers'>,
    signal: AbortSignal,
  ): Promise<DistilledModel> => {
    const verdicts = scored.map(({ paper: { id, version }, score: { relevance, novelty } }) =>
      [id, version, relevance, novelty].join(' '),
    );
    const papers = archive.map(({ id, version }) => `${id} ${version}`);
    const history = JSON.stringify([cutoffs, topics, verdicts, papers]);
    if (last?.history === history) return last.model;
    // Frees the memory of the last one first.
    last = undefined;
    const rows = scored.map(({ paper, score }) => ({ paper, ...score }));
    const model = await fitDistilled({ scored: rows, archive, cutoffs, topics, signal }, reader);
    last = { history, model };
    return model;
  };
};

/**
 * Ranks a day by the model's verdicts of earlier days and by the topics file; with few picks, by the topics file alone.
 * Deterministic.
 * @throws The signal's reason if it is aborted.
 */
export const rankDay = async (
  { papers, scored, archive, cutoffs, topics }: DayRankingTask,
  signal: AbortSignal,
  reader = createReader(),
  fitted = createFitting(reader),
): Promise<string[]> => {
  const pause = createPause(signal);
  const ofDay = new Set(papers.map(({ id }) => id));
  const picks = new Set(scored.flatMap(({ paper, score }) => (passes(score, cutoffs) ? [paper.id] : []))).size;
  const penalties = async (): Promise<Float32Array> => {
    if (picks < minPicks) {
      const earlier = [...archive, ...scored.map(({ paper }) => paper)].filter(({ id }) => !ofDay.has(id));
      const all = new Map([...papers, ...earlier].map((paper) => [paper.id, paper]));
      const { relevance } = await rankPapers([...all.values()], topics, pause, undefined, reader);
      return positionsOf(relevance.subarray(0, papers.length));
    }
    // While arXiv sends the day, it is ranked again and again. Without its papers, one model serves each time.
    const isLong = archive.length + scored.length >= longHistory;
    const known = isLong ? archive : [...archive, ...papers];
    const model = await fitted({ scored, archive: known, cutoffs, topics }, signal);
    const { learned, zeroShot } = await model.scores(papers, signal);
    const [byVerdicts, byTopics] = [positionsOf(learned), positionsOf(zeroShot)];
    return byVerdicts.map(
      (position, row) => learnedWeight * position + (1 - learnedWeight) * (byTopics[row] as number),
    );
  };
  const positions = await penalties();
  const order = [...papers.keys()].sort((a, b) => (positions[a] as number) - (positions[b] as number) || a - b);
  return order.flatMap((row) => papers[row]?.id ?? []);
};
