import type { SavedStore } from '../../../src/core/reading.ts';
import { orm } from '../../drizzle.ts';
import { paperOf } from '../../rules/papers.ts';
import type { Database } from '../client.ts';
import { papers } from '../schema.ts';
import { savedPapers } from '../schema-people.ts';

const { and, desc, eq, inArray, sql } = orm;

export const createSavedStore = (db: Database): SavedStore => {
  const listed = and(
    eq(savedPapers.person, sql.placeholder('person')),
    inArray(savedPapers.paperId, sql`(SELECT value FROM json_each(${sql.placeholder('paperIds')}))`),
  );
  const among = db.select({ paperId: savedPapers.paperId }).from(savedPapers).where(listed).prepare();

  return {
    async add(person, paperId, at) {
      return db.insert(savedPapers).values({ person, paperId, at }).onConflictDoNothing().run().changes > 0;
    },

    async remove(person, paperId) {
      const ofPerson = and(eq(savedPapers.person, person), eq(savedPapers.paperId, paperId));
      return db.delete(savedPapers).where(ofPerson).run().changes > 0;
    },

    async among(person, paperIds) {
      const rows = among.all({ person, paperIds: JSON.stringify(paperIds) });
      return new Set(rows.map(({ paperId }) => paperId));
    },

    async count(paperId) {
      return db.$count(savedPapers, eq(savedPapers.paperId, paperId));
    },

    async list(person) {
      const newest = sql`(SELECT max(p.version) FROM papers p WHERE p.id = ${savedPapers.paperId})`;
      return db
        .select()
        .from(savedPapers)
        .innerJoin(papers, and(eq(papers.id, savedPapers.paperId), eq(papers.version, newest)))
        .where(eq(savedPapers.person, person))
        .orderBy(desc(savedPapers.at), desc(sql`${savedPapers}.rowid`))
        .all()
        .map((row) => ({ paper: paperOf(row.papers), at: row.saved_papers.at }));
    },
  };
};
