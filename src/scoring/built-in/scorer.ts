import type { ScorablePaper, Scorer, ScoringTask, Verdict } from '../../core/score.ts';
import { parseTopics } from '../topics.ts';
import { calibrate, defaultNoveltyGate, type Raw } from './calibration.ts';
import { buildCorpus } from './corpus.ts';
import { createMatcher, type Match } from './matches.ts';
import type { Matrix } from './matrix.ts';
import { createPause, type Pause } from './pause.ts';
import { fitRelevance } from './relevance.ts';

/** Cosine from which a paper of recent days counts as very near. */
const veryNear = 0.5;

/** A term that only says the topic's name again says nothing. */
const matchComment = ({ topic, terms }: Match): string => {
  const others = terms.filter((term) => !topic.toLowerCase().includes(term.toLowerCase()));
  return others.length > 0 ? `Matches ${topic}: ${others.join(', ')}.` : `Matches ${topic}.`;
};

/** The verdict's comment in one or two plain sentences. */
const localComment = (match: Match | undefined, near: { id: string; similarity: number } | undefined): string => {
  const matches = match ? matchComment(match) : 'Matches none of the topics closely.';
  if (!near || near.similarity < veryNear) return matches;
  return `${matches} It is close to ${near.id} of recent days.`;
};

/** The nearest other paper: its row and the cosine to it; row -1 where no paper shares a term. */
type Neighbour = { row: number; similarity: number };

/** For each row of a list, its nearest neighbour among the rows from `first` to before `end`, itself excluded. */
const nearestNeighbours = async (
  matrix: Matrix,
  rows: readonly number[],
  { first, end }: { first: number; end: number },
  pause: Pause,
): Promise<Neighbour[]> => {
  const { starts, indices, values } = matrix;
  const begin = starts[first] as number;
  const stop = starts[end] as number;
  // Inverted index: for each column the rows that have it, with their values.
  const offsets = new Uint32Array(matrix.columns + 1);
  for (let at = begin; at < stop; at += 1) {
    const next = (indices[at] as number) + 1;
    offsets[next] = (offsets[next] as number) + 1;
  }
  for (let column = 0; column < matrix.columns; column += 1) {
    offsets[column + 1] = (offsets[column + 1] as number) + (offsets[column] as number);
  }
  const fill = offsets.slice();
  const postedRows = new Uint32Array(stop - begin);
  const postedValues = new Float32Array(stop - begin);
  for (let row = first; row < end; row += 1) {
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at += 1) {
      const column = indices[at] as number;
      const to = fill[column] as number;
      postedRows[to] = row - first;
      postedValues[to] = values[at] as number;
      fill[column] = to + 1;
    }
    if (row % 512 === 0) await pause();
  }

  const sums = new Float32Array(end - first);
  const found: Neighbour[] = [];
  for (const row of rows) {
    sums.fill(0);
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at += 1) {
      const column = indices[at] as number;
      const value = values[at] as number;
      const last = offsets[column + 1] as number;
      for (let post = offsets[column] as number; post < last; post += 1) {
        const other = postedRows[post] as number;
        sums[other] = (sums[other] as number) + value * (postedValues[post] as number);
      }
    }
    if (row >= first && row < end) sums[row - first] = 0;
    let nearest: Neighbour = { row: -1, similarity: 0 };
    for (let other = 0; other < sums.length; other += 1) {
      const similarity = sums[other] as number;
      if (similarity > nearest.similarity) nearest = { row: other + first, similarity };
    }
    found.push(nearest);
    if (found.length % 16 === 0) await pause();
  }
  return found;
};

/** Raised when the same papers may get other scores than before. */
const version = 4;
const chunk = 50;
/** A smaller day is judged against papers of recent days too. */
const smallDay = 50;
const recentForSmallDay = 200;

const distinct = (papers: readonly ScorablePaper[]): ScorablePaper[] => [
  ...new Map(papers.map((paper) => [paper.id, paper])).values(),
];

/** Every so-manieth of the numbers from `first` to before `end`, at most `most`. */
const spread = (first: number, end: number, most: number): number[] => {
  const step = Math.max(1, Math.ceil((end - first) / most));
  return Array.from({ length: Math.ceil((end - first) / step) }, (_, index) => first + index * step);
};

/** The share of the papers that are less relevant, to four places. */
const createPercentiles = (raw: readonly Raw[]): ((paper: Raw) => number) => {
  const below = new Map<number, number>();
  for (const [place, relevance] of raw
    .map(({ relevance }) => relevance)
    .toSorted((a, b) => a - b)
    .entries())
    if (!below.has(relevance)) below.set(relevance, Math.round((10_000 * place) / raw.length) / 10_000);
  return ({ relevance }) => below.get(relevance) ?? 0;
};

async function* score(task: ScoringTask): AsyncGenerator<Verdict[], undefined> {
  const pause = createPause(task.signal);
  const day = distinct([...task.day, ...task.papers]);
  const ofDay = new Set(day.map((paper) => paper.id));
  const recent = distinct(task.recent).filter((paper) => !ofDay.has(paper.id));
  const known = new Set([...ofDay, ...recent.map(({ id }) => id)]);
  const archive = distinct(task.archive ?? []).filter(({ id }) => !known.has(id));
  const papers = [...day, ...recent, ...archive];
  /** Rows of the day and of recent days come first; the archive tells only how relevant they are. */
  const end = day.length + recent.length;
  const corpus = await buildCorpus(papers, task.rubric.topics, pause);
  const topics = parseTopics(task.rubric.topics);
  const rank = await fitRelevance(corpus, topics, pause);
  const relevance = await rank(corpus.matrix, pause);
  const match = createMatcher(corpus, topics);

  const rows = [...day.keys(), ...(day.length < smallDay ? spread(day.length, end, recentForSmallDay) : [])];
  const others = recent.length > 0 ? { first: day.length, end } : { first: 0, end: day.length };
  const nearest = await nearestNeighbours(corpus.matrix, rows, others, pause);
  const matches = rows.map(match);
  await pause();
  const raw = rows.map(
    (row, at): Raw => ({
      relevance: relevance[row] ?? 0,
      novelty: 1 - (nearest[at]?.similarity ?? 0),
      matched: matches[at] !== undefined,
    }),
  );
  // Without recent days nobody can say what is old: papers on one topic only look alike beside those on many.
  const onScale = calibrate(raw, task.cutoffs, task.pickRate, recent.length > 0 ? defaultNoveltyGate : 0);

  const percentileOf = createPercentiles(raw);
  const rowOf = new Map(day.map((paper, row) => [paper.id, row]));
  for (let at = 0; at < task.papers.length; at += chunk) {
    await pause();
    yield task.papers.slice(at, at + chunk).flatMap((paper) => {
      const row = rowOf.get(paper.id) ?? -1;
      const values = raw[row];
      if (!values) return [];
      const near = nearest[row];
      const nearPaper = recent.length > 0 && near ? papers[near.row] : undefined;
      const comment = localComment(
        matches[row],
        near && nearPaper ? { id: nearPaper.id, similarity: near.similarity } : undefined,
      );
      return [
        { paperId: paper.id, version: paper.version, ...onScale(values), percentile: percentileOf(values), comment },
      ];
    });
  }
  return undefined;
}

/**
 * The engine that needs neither key nor network: relevance from the topics file and the papers of the day and of recent
 * days, novelty as the distance to the nearest paper of recent days (or of the day, where there are none), both put on the
 * 1–10 scale by quantile. The same task always gives the same verdicts. It never stops early; an abort is thrown as the
 * signal's reason.
 */
export const createLocalScorer = (): Scorer => ({
  engine: 'local',
  model: ({ cutoffs, pickRate }) =>
    `local-${version} ${cutoffs.relevance}/${cutoffs.novelty} at ${Number((pickRate * 100).toFixed(1))}%`,
  score,
});
