import type { IsoDate } from '../../../src/core/paper.ts';
import type { PastDay } from '../../../src/core/screening.ts';
import type { ScoreQuery } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { type AnnouncedPapers, announcedByVersion, pastDayOf, pastKey } from '../../rules/past-days.ts';
import type { SharedReads } from '../../rules/shared-reads.ts';
import type { Database } from '../client.ts';
import { intArray, isOneOf } from '../lists.ts';
import { announcedPapers, announcements, digests, papers, rubrics, scores } from '../schema.ts';

const { and, asc, desc, eq, inArray, lt, sql } = orm;

const authored = {
  id: papers.id,
  version: papers.version,
  title: papers.title,
  abstract: papers.abstract,
  categories: papers.categories,
  authors: papers.authors,
};

const papersOn = async (db: Database, date: IsoDate, categories: readonly string[]): Promise<AnnouncedPapers> => {
  const announced = db
    .select({ id: announcedPapers.paperId, version: announcedPapers.version })
    .from(announcedPapers)
    .where(and(eq(announcedPapers.date, date), isOneOf(announcedPapers.category, categories)));
  const rows = await db.select(authored).from(papers).where(sql`(${papers.id}, ${papers.version}) IN ${announced}`);
  return announcedByVersion(rows);
};

/** The scores of the papers of several days, each under the rubric of its digest, in order of attempts. */
const scoresOf = (
  db: Database,
  digestIds: readonly number[],
  { engine, model }: ScoreQuery,
  categories: readonly string[],
) =>
  db
    .select({
      digestId: digests.digestId,
      ...{ id: scores.paperId, version: scores.version, relevance: scores.relevance, novelty: scores.novelty },
    })
    .from(digests)
    .innerJoin(announcedPapers, eq(announcedPapers.date, digests.date))
    .innerJoin(
      scores,
      and(
        eq(scores.paperId, announcedPapers.paperId),
        eq(scores.version, announcedPapers.version),
        eq(scores.rubric, digests.rubric),
        eq(scores.engine, engine),
        eq(scores.model, model),
      ),
    )
    .where(and(sql`${digests.digestId} = ANY (${intArray(digestIds)})`, isOneOf(announcedPapers.category, categories)))
    .orderBy(asc(scores.paperId), asc(scores.attempt));

/** A rubric, and those that differ from it only in the prompt of another version of Paperboy. */
const sameRubrics = (db: Database, hash: string) => {
  const { topics, criteria, language } = rubrics;
  const texts = db.select({ topics, criteria, language }).from(rubrics).where(eq(rubrics.hash, hash));
  return db.select({ hash: rubrics.hash }).from(rubrics).where(sql`(${topics}, ${criteria}, ${language}) IN ${texts}`);
};

export const readPastDays = async (
  db: Database,
  shared: SharedReads,
  channel: { name: string; categories: readonly string[] },
  query: ScoreQuery,
  before: IsoDate,
  count: number,
): Promise<PastDay[]> => {
  const pruned = db
    .select({ date: announcements.date })
    .from(announcements)
    .where(
      and(
        eq(announcements.date, digests.date),
        isOneOf(announcements.category, channel.categories),
        eq(announcements.pruned, true),
      ),
    );
  const last = await db
    .select({
      digestId: digests.digestId,
      date: digests.date,
      cutoffRelevance: digests.cutoffRelevance,
      cutoffNovelty: digests.cutoffNovelty,
      prefilter: digests.prefilter,
      isPruned: sql<boolean>`EXISTS ${pruned}`,
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
    .limit(count);
  // Of a pruned day, the picks are left, and most of the others are gone.
  const whole = last.filter(({ isPruned }) => !isPruned).reverse();
  const announced = await Promise.all(
    whole.map(({ date }) =>
      shared.read(pastKey(date, channel.categories), () => papersOn(db, date, channel.categories)),
    ),
  );
  const digestIds = whole.map(({ digestId }) => digestId);
  const scored = Map.groupBy(await scoresOf(db, digestIds, query, channel.categories), ({ digestId }) => digestId);
  return whole.map((day, index) => pastDayOf(day, announced[index] ?? new Map(), scored.get(day.digestId) ?? []));
};
