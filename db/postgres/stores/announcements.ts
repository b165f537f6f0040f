import type { Announcement, IsoDate, Paper } from '../../../src/core/paper.ts';
import type { ScorablePaper } from '../../../src/core/score.ts';
import type { AnnouncementStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { announcedOf, byVersion, paperOf, versionKey } from '../../rules/papers.ts';
import type { SharedReads } from '../../rules/shared-reads.ts';
import { type Database, type Transaction, write } from '../client.ts';
import { chunks, insertInto, isOneOf } from '../lists.ts';
import { announcedPapers, announcements, type digestEntries, papers, type unlikelyPapers } from '../schema.ts';
import { indexPapers } from '../search/index-papers.ts';

const { and, asc, count, desc, eq, inArray, lt, sql } = orm;

/** A join condition that matches each row of a table with its paper, in the version that the row names. */
export const isPaperOf = ({
  paperId,
  version,
}: typeof announcedPapers | typeof digestEntries | typeof unlikelyPapers) =>
  and(eq(papers.id, paperId), eq(papers.version, version));

/** Of a few megabytes. */
const datesAtOnce = 5;

const isWhole = eq(announcements.pruned, false);

const merged = (before: Paper, after: Paper): Paper => ({
  ...before,
  ...(Object.fromEntries(Object.entries(after).filter(([, value]) => value !== undefined)) as Paper),
  abstract: after.abstract === '' ? before.abstract : after.abstract,
});

/** Each version once, because a statement cannot store a row twice, and in order, because two could wait for each other. */
const distinct = (list: readonly Paper[]): Paper[] => {
  const found = new Map<string, Paper>();
  for (const paper of list) {
    const key = versionKey(paper);
    const before = found.get(key);
    found.set(key, before ? merged(before, paper) : paper);
  }
  return [...found.values()].sort(byVersion);
};

const fields = [
  ...(['id', 'version', 'title', 'authors', 'abstract', 'categories'] as const),
  ...(['comments', 'doi', 'journalReference', 'license'] as const),
];

/**
 * A later version replaces the text, but fields that it lacks keep their old values, because the listing has fewer
 * fields than the feed. Most papers are stored several times without a change.
 */
const orUpdate = sql`
  ON CONFLICT (id, version) DO UPDATE
  SET (title, authors, abstract, categories, comments, doi, journal_reference, license) = (
    excluded.title, excluded.authors, coalesce(nullif(excluded.abstract, ''), papers.abstract), excluded.categories,
    coalesce(excluded.comments, papers.comments), coalesce(excluded.doi, papers.doi),
    coalesce(excluded.journal_reference, papers.journal_reference), coalesce(excluded.license, papers.license))
  WHERE (papers.title, papers.authors, papers.categories) <> (excluded.title, excluded.authors, excluded.categories)
    OR papers.abstract <> excluded.abstract AND excluded.abstract <> ''
    OR papers.comments IS DISTINCT FROM coalesce(excluded.comments, papers.comments)
    OR papers.doi IS DISTINCT FROM coalesce(excluded.doi, papers.doi)
    OR papers.journal_reference IS DISTINCT FROM coalesce(excluded.journal_reference, papers.journal_reference)
    OR papers.license IS DISTINCT FROM coalesce(excluded.license, papers.license)`;

const savePapers = async (tx: Transaction, list: readonly Paper[]): Promise<void> => {
  for (const rows of chunks(distinct(list))) await tx.execute(sql`${insertInto(papers, fields, rows)} ${orUpdate}`);
  if (list.length > 0)
    await indexPapers(
      tx,
      list.map(({ id }) => id),
    );
};

export const createAnnouncementStore = (db: Database, shared: SharedReads): AnnouncementStore => {
  const ofDate = (date: IsoDate, categories: readonly string[]) =>
    and(eq(announcements.date, date), isOneOf(announcements.category, categories));
  const announcedOn = (date: IsoDate, categories: readonly string[]) =>
    and(eq(announcedPapers.date, date), isOneOf(announcedPapers.category, categories));

  const states = (date: IsoDate, categories: readonly string[]) =>
    db
      .select({ approximate: announcements.approximate, pruned: announcements.pruned })
      .from(announcements)
      .where(ofDate(date, categories));

  const readDay = async (date: IsoDate, categories: readonly string[]) => {
    const rows = await db
      .select({ category: announcedPapers.category, type: announcedPapers.type, paper: papers })
      .from(announcedPapers)
      .innerJoin(papers, isPaperOf(announcedPapers))
      .where(announcedOn(date, categories))
      .orderBy(asc(announcedPapers.position));
    return announcedOf(rows, categories);
  };

  /** Reads a few dates at a time, to keep the event loop free. */
  const readRecent = async (
    before: IsoDate,
    dates: number,
    categories: readonly string[],
    passed: number,
  ): Promise<readonly ScorablePaper[]> => {
    const recentDates = await db
      .selectDistinct({ date: announcements.date })
      .from(announcements)
      .where(and(lt(announcements.date, before), isOneOf(announcements.category, categories), isWhole))
      .orderBy(desc(announcements.date))
      .limit(dates)
      .offset(passed);
    const found = new Map<string, ScorablePaper>();
    for (const some of chunks(recentDates, datesAtOnce)) {
      const announced = db
        .select({ id: announcedPapers.paperId, version: announcedPapers.version })
        .from(announcedPapers)
        .where(
          and(
            isOneOf(
              announcedPapers.date,
              some.map(({ date }) => date),
            ),
            isOneOf(announcedPapers.category, categories),
            inArray(announcedPapers.type, ['new', 'cross']),
          ),
        );
      const read = await db
        .select({
          id: papers.id,
          version: papers.version,
          title: papers.title,
          abstract: papers.abstract,
          categories: papers.categories,
        })
        .from(papers)
        .where(sql`(${papers.id}, ${papers.version}) IN ${announced}`);
      for (const paper of read) found.set(versionKey(paper), paper);
    }
    return [...found.values()].sort(byVersion);
  };

  return {
    async save({ date, category, approximate, papers: announced }: Announcement) {
      await write(db, async (tx) => {
        // First, because another process that saves the same announcement then waits here.
        await tx
          .insert(announcements)
          .values({ date, category, approximate })
          .onConflictDoUpdate({
            target: [announcements.date, announcements.category],
            set: { approximate: sql`excluded.approximate`, pruned: false },
          });
        await savePapers(
          tx,
          announced.map(({ paper }) => paper),
        );
        await tx.delete(announcedPapers).where(announcedOn(date, [category]));
        const rows = announced.map(({ paper, type }, position) => {
          return { date, category, paperId: paper.id, version: paper.version, type, position };
        });
        for (const some of chunks(rows))
          await tx.execute(
            insertInto(announcedPapers, ['date', 'category', 'paperId', 'version', 'type', 'position'], some),
          );
      });
      shared.forget();
    },

    async savePapers(list) {
      await write(db, (tx) => savePapers(tx, list));
      shared.forget();
    },

    async has(date, categories) {
      const whole = (await states(date, categories)).filter(({ pruned }) => !pruned);
      return whole.length === new Set(categories).size;
    },

    async isPruned(date, categories) {
      return (await states(date, categories)).some(({ pruned }) => pruned);
    },

    async isApproximate(date, categories) {
      return (await states(date, categories)).some(({ approximate }) => approximate);
    },

    async newestDate(categories) {
      const [row] = await db
        .select({ date: announcements.date })
        .from(announcements)
        .where(and(isOneOf(announcements.category, categories), isWhole))
        .groupBy(announcements.date)
        .having(sql`count(*) = ${new Set(categories).size}`)
        .orderBy(desc(announcements.date))
        .limit(1);
      return row?.date;
    },

    read: (date, categories) => shared.read(['announced', date, ...categories], () => readDay(date, categories)),

    recent: (before, dates, categories, passed = 0) =>
      shared.read(['recent', before, dates, passed, ...categories], () =>
        readRecent(before, dates, categories, passed),
      ),

    async count(date, categories) {
      const [row] = await db.select({ papers: count() }).from(announcedPapers).where(announcedOn(date, categories));
      return row?.papers ?? 0;
    },

    datesOf(paperId) {
      const { date, category, type, version } = announcedPapers;
      return db
        .select({ date, category, type, version })
        .from(announcedPapers)
        .where(eq(announcedPapers.paperId, paperId))
        .orderBy(desc(date), asc(category));
    },

    async paper(id) {
      const [row] = await db.select().from(papers).where(eq(papers.id, id)).orderBy(desc(papers.version)).limit(1);
      return row && paperOf(row);
    },
  };
};
