import { createPause, type Pause } from '../../core/clock.ts';
import type { PostedPaper, VoteFigures, VoteMeasure } from '../../core/votes.ts';
import { auc } from '../auc.ts';
import { type Matrix, timesVector } from '../built-in/matrix.ts';
import { fitChance, type Outcome } from './calibration.ts';
import { type Judgement, judge, minWeight } from './judgements.ts';
import { learn } from './learn.ts';
import { readPapers, rowsAt } from './papers.ts';
import { timesTransposed } from './ridge.ts';

/** How much the mean of disliked papers counts in Rocchio's query. Of 0, 0.25, 0.5 and 1, this one orders best. */
const dislikedShare = 0.5;
const maxWithoutVotes = 400;

/**
 * Rocchio's query: the mean of liked papers minus a share of the mean of disliked ones (J. Rocchio, "Relevance feedback
 * in information retrieval", 1971).
 * @returns Column weights.
 */
const rocchio = (matrix: Matrix, used: readonly Judgement[]): Float32Array => {
  const total = (sign: number): number =>
    used.reduce((sum, { target, weight }) => sum + (sign * target > 0 ? weight * Math.abs(target) : 0), 0) || 1;
  const [liked, disliked] = [total(1), total(-1)];
  const factors = used.map(({ target, weight }) =>
    target > 0 ? (target * weight) / liked : (dislikedShare * target * weight) / disliked,
  );
  return timesTransposed(matrix, Float32Array.from(factors));
};

const figuresOf = (days: readonly (readonly Outcome[])[]): VoteFigures => {
  const all = days.flat();
  const before: Outcome[] = [];
  let squares = 0;
  for (const day of days) {
    const chance = fitChance(before);
    for (const { value, isLiked } of day) squares += (chance(value) - Number(isLiked)) ** 2;
    before.push(...day);
  }
  return {
    auc: auc(
      all.map(({ value }) => value),
      all.map(({ isLiked }) => isLiked),
    ),
    brier: squares / all.length,
  };
};

const rankings = ['votes', 'scores', 'rocchio'] as const;

type Outcomes = Record<(typeof rankings)[number], Outcome[]>;

type Read = { matrix: Matrix; posted: readonly PostedPaper[] };

/** Predicts the votes on the papers of one date from the votes before them. */
const predictDate = async ({ matrix, posted }: Read, date: string, pause: Pause): Promise<Outcomes | undefined> => {
  const voted = posted.flatMap(({ votes, ...one }, row) =>
    one.date === date ? votes.map(({ at, vote }) => ({ row, at, vote })) : [],
  );
  const first = voted.reduce((min, { at }) => (at < min ? at : min), voted[0]?.at ?? '');
  const earlier = posted.flatMap((one, row) =>
    one.date < date ? [{ row, paper: { ...one, votes: one.votes.filter(({ at }) => at < first) } }] : [],
  );
  const now = new Date(first);
  const { judged: weighed } = judge(
    earlier.map(({ paper }) => paper),
    now,
  );
  const used = earlier.filter((_, at) => (weighed[at]?.weight ?? 0) > minWeight);
  if (!used.some(({ paper }) => paper.votes.length > 0)) return undefined;
  const [rows, usedRows] = [voted, used].map((some) =>
    rowsAt(
      matrix,
      some.map(({ row }) => row),
    ),
  ) as [Matrix, Matrix];
  const { judged, mean, learned } = await learn(
    usedRows,
    used.map(({ paper }) => paper),
    now,
    pause,
  );
  const query = rocchio(
    usedRows,
    judged.map(({ target, weight }, at) => ({ target, weight: used[at]?.paper.votes.length === 0 ? 0 : weight })),
  );
  const values = {
    votes: timesVector(rows, learned).map((value) => mean + value),
    rocchio: timesVector(rows, query),
    scores: voted.map(({ row }) => posted[row]?.total ?? 0),
  };
  const outcomesOf = (name: (typeof rankings)[number]): Outcome[] =>
    voted.map(({ vote }, at) => ({ value: values[name][at] ?? 0, isLiked: vote === 'up' }));
  return { votes: outcomesOf('votes'), scores: outcomesOf('scores'), rocchio: outcomesOf('rocchio') };
};

/**
 * Measures how well votes were predicted before they were cast (A. P. Dawid, "The prequential approach", 1984): each
 * date's votes from those before it, by what was learned from votes, by the scores alone and by Rocchio's query. The
 * chances come from a logistic curve fitted to the earlier predictions of the same ranking. Only the word weights
 * depend on later papers; later votes are not used.
 * @param posted Oldest first.
 * @param maxDates Measures the newest dates with votes.
 * @returns undefined if no vote could be predicted, or all have the same sign.
 */
export const measureVotes = async (
  posted: readonly PostedPaper[],
  signal: AbortSignal,
  maxDates = 30,
): Promise<VoteMeasure | undefined> => {
  const pause = createPause(signal);
  const without = new Set(posted.filter(({ votes }) => votes.length === 0).slice(-maxWithoutVotes));
  const used = posted.filter((one) => one.votes.length > 0 || without.has(one));
  const { matrix } = await readPapers(
    used.map(({ paper, topic }) => ({ ...paper, topic })),
    pause,
  );
  const dates = [...new Set(used.filter(({ votes }) => votes.length > 0).map(({ date }) => date))].sort();
  const days: Outcomes[] = [];
  for (const date of dates.slice(-maxDates)) {
    const outcomes = await predictDate({ matrix, posted: used }, date, pause);
    if (outcomes) days.push(outcomes);
  }
  const all = days.flatMap(({ votes }) => votes);
  if (new Set(all.map(({ isLiked }) => isLiked)).size < 2) return undefined;
  const of = (name: (typeof rankings)[number]): VoteFigures => figuresOf(days.map((day) => day[name]));
  return { predicted: all.length, votes: of('votes'), scores: of('scores'), rocchio: of('rocchio') };
};
