import { createHash } from 'node:crypto';
import { createPause, type Pause } from '../../core/clock.ts';
import {
  type BuiltInVerdict,
  matchedTopics,
  type ScorablePaper,
  type Scorer,
  type ScoringTask,
} from '../../core/score.ts';
import { createSlots } from '../../core/slots.ts';
import { createMatcher, type Match, shownForm } from './matches.ts';
import type { Matrix } from './matrix.ts';
import { createReader, type Reader } from './reader.ts';
import { rankPapers } from './relevance.ts';
import { standingsOf } from './standings.ts';
import type { Unwanted } from './unwanted.ts';

const minSimilarity = 0.5;

/** "Transformers" has the stem of "transform", but is not what a paper about a transform is about. */
const namesThing = /ers?$/i;

/** Names only words that the paper has. */
const matchComment = ({ topic, terms: sameStems }: Match, { title, abstract }: ScorablePaper): string => {
  const text = `${title}\n${abstract}`.toLowerCase();
  const terms = sameStems.filter(
    (term) => !namesThing.test(term) || text.includes((term.toLowerCase().split(' ').at(-1) ?? '').replace(/s$/, '')),
  );
  if (terms.length === 0) return 'Similar to papers that match the topics.';
  if (topic === '') return `Matches ${terms.join(', ')}.`;
  const others = terms.filter((term) => !topic.toLowerCase().includes(term.toLowerCase()));
  return others.length > 0 ? `Matches ${topic}: ${others.join(', ')}.` : `Matches ${topic}.`;
};

const localComment = (
  paper: ScorablePaper,
  match: Match | undefined,
  unwanted: Unwanted | undefined,
  near: { id: string; similarity: number } | undefined,
): string =>
  [
    match ? matchComment(match, paper) : 'No close match with the topics.',
    unwanted ? `Counts against it: ${shownForm(unwanted.phrase)}.` : '',
    near && near.similarity >= minSimilarity ? `Similar to the recent paper ${near.id}.` : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');

type Neighbor = { row: number; similarity: number };

/** For each of `rows`, its nearest neighbor among the other rows from `first` to `end` (exclusive). */
const nearestNeighbors = async (
  matrix: Matrix,
  rows: readonly number[],
  { first, end }: { first: number; end: number },
  pause: Pause,
): Promise<Neighbor[]> => {
  const { starts, indices, values } = matrix;
  const begin = starts[first] as number;
  const stop = starts[end] as number;
  // Inverted index: the rows of each column, with their values.
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
  const found: Neighbor[] = [];
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
    let nearest: Neighbor = { row: -1, similarity: 0 };
    for (let other = 0; other < sums.length; other += 1) {
      const similarity = sums[other] as number;
      if (similarity > nearest.similarity) nearest = { row: other + first, similarity };
    }
    found.push(nearest);
    if (found.length % 16 === 0) await pause();
  }
  return found;
};

/** Increase this if the same papers may get different scores than before. */
const version = 7;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

const papersPerChunk = 50;

const distinct = (papers: readonly ScorablePaper[]): ScorablePaper[] => [
  ...new Map(papers.map((paper) => [paper.id, paper])).values(),
];

const judge = async (task: ScoringTask, reader: Reader): Promise<BuiltInVerdict[]> => {
  const pause = createPause(task.signal);
  const day = distinct([...task.day, ...task.papers]);
  const ofDay = new Set(day.map((paper) => paper.id));
  const recent = distinct(task.recent).filter((paper) => !ofDay.has(paper.id));
  const known = new Set([...ofDay, ...recent.map(({ id }) => id)]);
  const archive = distinct(task.archive ?? []).filter(({ id }) => !known.has(id));
  const papers = [...day, ...recent, ...archive];
  // The archive comes last, because comments name only papers of the day or of recent days.
  const end = day.length + recent.length;
  const ranked = await rankPapers(papers, matchedTopics(task.rubric), pause, task.pickRate, reader);
  const { corpus, topics, relevance, unwanted } = ranked;
  const match = createMatcher(corpus, topics);

  const rows = [...day.keys()];
  const others = recent.length > 0 ? { first: day.length, end } : { first: 0, end: day.length };
  const nearest = await nearestNeighbors(corpus.matrix, rows, others, pause);
  const matches: (Match | undefined)[] = [];
  for (const row of rows) {
    matches.push(match(row));
    await pause();
  }
  const standings = standingsOf(
    relevance,
    matches.map((one) => one !== undefined),
  );

  const rowOf = new Map(day.map((paper, row) => [paper.id, row]));
  return task.papers.flatMap((paper): BuiltInVerdict[] => {
    const row = rowOf.get(paper.id) ?? -1;
    const standing = standings[row];
    if (!standing) return [];
    const near = nearest[row];
    const nearPaper = recent.length > 0 && near ? papers[near.row] : undefined;
    const comment = localComment(
      paper,
      matches[row],
      unwanted[row],
      near && nearPaper ? { id: nearPaper.id, similarity: near.similarity } : undefined,
    );
    return [{ paperId: paper.id, version: paper.version, ...standing, comment }];
  });
};

/**
 * The built-in scorer, which needs no key and no network. It ranks the day's papers by the topics file and the papers
 * of the day and of earlier days. Deterministic; never stops early. Throws the signal's reason if it is aborted.
 */
export const createLocalScorer = (): Scorer<BuiltInVerdict> => {
  // A ranking takes up to 100 MB and keeps the processor busy, so more at once only take more memory.
  const inTurn = createSlots(1);
  let waiting = 0;
  // Shared by the channels that wait at the same time, and dropped with the last of them.
  let reader: Reader | undefined;
  const judgeInTurn = async (task: ScoringTask): Promise<BuiltInVerdict[]> => {
    waiting += 1;
    try {
      return await inTurn(async () => {
        task.signal.throwIfAborted();
        reader ??= createReader();
        return judge(task, reader);
      });
    } finally {
      waiting -= 1;
      if (waiting === 0) reader = undefined;
    }
  };
  return {
    engine: 'local',
    model: ({ expansion }) => (expansion ? `local-${version} expanded ${hashOf(expansion)}` : `local-${version}`),
    async *score(task) {
      const verdicts = await judgeInTurn(task);
      for (let at = 0; at < verdicts.length; at += papersPerChunk) {
        task.signal.throwIfAborted();
        yield verdicts.slice(at, at + papersPerChunk);
      }
      return undefined;
    },
  };
};
