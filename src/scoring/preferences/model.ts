import type { LearnedFeedback, Nudge, PostedPaper } from '../../core/feedback.ts';
import { timesVector } from '../local/algebra.ts';
import { buildCorpus } from '../local/corpus.ts';
import { createPause } from '../local/pause.ts';
import { nameColumns, withNames } from './features.ts';
import { fitRidge } from './ridge.ts';
import { createTastes } from './tastes.ts';
import { type Judgements, judge } from './weights.ts';

export type PreferencePaper = PostedPaper['paper'] & Pick<PostedPaper, 'topic'>;

export type PreferenceModel = Pick<LearnedFeedback, 'votes' | 'voters' | 'bounds'> & {
  /** The strongest words, the strongest first. */
  tastes(): Pick<LearnedFeedback, 'liked' | 'disliked'>;
  /** How far each of the papers moves, by id. */
  nudges(papers: readonly PreferencePaper[]): Promise<Map<string, Nudge>>;
};

/** The most points, of the total of 2 to 20, that votes move a paper. */
export const mostPoints = 2;
/** With fewer votes the bounds are lower, in proportion. */
const enoughVotes = 20;
/**
 * On the way down a 👍 counts as a quarter of a 👎, and all together as no more than ten: what is unlike liked papers was not
 * disliked.
 */
const likeAgainst = 0.25;
const mostLikesAgainst = 10;
const penalty = 0.5;
/** Points for a paper that is liked as surely as the ones voted up, before the bound. */
const gain = 20;
/** Votes that have faded further change nothing that shows. */
const leastWeight = 0.002;
/** The newest papers without a vote are enough: each says next to nothing. */
const mostSilent = 200;
/** Weight of an even vote in the channel's average: the first votes say little of it. */
const evenVotes = 2;

const boundsOf = ({ up, down }: Judgements['fresh']): LearnedFeedback['bounds'] => {
  const bound = (votes: number): number => mostPoints * Math.min(1, votes / enoughVotes);
  return { up: bound(up + down), down: bound(down + Math.min(mostLikesAgainst, likeAgainst * up)) };
};

/**
 * Learns what a channel likes from its votes: a ridge regression on the words of title and abstract, the categories, the
 * authors and the topic of what was posted. Deterministic; what is stored are the votes, so it is fitted anew each time.
 * @param posted oldest first.
 * @param now told time; votes fade with age.
 * @throws the signal's reason once aborted.
 */
export const fitPreferences = async (
  posted: readonly PostedPaper[],
  now: Date,
  signal: AbortSignal,
): Promise<PreferenceModel> => {
  const pause = createPause(signal);
  const { judged, fresh } = judge(posted, now);
  const counted = posted.flatMap((one, row) => {
    const judgement = judged[row];
    return judgement && judgement.weight > leastWeight ? [{ ...one, ...judgement }] : [];
  });
  const used = [
    ...counted.filter(({ votes }) => votes.length > 0),
    ...counted.filter(({ votes }) => votes.length === 0).slice(-mostSilent),
  ];
  const all = posted.flatMap(({ votes }) => votes);
  const counts = { votes: all.length, voters: new Set(all.map(({ person }) => person)).size };
  const bounds = boundsOf(fresh);
  if (used.length === 0)
    return { ...counts, bounds, tastes: () => ({ liked: [], disliked: [] }), nudges: async () => new Map() };

  const papers = used.map(({ paper, topic }): PreferencePaper => ({ ...paper, topic }));
  const corpus = await buildCorpus(papers, '', pause);
  const names = nameColumns(papers, corpus.matrix.columns);
  const matrix = withNames(corpus.matrix, papers, names);
  const targets = Float32Array.from(used, ({ target }) => target);
  const weights = Float32Array.from(used, ({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = targets.reduce((sum, target, row) => sum + target * (weights[row] ?? 0), 0) / (total + evenVotes);
  await pause();
  const learned = fitRidge(matrix, { targets, weights, offset: mean, penalty });
  const scores = timesVector(matrix, learned);
  const centre = scores.reduce((sum, score, row) => sum + score * (weights[row] ?? 0), 0) / total;
  const tastes = createTastes({ corpus, matrix, used, learned, names });

  return {
    ...counts,
    bounds,
    tastes: () => tastes.all(),
    async nudges(candidates) {
      const own = createPause(signal);
      const rows = withNames(await corpus.rowsOf(candidates, own), candidates, names);
      const values = timesVector(rows, learned);
      const result = new Map<string, Nudge>();
      for (const [row, paper] of candidates.entries()) {
        const value = (values[row] ?? 0) - centre;
        const bound = value > 0 ? bounds.up : bounds.down;
        const points = Math.round(100 * bound * Math.tanh(gain * value)) / 100;
        if (points !== 0) result.set(paper.id, { points, words: tastes.why(paper, rows, row, points) });
        await own();
      }
      return result;
    },
  };
};
