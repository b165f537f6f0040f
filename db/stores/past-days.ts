import { setImmediate as turn } from 'node:timers/promises';
import type { IsoDate } from '../../src/core/paper.ts';
import type { AuthoredPaper, PastDay, PastPaper } from '../../src/core/score.ts';
import type { ScoreQuery } from '../../src/core/stores.ts';
import { type Database, orm } from '../client.ts';
import { announcedPapers, digests, papers, scores, unlikelyPapers } from '../schema.ts';
import { isPaperOf } from './announcements.ts';

const { and, asc, desc, eq, inArray, lt } = orm;

const authored = {
  id: papers.id,
  version: papers.version,
  title: papers.title,
  abstract: papers.abstract,
  categories: papers.categories,
  authors: papers.authors,
};

type DigestDay = { digestId: number; date: IsoDate };

const dayOf = (
  db: Database,
  { digestId, date }: DigestDay,
  query: ScoreQuery,
  categories: readonly string[],
): PastDay => {
  const { rubric, engine, model } = query;
  const read = db
    .select({ paper: authored, relevance: scores.relevance, novelty: scores.novelty })
    .from(announcedPapers)
    .innerJoin(papers, isPaperOf(announcedPapers))
    .innerJoin(
      scores,
      and(
        eq(scores.paperId, announcedPapers.paperId),
        eq(scores.version, announcedPapers.version),
        eq(scores.rubric, rubric),
        eq(scores.engine, engine),
        eq(scores.model, model),
      ),
    )
    .where(and(eq(announcedPapers.date, date), inArray(announcedPapers.category, [...categories])))
    // The last of several attempts on a paper counts.
    .orderBy(asc(papers.id), asc(scores.attempt))
    .all();
  const unlikely = db
    .select({ paper: authored, isSampled: unlikelyPapers.isSampled })
    .from(unlikelyPapers)
    .innerJoin(papers, isPaperOf(unlikelyPapers))
    .where(eq(unlikelyPapers.digestId, digestId))
    .orderBy(asc(papers.id))
    .all();
  const found = new Map<string, PastPaper>();
  const add = (paper: AuthoredPaper, score: PastPaper['score']): void =>
    void found.set(paper.id, { paper, score, isSampled: false });
  for (const { paper, relevance, novelty } of read)
    if (relevance !== null && novelty !== null) add(paper, { relevance, novelty });
  for (const { paper, isSampled } of unlikely)
    found.set(paper.id, { paper, score: found.get(paper.id)?.score, isSampled });
  return { date, papers: [...found.values()] };
};

/** Reads one day at a time and yields in between, to keep the event loop free. */
export const readPastDays = async (
  db: Database,
  channel: { name: string; categories: readonly string[] },
  query: ScoreQuery,
  before: IsoDate,
  count: number,
): Promise<PastDay[]> => {
  const last = db
    .select({ digestId: digests.digestId, date: digests.date })
    .from(digests)
    .where(and(eq(digests.channel, channel.name), eq(digests.rubric, query.rubric), lt(digests.date, before)))
    .orderBy(desc(digests.date))
    .limit(count)
    .all();
  const days: PastDay[] = [];
  for (const day of last.reverse()) {
    days.push(dayOf(db, day, query, channel.categories));
    await turn();
  }
  return days;
};
