import type { ScorablePaper, Scorer, ScoringTask, Verdict } from '../../core/score.ts';
import { parseTopics } from '../topics.ts';
import { calibrate, type Raw, usualNoveltyGate } from './calibration.ts';
import { localComment } from './comment.ts';
import { buildCorpus } from './corpus.ts';
import { createMatcher } from './matches.ts';
import { nearestNeighbours } from './novelty.ts';
import { createPause } from './pause.ts';
import { fitRelevance } from './relevance.ts';

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
const createRanks = (raw: readonly Raw[]): ((paper: Raw) => number) => {
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
  const onScale = calibrate(raw, task.cutoffs, task.pickRate, recent.length > 0 ? usualNoveltyGate : 0);

  const rankOf = createRanks(raw);
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
      return [{ paperId: paper.id, version: paper.version, ...onScale(values), rank: rankOf(values), comment }];
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
