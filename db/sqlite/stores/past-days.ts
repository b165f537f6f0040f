import { setImmediate as turn } from 'node:timers/promises';
import type { IsoDate } from '../../../src/core/paper.ts';
import type { PastDay } from '../../../src/core/screening.ts';
import type { ScoreQuery } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { type AnnouncedPapers, announcedByVersion, type DigestDay, pastDayOf, pastKey } from '../../rules/past-days.ts';
import type { Database } from '../client.ts';
import { announcedPapers, announcements, digests, papers, rubrics, scores } from '../schema.ts';
import { isPaperOf } from './announcements.ts';
import { sharedReadsOf } from './shared-reads.ts';

const { and, asc, desc, eq, inArray, lt } = orm;

const authored = {
  id: papers.id,
  version: papers.version,
  title: papers.title,
  abstract: papers.abstract,
  categories: papers.categories,
  authors: papers.authors,
};

const papersOn = (db: Database, date: IsoDate, categories: readonly string[]): Promise<AnnouncedPapers> =>
  sharedReadsOf(db.$client).read(pastKey(date, categories), async () =>
    announcedByVersion(
      db
        .selectDistinct(authored)
        .from(announcedPapers)
        .innerJoin(papers, isPaperOf(announcedPapers))
        .where(and(eq(announcedPapers.date, date), inArray(announcedPapers.category, [...categories])))
        .all(),
    ),
  );

const dayOf = async (
  db: Database,
  day: DigestDay & { rubric: string },
  { engine, model }: ScoreQuery,
  categories: readonly string[],
): Promise<PastDay> => {
  const { date, rubric } = day;
  const announced = await papersOn(db, date, categories);
  const scored = db
    .select({ id: scores.paperId, version: scores.version, relevance: scores.relevance, novelty: scores.novelty })
    .from(announcedPapers)
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
    .orderBy(asc(scores.paperId), asc(scores.attempt))
    .all();
  return pastDayOf(day, announced, scored);
};

/** A rubric, and those that differ from it only in the prompt of another version of Paperboy. */
const sameRubrics = (db: Database, hash: string): string[] => {
  const rubric = db.select().from(rubrics).where(eq(rubrics.hash, hash)).get();
  if (!rubric) return [];
  const { topics, criteria, language } = rubric;
  const isSame = and(eq(rubrics.topics, topics), eq(rubrics.criteria, criteria), eq(rubrics.language, language));
  const rows = db.select({ hash: rubrics.hash }).from(rubrics).where(isSame).all();
  return rows.map((row) => row.hash);
};

const isPruned = (db: Database, date: IsoDate, categories: readonly string[]): boolean =>
  db
    .select({ date: announcements.date })
    .from(announcements)
    .where(
      and(
        eq(announcements.date, date),
        inArray(announcements.category, [...categories]),
        eq(announcements.pruned, true),
      ),
    )
    .get() !== undefined;

/** Reads one day at a time and yields in between, to keep the event loop free. */
export const readPastDays = async (
  db: Database,
  channel: { name: string; categories: readonly string[] },
  query: ScoreQuery,
  before: IsoDate,
  count: number,
): Promise<PastDay[]> => {
  const last = db
    .select({
      date: digests.date,
      rubric: digests.rubric,
      cutoffRelevance: digests.cutoffRelevance,
      cutoffNovelty: digests.cutoffNovelty,
      prefilter: digests.prefilter,
    })
    .from(digests)
    .where(
      and(
        eq(digests.channel, channel.name),
        inArray(digests.rubric, sameRubrics(db, query.rubric)),
        lt(digests.date, before),
      ),
    )
    .orderBy(desc(digests.date))
    .limit(count)
    .all();
  const days: PastDay[] = [];
  for (const day of last.reverse()) {
    // Its picks are left, and most of the others are gone.
    if (isPruned(db, day.date, channel.categories)) continue;
    days.push(await dayOf(db, day, query, channel.categories));
    await turn();
  }
  return days;
};
