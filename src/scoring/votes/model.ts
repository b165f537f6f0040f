import { createPause } from '../../core/clock.ts';
import { type LearnedFeedback, minVotesForChance, type Nudge, type PostedPaper } from '../../core/votes.ts';
import { timesVector } from '../built-in/matrix.ts';
import { judge, minWeight } from './judgements.ts';
import { learn } from './learn.ts';
import { type PreferencePaper, readPapers } from './papers.ts';
import { boundsOf, isStronglyLiked, pointsOf, typicalOf } from './points.ts';
import { createTastes } from './tastes.ts';

type PreferenceModel = Pick<LearnedFeedback, 'votes' | 'voters' | 'bounds'> & {
  tastes(): Pick<LearnedFeedback, 'liked' | 'disliked'>;
  nudges(papers: readonly PreferencePaper[]): Promise<Map<string, Nudge>>;
  /** Ids of the papers that are the most similar to those voted up. */
  liked(papers: readonly PreferencePaper[]): Promise<Set<string>>;
};

const maxWithoutVotes = 200;
const certainty = 0.02;
/** Votes say little about most papers of a day, so only the strongest of their predictions count. */
const maxShareLiked = 0.03;

/** @param target Predicted, from about -1 to 1. */
const chanceOf = (target: number): number => Math.min(1 - certainty, Math.max(certainty, (1 + target) / 2));

/**
 * Learns from votes what a channel likes: an adaptive ridge regression on the words of title and abstract, the
 * categories, the authors and the topic of posted papers. Deterministic. Only votes are stored, so it is fitted on each
 * call.
 * @param posted Oldest first.
 * @param now Simulated time. Votes count less with age.
 * @throws The signal's reason if it is aborted.
 */
export const fitPreferences = async (
  posted: readonly PostedPaper[],
  now: Date,
  signal: AbortSignal,
): Promise<PreferenceModel> => {
  const pause = createPause(signal);
  const { judged, counts: weighted } = judge(posted, now);
  const counted = posted.flatMap((one, row) => {
    const judgement = judged[row];
    return judgement && judgement.weight > minWeight ? [one] : [];
  });
  const used = [
    ...counted.filter(({ votes }) => votes.length > 0),
    ...counted.filter(({ votes }) => votes.length === 0).slice(-maxWithoutVotes),
  ];
  const all = posted.flatMap(({ votes }) => votes);
  const counts = { votes: all.length, voters: new Set(all.map(({ person }) => person)).size };
  const bounds = boundsOf(weighted);
  if (used.length === 0)
    return {
      ...{ ...counts, bounds },
      tastes: () => ({ liked: [], disliked: [] }),
      nudges: async () => new Map(),
      liked: async () => new Set(),
    };

  const papers = used.map(({ paper, topic }): PreferencePaper => ({ ...paper, topic }));
  const { corpus, names, matrix, rowsOf } = await readPapers(papers, pause);
  const { mean, learned, judged: weighed } = await learn(matrix, used, now, pause);
  const judgedPapers = used.map((one, row) => ({ ...one, target: weighed[row]?.target ?? 0 }));
  const tastes = createTastes({ corpus, matrix, used: judgedPapers, learned, names });
  const valued = timesVector(matrix, learned);
  const withoutVotes = used.flatMap(({ votes }, row) => (votes.length === 0 ? [valued[row] ?? 0] : []));

  const valuesOf = async (candidates: readonly PreferencePaper[]) => {
    const pause = createPause(signal);
    const rows = await rowsOf(candidates, pause);
    const values = timesVector(rows, learned);
    return { pause, rows, values, typical: typicalOf([...withoutVotes, ...values]) };
  };

  return {
    ...counts,
    bounds,
    tastes: () => tastes.all(),
    async liked(candidates) {
      const { values, typical } = await valuesOf(candidates);
      const strongest = candidates.flatMap(({ id }, row) => {
        const value = values[row] ?? 0;
        return isStronglyLiked(value, typical, bounds) ? [{ id, value }] : [];
      });
      strongest.sort((a, b) => b.value - a.value);
      return new Set(strongest.slice(0, Math.ceil(maxShareLiked * candidates.length)).map(({ id }) => id));
    },
    async nudges(candidates) {
      const { pause, rows, values, typical } = await valuesOf(candidates);
      const result = new Map<string, Nudge>();
      for (const [row, paper] of candidates.entries()) {
        const value = values[row] ?? 0;
        const points = pointsOf(value, typical, bounds);
        if (points === 0) continue;
        const chance = counts.votes < minVotesForChance ? undefined : Math.round(100 * chanceOf(mean + value)) / 100;
        const words = tastes.why(paper, rows, row, points);
        result.set(paper.id, { points, words, ...(chance !== undefined && { chance }) });
        await pause();
      }
      return result;
    },
  };
};
