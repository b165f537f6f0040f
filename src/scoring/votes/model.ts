import { createPause } from '../../core/clock.ts';
import type { LearnedFeedback, Nudge, PostedPaper, Vote } from '../../core/votes.ts';
import { buildCorpus } from '../built-in/corpus.ts';
import { type Matrix, timesVector } from '../built-in/matrix.ts';
import { nameColumns, withNames } from './features.ts';
import { createTastes } from './tastes.ts';

const timesTransposed = ({ rows, columns, starts, indices, values }: Matrix, factors: Float32Array): Float32Array => {
  const result = new Float32Array(columns);
  for (let row = 0; row < rows; row += 1) {
    const factor = factors[row] as number;
    const end = starts[row + 1] as number;
    for (let at = starts[row] as number; at < end; at += 1) {
      const column = indices[at] as number;
      result[column] = (result[column] as number) + factor * (values[at] as number);
    }
  }
  return result;
};

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] as number) * (b[at] as number);
  return sum;
};

const steps = 25;

/**
 * Ridge regression on weighted rows, by conjugate gradients from zero (M. Hestenes and E. Stiefel, "Methods of
 * conjugate gradients for solving linear systems", 1952). `offset` is subtracted from the targets. Deterministic.
 * @param penalty Factor of the squared column weights, in the unit of the rows' weights.
 * @returns Column weights.
 */
const fitRidge = (
  matrix: Matrix,
  {
    targets,
    weights,
    offset,
    penalty,
  }: { targets: Float32Array; weights: Float32Array; offset: number; penalty: number },
): Float32Array => {
  const solution = new Float32Array(matrix.columns);
  const residual = timesTransposed(
    matrix,
    targets.map((target, row) => (weights[row] as number) * (target - offset)),
  );
  let direction = residual.slice();
  let square = dot(residual, residual);
  for (let step = 0; step < steps && square > 1e-10; step += 1) {
    const image = timesTransposed(
      matrix,
      timesVector(matrix, direction).map((value, row) => value * (weights[row] as number)),
    );
    for (let at = 0; at < image.length; at += 1)
      image[at] = (image[at] as number) + penalty * (direction[at] as number);
    const length = square / dot(direction, image);
    for (let at = 0; at < solution.length; at += 1) {
      solution[at] = (solution[at] as number) + length * (direction[at] as number);
      residual[at] = (residual[at] as number) - length * (image[at] as number);
    }
    const next = dot(residual, residual);
    const carry = next / square;
    direction = residual.map((value, at) => value + carry * (direction[at] as number));
    square = next;
  }
  return solution;
};

/** The votes on one posted paper. `target` is from -1 (disliked) to 1 (liked). */
type Judgement = { target: number; weight: number };

/** Days after which a vote counts half. */
const halfLifeDays = 60;
/**
 * A vote also counts half after this many later votes by the same person. A person's votes then never count more than
 * 1.44 times this number, and a team's change of mind soon shows.
 */
const halfLifeVotes = 8;
/** Weight of a paper without votes on a day with votes. A 👎 has weight 1. */
const withoutVotesWeight = 0.03;

const dayMs = 86_400_000;

const ageWeight = (at: string, now: Date): number =>
  2 ** (-Math.max(0, now.getTime() - Date.parse(at)) / dayMs / halfLifeDays);

type Judgements = {
  judged: Judgement[];
  counts: Record<Vote, number>;
};

/**
 * Weighs the votes on posted papers. A vote counts less the older it is, and the more votes the same person has cast
 * since. A paper without votes counts as slightly disliked if other papers of its day have votes.
 * @param now Simulated time.
 */
const judge = (posted: readonly PostedPaper[], now: Date): Judgements => {
  const votedDates = new Set(posted.filter(({ votes }) => votes.length > 0).map(({ date }) => date));
  const all = posted
    .flatMap(({ votes }, row) => votes.map((vote) => ({ ...vote, row })))
    .sort((a, b) => b.at.localeCompare(a.at) || b.row - a.row);
  const later = new Map<string, number>();
  const sums = posted.map(() => ({ target: 0, weight: 0 }));
  const counts = { up: 0, down: 0 };
  for (const { person, vote, at, row } of all) {
    const after = later.get(person) ?? 0;
    later.set(person, after + 1);
    const age = ageWeight(at, now);
    const weight = age * 2 ** (-after / halfLifeVotes);
    counts[vote] += age;
    const sum = sums[row];
    if (!sum) continue;
    sum.target += vote === 'up' ? weight : -weight;
    sum.weight += weight;
  }
  const judged = sums.map(({ target, weight }, row): Judgement => {
    if (weight > 0) return { target: target / weight, weight };
    const { date = '' } = posted[row] ?? {};
    return { target: -1, weight: votedDates.has(date) ? withoutVotesWeight * ageWeight(date, now) : 0 };
  });
  return { judged, counts };
};

export type PreferencePaper = PostedPaper['paper'] & Pick<PostedPaper, 'topic'>;

type PreferenceModel = Pick<LearnedFeedback, 'votes' | 'voters' | 'bounds'> & {
  tastes(): Pick<LearnedFeedback, 'liked' | 'disliked'>;
  nudges(papers: readonly PreferencePaper[]): Promise<Map<string, Nudge>>;
};

/** Maximum points that votes add or subtract, on the scale of the total score from 2 to 20. */
export const maxPoints = 2;
const votesForMaxPoints = 20;
/**
 * Toward the limit of subtracted points, a 👍 counts as a quarter of a 👎, and all 👍 together count as at most ten 👎.
 * Papers that are not similar to liked papers are not disliked.
 */
const likeWeightDown = 0.25;
const maxLikesDown = 10;
const penalty = 0.5;
/** Points per unit of the predicted target, before the limit. */
const gain = 20;
const minWeight = 0.002;
const maxWithoutVotes = 200;
/** Neutral votes added to the channel's average, because the first few votes are poor evidence. */
const neutralVotes = 2;

const boundsOf = ({ up, down }: Judgements['counts']): LearnedFeedback['bounds'] => {
  const bound = (votes: number): number => maxPoints * Math.min(1, votes / votesForMaxPoints);
  return { up: bound(up + down), down: bound(down + Math.min(maxLikesDown, likeWeightDown * up)) };
};

/**
 * Learns from votes what a channel likes: a ridge regression on the words of title and abstract, the categories, the
 * authors and the topic of posted papers. Deterministic. Only votes are stored, so it is fitted on each call.
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
    return { ...counts, bounds, tastes: () => ({ liked: [], disliked: [] }), nudges: async () => new Map() };

  const papers = used.map(({ paper, topic }): PreferencePaper => ({ ...paper, topic }));
  const corpus = await buildCorpus(papers, '', pause);
  const names = nameColumns(papers, corpus.matrix.columns);
  const matrix = withNames(corpus.matrix, papers, names);
  const targets = Float32Array.from(used, ({ target }) => target);
  const weights = Float32Array.from(used, ({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = targets.reduce((sum, target, row) => sum + target * (weights[row] ?? 0), 0) / (total + neutralVotes);
  await pause();
  const learned = fitRidge(matrix, { targets, weights, offset: mean, penalty });
  const scores = timesVector(matrix, learned);
  const center = scores.reduce((sum, score, row) => sum + score * (weights[row] ?? 0), 0) / total;
  const tastes = createTastes({ corpus, matrix, used, learned, names });

  return {
    ...counts,
    bounds,
    tastes: () => tastes.all(),
    async nudges(candidates) {
      const pause = createPause(signal);
      const rows = withNames(await corpus.rowsOf(candidates, pause), candidates, names);
      const values = timesVector(rows, learned);
      const result = new Map<string, Nudge>();
      for (const [row, paper] of candidates.entries()) {
        const value = (values[row] ?? 0) - center;
        const bound = value > 0 ? bounds.up : bounds.down;
        const points = Math.round(100 * bound * Math.tanh(gain * value)) / 100;
        if (points !== 0) result.set(paper.id, { points, words: tastes.why(paper, rows, row, points) });
        await pause();
      }
      return result;
    },
  };
};
