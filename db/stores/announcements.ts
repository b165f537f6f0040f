import type { AnnouncedPaper, Announcement, IsoDate, Paper } from '../../src/core/paper.ts';
import type { AnnouncementStore } from '../../src/core/stores.ts';
import { type Database, orm } from '../client.ts';
import { announcedPapers, announcements, papers } from '../schema.ts';
import { createIndexing } from '../search/indexing.ts';

const { and, asc, desc, eq, inArray, lt, sql } = orm;

type PaperRow = typeof papers.$inferSelect;

export const paperOf = (row: PaperRow): Paper => {
  const { comments, doi, journalReference, license, ...required } = row;
  return {
    ...required,
    ...(comments === null ? {} : { comments }),
    ...(doi === null ? {} : { doi }),
    ...(journalReference === null ? {} : { journalReference }),
    ...(license === null ? {} : { license }),
  };
};

/** SQLite allows 32,766 variables in a statement. With ten columns per row, this is far below the limit. */
const rowsAtOnce = 500;

const chunks = function* <T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) yield rows.slice(start, start + rowsAtOnce);
};

type Writer = Pick<Database, 'insert'>;

/**
 * A later version replaces the text but keeps fields that it lacks, because the listing has fewer fields than the feed.
 */
const savePapers = (tx: Writer, list: readonly Paper[]): void => {
  for (const rows of chunks(list))
    tx.insert(papers)
      .values(rows)
      .onConflictDoUpdate({
        target: [papers.id, papers.version],
        set: {
          title: sql`excluded.title`,
          authors: sql`excluded.authors`,
          abstract: sql`CASE WHEN excluded.abstract = '' THEN ${papers.abstract} ELSE excluded.abstract END`,
          categories: sql`excluded.categories`,
          comments: sql`coalesce(excluded.comments, ${papers.comments})`,
          doi: sql`coalesce(excluded.doi, ${papers.doi})`,
          journalReference: sql`coalesce(excluded.journal_reference, ${papers.journalReference})`,
          license: sql`coalesce(excluded.license, ${papers.license})`,
        },
      })
      .run();
};

export const createAnnouncementStore = (db: Database): AnnouncementStore => {
  const indexing = createIndexing(db.$client);
  const saveAndIndex = (tx: Writer, list: readonly Paper[]): void => indexing(list, () => savePapers(tx, list));

  const stored = (date: IsoDate, categories: readonly string[]): { approximate: boolean }[] =>
    db
      .select({ approximate: announcements.approximate })
      .from(announcements)
      .where(and(eq(announcements.date, date), inArray(announcements.category, [...categories])))
      .all();

  return {
    async save(announcement: Announcement) {
      const { date, category, approximate } = announcement;
      db.transaction(
        (tx) => {
          saveAndIndex(
            tx,
            announcement.papers.map((announced) => announced.paper),
          );
          tx.delete(announcements)
            .where(and(eq(announcements.date, date), eq(announcements.category, category)))
            .run();
          tx.insert(announcements).values({ date, category, approximate }).run();
          const rows = announcement.papers.map(({ paper, type }, position) => {
            return { date, category, paperId: paper.id, version: paper.version, type, position };
          });
          for (const some of chunks(rows)) tx.insert(announcedPapers).values(some).run();
        },
        { behavior: 'immediate' },
      );
    },

    async savePapers(list) {
      db.transaction((tx) => saveAndIndex(tx, list), { behavior: 'immediate' });
    },

    async has(date, categories) {
      return stored(date, categories).length === new Set(categories).size;
    },

    async isApproximate(date, categories) {
      return stored(date, categories).some(({ approximate }) => approximate);
    },

    async newestDate(categories) {
      const row = db
        .select({ date: announcements.date })
        .from(announcements)
        .where(inArray(announcements.category, [...categories]))
        .groupBy(announcements.date)
        .having(sql`count(*) = ${new Set(categories).size}`)
        .orderBy(desc(announcements.date))
        .limit(1)
        .get();
      return row?.date;
    },

    async read(date, categories) {
      const rows = db
        .select()
        .from(announcedPapers)
        .innerJoin(papers, and(eq(papers.id, announcedPapers.paperId), eq(papers.version, announcedPapers.version)))
        .where(and(eq(announcedPapers.date, date), inArray(announcedPapers.category, [...categories])))
        .orderBy(asc(announcedPapers.position))
        .all();
      return categories.flatMap((category) =>
        rows
          .filter((row) => row.announced_papers.category === category)
          .map((row): AnnouncedPaper & { category: string } => {
            return { category, paper: paperOf(row.papers), type: row.announced_papers.type };
          }),
      );
    },

    async recent(before, dates, categories, passed = 0) {
      const recentDates = db
        .selectDistinct({ date: announcements.date })
        .from(announcements)
        .where(and(lt(announcements.date, before), inArray(announcements.category, [...categories])))
        .orderBy(desc(announcements.date))
        .limit(dates)
        .offset(passed)
        .all()
        .map((row) => row.date);
      return db
        .selectDistinct({
          id: papers.id,
          version: papers.version,
          title: papers.title,
          abstract: papers.abstract,
          categories: papers.categories,
        })
        .from(announcedPapers)
        .innerJoin(papers, and(eq(papers.id, announcedPapers.paperId), eq(papers.version, announcedPapers.version)))
        .where(
          and(
            inArray(announcedPapers.date, recentDates),
            inArray(announcedPapers.category, [...categories]),
            inArray(announcedPapers.type, ['new', 'cross']),
          ),
        )
        .orderBy(asc(papers.id))
        .all();
    },

    async datesOf(paperId) {
      const { date, category, type, version } = announcedPapers;
      return db
        .select({ date, category, type, version })
        .from(announcedPapers)
        .where(eq(announcedPapers.paperId, paperId))
        .orderBy(desc(date), asc(category))
        .all();
    },

    async paper(id) {
      const row = db.select().from(papers).where(eq(papers.id, id)).orderBy(desc(papers.version)).limit(1).get();
      return row && paperOf(row);
    },
  };
};
