import { createPause } from '../../core/clock.ts';
import { type LearnedFeedback, minVotesForChance, type Nudge, type PostedPaper } from '../../core/votes.ts';
import { buildCorpus } from '../built-in/corpus.ts';
import { timesVector } from '../built-in/matrix.ts';
import { nameColumns, withNames } from './features.ts';
import { averageOf, judge } from './judgements.ts';
import { boundsOf, pointsOf, typicalOf } from './points.ts';
import { fitAdaptive } from './ridge.ts';
import { createTastes } from './tastes.ts';

export type PreferencePaper = PostedPaper['paper'] & Pick<PostedPaper, 'topic'>;

type PreferenceModel = Pick<LearnedFeedback, 'votes' | 'voters' | 'bounds'> & {
  tastes(): Pick<LearnedFeedback, 'liked' | 'disliked'>;
  nudges(papers: readonly PreferencePaper[]): Promise<Map<string, Nudge>>;
  /** Predicted targets, from about -1 (disliked) to 1 (liked), in the order of the papers. */
  predict(papers: readonly PreferencePaper[]): Promise<number[]>;
};

const minWeight = 0.002;
const maxWithoutVotes = 200;
/** How many words of the abstract one word of the title counts for. */
const titleWeight = 3;
const certainty = 0.02;

/** @param target Predicted, from about -1 to 1. */
export const chanceOf = (target: number): number => Math.min(1 - certainty, Math.max(certainty, (1 + target) / 2));

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
    return judgement && judgement.weight > minWeight ? [{ ...one, ...judgement }] : [];
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
      predict: async (papers) => papers.map(() => 0),
    };

  const papers = used.map(({ paper, topic }): PreferencePaper => ({ ...paper, topic }));
  const corpus = await buildCorpus(papers, '', pause, titleWeight);
  const names = nameColumns(papers, corpus.matrix.columns);
  const matrix = withNames(corpus.matrix, papers, names);
  const weights = Float32Array.from(used, ({ weight }) => weight);
  const mean = averageOf(used);
  const targets = Float32Array.from(used, ({ target }) => target - mean);
  await pause();
  const learned = await fitAdaptive(matrix, { targets, weights }, pause);
  const tastes = createTastes({ corpus, matrix, used, learned, names });
  const valued = timesVector(matrix, learned);
  const withoutVotes = used.flatMap(({ votes }, row) => (votes.length === 0 ? [valued[row] ?? 0] : []));

  const rowsOf = async (candidates: readonly PreferencePaper[]) =>
    withNames(await corpus.rowsOf(candidates, createPause(signal)), candidates, names);

  return {
    ...counts,
    bounds,
    tastes: () => tastes.all(),
    async predict(candidates) {
      return [...timesVector(await rowsOf(candidates), learned)].map((value) => mean + value);
    },
    async nudges(candidates) {
      const pause = createPause(signal);
      const rows = await rowsOf(candidates);
      const values = timesVector(rows, learned);
      const typical = typicalOf([...withoutVotes, ...values]);
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
