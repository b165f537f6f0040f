import { createPause } from '../../src/core/clock.ts';
import { UserError } from '../../src/core/errors.ts';
import {
  type AuthoredPaper,
  type Cutoffs,
  type Points,
  type Rubric,
  recentDays,
  type Scorer,
  type Verdict,
} from '../../src/core/score.ts';
import { pickRateFrom, rankPapers } from '../../src/scoring/built-in/relevance.ts';
import { fitDistilled } from '../../src/scoring/distilled/model.ts';
import type { JudgedDay } from './days.ts';

export const evalEngines = ['local', 'distilled', 'openai'] as const;

export type RankingTask = {
  date: string;
  papers: readonly AuthoredPaper[];
  history: readonly JudgedDay[];
  signal: AbortSignal;
};

export type Ranker = (task: RankingTask) => Promise<ArrayLike<number>>;

const papersOf = (history: readonly JudgedDay[]): AuthoredPaper[] =>
  history.flatMap((day) => day.papers.map(({ paper }) => paper));

/** The papers of the day, then those of its history that are not among them. */
export const papersWithin = ({ papers, history }: RankingTask): AuthoredPaper[] => {
  const today = new Set(papers.map(({ id }) => id));
  const recent = new Map(papersOf(history).map((paper) => [paper.id, paper]));
  return [...papers, ...[...recent.values()].filter(({ id }) => !today.has(id))];
};

/** Share of the papers that were picked in the history. */
export const pickRateBefore = (history: readonly JudgedDay[]): number => {
  const papers = history.flatMap((day) => day.papers);
  return pickRateFrom(papers.filter(({ picked }) => picked).length, papers.length);
};

/**
 * The built-in scorer without scaling. It uses the topics file, and the papers and the pick rate of the history, not which
 * papers were picked.
 */
export const createLocalRanker =
  (topics: string): Ranker =>
  async (task) => {
    const pause = createPause(task.signal);
    const { relevance } = await rankPapers(papersWithin(task), topics, pause, pickRateBefore(task.history));
    return relevance.subarray(0, task.papers.length);
  };

export const createDistilledRanker =
  (topics: string, cutoffs: Cutoffs): Ranker =>
  async ({ papers, history, signal }) => {
    const scored = history.flatMap((day) =>
      day.papers.flatMap(({ paper, score }) => (score ? [{ paper, ...score }] : [])),
    );
    const model = await fitDistilled({ scored, cutoffs, topics, signal });
    return model.score(papers, signal);
  };

/** Orders papers as in a digest: by the sum of both scores, then by relevance. */
const digestOrder = ({ relevance, novelty }: Points): number => relevance + novelty + relevance / 100;

const orderOf = (verdict: Verdict | undefined): number => {
  if (!verdict) return Number.NEGATIVE_INFINITY;
  return 'match' in verdict ? -verdict.position : digestOrder(verdict);
};

/**
 * Ranks by the verdicts of a scorer, in the order of a digest. Papers without a verdict come last.
 * @throws UserError if the scorer stops early, because figures for half a day are meaningless.
 */
export const createScorerRanker =
  (scorer: Scorer, rubric: Rubric, cutoffs: Cutoffs): Ranker =>
  async ({ date, papers, history, signal }) => {
    const verdicts = new Map<string, Verdict>();
    const [recent, archive] = [papersOf(history.slice(-recentDays)), papersOf(history.slice(0, -recentDays))];
    const task = { channel: 'evaluation', date, rubric, papers, day: papers, recent, archive };
    const scoring = scorer.score({ ...task, cutoffs, signal });
    let step = await scoring.next();
    for (; !step.done; step = await scoring.next())
      for (const verdict of step.value) verdicts.set(verdict.paperId, verdict);
    if (step.value) throw new UserError(`${date} could not be scored completely: ${step.value.reason}.`);
    return papers.map(({ id }) => orderOf(verdicts.get(id)));
  };

export const createStoredRanker = (days: readonly JudgedDay[]): Ranker => {
  const stored = new Map(days.flatMap(({ papers }) => papers.map(({ paper, score }) => [paper.id, score] as const)));
  return async ({ papers }) =>
    papers.map(({ id }) => {
      const score = stored.get(id);
      return score ? digestOrder(score) : 0;
    });
};
