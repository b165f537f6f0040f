import { setImmediate as turn } from 'node:timers/promises';
import type BetterSqlite3 from 'better-sqlite3';
import {
  type AnnouncedPaper,
  type Announcement,
  type IsoDate,
  isSamplePaper,
  type Paper,
} from '../../../src/core/paper.ts';
import type { ScorablePaper } from '../../../src/core/score.ts';
import type { AnnouncementStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { announcedOf, byVersion, paperOf, versionKey } from '../../rules/papers.ts';
import { type Database, write } from '../client.ts';
import { announcedPapers, announcements, type digestEntries, papers, type unlikelyPapers } from '../schema.ts';
import { createIndexWriter, type IndexedText } from '../search/index-writer.ts';
import { sharedReadsOf } from './shared-reads.ts';

const { and, asc, count, desc, eq, inArray, lt, sql } = orm;

type Text = IndexedText & { id: string; version: number };

type Indexed = Text & { searchId: number };

const isSame = (a: Text, b: Text): boolean =>
  a.version === b.version &&
  a.title === b.title &&
  a.abstract === b.abstract &&
  a.authors === b.authors &&
  a.comments === b.comments;

/**
 * Updates the full-text index as papers are stored, in the caller's transaction. The index holds the newest version of
 * each paper, without sample papers.
 */
const createIndexing = (sqlite: BetterSqlite3.Database) => {
  const indexed = sqlite.prepare<[string], Indexed>(
    `SELECT s.search_id AS searchId, p.id, p.version, p.title, p.abstract, p.authors, coalesce(p.comments, '') AS comments
    FROM json_each(?) j
    JOIN searched_papers s ON s.paper_id = j.value
    JOIN papers p ON p.id = s.paper_id AND p.version = s.version`,
  );
  // SQLite takes the other columns from the row of the max().
  const stored = sqlite.prepare<[string], Text & { position: number }>(
    `SELECT min(j.key) AS position, p.id, max(p.version) AS version, p.title, p.abstract, p.authors, coalesce(p.comments, '') AS comments
    FROM json_each(?) j
    JOIN papers p ON p.id = j.value
    GROUP BY p.id ORDER BY position`,
  );
  const number = sqlite.prepare<[string, number]>('INSERT INTO searched_papers (paper_id, version) VALUES (?, ?)');
  const renumber = sqlite.prepare<[number, number]>('UPDATE searched_papers SET version = ? WHERE search_id = ?');
  const index = createIndexWriter(sqlite);

  return (papers: readonly Paper[], save: () => void): void => {
    const ids = JSON.stringify([...new Set(papers.filter((paper) => !isSamplePaper(paper)).map(({ id }) => id))]);
    const before = new Map(indexed.all(ids).map((one) => [one.id, one]));
    save();
    const fresh: Text[] = [];
    const changed: Indexed[] = [];
    for (const paper of stored.all(ids)) {
      const there = before.get(paper.id);
      if (!there) fresh.push(paper);
      else if (!isSame(there, paper)) changed.push({ ...paper, searchId: there.searchId });
    }
    // In order of id, because FTS5 flushes its buffer whenever an id is lower than the last.
    for (const paper of changed.sort((a, b) => a.searchId - b.searchId)) {
      index.rewrite(paper.searchId, paper);
      renumber.run(paper.version, paper.searchId);
    }
    for (const paper of fresh) index.write(number.run(paper.id, paper.version).lastInsertRowid, paper);
  };
};

/** A join condition that matches each row of a table with its paper, in the version that the row names. */
export const isPaperOf = ({
  paperId,
  version,
}: typeof announcedPapers | typeof digestEntries | typeof unlikelyPapers) =>
  and(eq(papers.id, paperId), eq(papers.version, version));

/** SQLite allows 32,766 variables in a statement. With ten columns per row, this is far below the limit. */
const rowsAtOnce = 500;

/** Takes about 20 ms. */
const papersPerStep = 50;

const chunks = function* <T>(rows: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
};

type Writer = Pick<Database, 'insert'>;

const isWhole = eq(announcements.pruned, false);

/**
 * A later version replaces the text, but fields that it lacks keep their old values, because the listing has fewer
 * fields than the feed.
 */
const savePapers = (tx: Writer, list: readonly Paper[]): void => {
  for (const rows of chunks(list, rowsAtOnce))
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
  const shared = sharedReadsOf(db.$client);
  const saveAndIndex = (tx: Writer, list: readonly Paper[]): void => indexing(list, () => savePapers(tx, list));

  const stored = (date: IsoDate, categories: readonly string[]): { approximate: boolean; pruned: boolean }[] =>
    db
      .select({ approximate: announcements.approximate, pruned: announcements.pruned })
      .from(announcements)
      .where(and(eq(announcements.date, date), inArray(announcements.category, [...categories])))
      .all();

  const readDay = (
    date: IsoDate,
    categories: readonly string[],
  ): readonly (AnnouncedPaper & { category: string })[] => {
    const rows = db
      .select({ category: announcedPapers.category, type: announcedPapers.type, paper: papers })
      .from(announcedPapers)
      .innerJoin(papers, isPaperOf(announcedPapers))
      .where(and(eq(announcedPapers.date, date), inArray(announcedPapers.category, [...categories])))
      .orderBy(asc(announcedPapers.position))
      .all();
    return announcedOf(rows, categories);
  };

  /** Reads one date at a time and yields in between, to keep the event loop free. */
  const readRecent = async (
    before: IsoDate,
    dates: number,
    categories: readonly string[],
    passed: number,
  ): Promise<readonly ScorablePaper[]> => {
    const recentDates = db
      .selectDistinct({ date: announcements.date })
      .from(announcements)
      .where(and(lt(announcements.date, before), inArray(announcements.category, [...categories]), isWhole))
      .orderBy(desc(announcements.date))
      .limit(dates)
      .offset(passed)
      .all();
    const found = new Map<string, ScorablePaper>();
    for (const { date } of recentDates) {
      const ofDate = db
        .selectDistinct({
          id: papers.id,
          version: papers.version,
          title: papers.title,
          abstract: papers.abstract,
          categories: papers.categories,
        })
        .from(announcedPapers)
        .innerJoin(papers, isPaperOf(announcedPapers))
        .where(
          and(
            eq(announcedPapers.date, date),
            inArray(announcedPapers.category, [...categories]),
            inArray(announcedPapers.type, ['new', 'cross']),
          ),
        )
        .all();
      for (const paper of ofDate) found.set(versionKey(paper), paper);
      await turn();
    }
    return [...found.values()].sort(byVersion);
  };

  return {
    async save(announcement: Announcement) {
      const { date, category, approximate } = announcement;
      // In short steps, because indexing a large day takes long. A paper without an announcement does no harm.
      for (const some of chunks(announcement.papers, papersPerStep)) {
        write(db, (tx) =>
          saveAndIndex(
            tx,
            some.map(({ paper }) => paper),
          ),
        );
        await turn();
      }
      write(db, (tx) => {
        tx.delete(announcements)
          .where(and(eq(announcements.date, date), eq(announcements.category, category)))
          .run();
        tx.insert(announcements).values({ date, category, approximate }).run();
        const rows = announcement.papers.map(({ paper, type }, position) => {
          return { date, category, paperId: paper.id, version: paper.version, type, position };
        });
        for (const some of chunks(rows, rowsAtOnce)) tx.insert(announcedPapers).values(some).run();
      });
      shared.forget();
    },

    async savePapers(list) {
      write(db, (tx) => saveAndIndex(tx, list));
      shared.forget();
    },

    async has(date, categories) {
      return stored(date, categories).filter(({ pruned }) => !pruned).length === new Set(categories).size;
    },

    async isPruned(date, categories) {
      return stored(date, categories).some(({ pruned }) => pruned);
    },

    async isApproximate(date, categories) {
      return stored(date, categories).some(({ approximate }) => approximate);
    },

    async newestDate(categories) {
      const row = db
        .select({ date: announcements.date })
        .from(announcements)
        .where(and(inArray(announcements.category, [...categories]), isWhole))
        .groupBy(announcements.date)
        .having(sql`count(*) = ${new Set(categories).size}`)
        .orderBy(desc(announcements.date))
        .limit(1)
        .get();
      return row?.date;
    },

    read: (date, categories) => shared.read(['announced', date, ...categories], async () => readDay(date, categories)),

    recent: (before, dates, categories, passed = 0) =>
      shared.read(['recent', before, dates, passed, ...categories], () =>
        readRecent(before, dates, categories, passed),
      ),

    async count(date, categories) {
      const row = db
        .select({ papers: count() })
        .from(announcedPapers)
        .where(and(eq(announcedPapers.date, date), inArray(announcedPapers.category, [...categories])))
        .get();
      return row?.papers ?? 0;
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
