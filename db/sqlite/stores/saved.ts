import type { SavedStore } from '../../../src/core/reading.ts';
import { orm } from '../../drizzle.ts';
import { identitiesOf } from '../../rules/links.ts';
import { paperOf } from '../../rules/papers.ts';
import { savedOnce } from '../../rules/saved.ts';
import { type Database, write } from '../client.ts';
import { papers } from '../schema.ts';
import { links, savedPapers } from '../schema-people.ts';

const { and, countDistinct, desc, eq, inArray, sql } = orm;

const ofPerson = (person: string, paperId: string) =>
  and(inArray(savedPapers.person, identitiesOf(person)), eq(savedPapers.paperId, paperId));

export const createSavedStore = (db: Database): SavedStore => {
  const listed = and(
    inArray(savedPapers.person, identitiesOf(sql.placeholder('person'))),
    inArray(savedPapers.paperId, sql`(SELECT value FROM json_each(${sql.placeholder('paperIds')}))`),
  );
  const among = db.select({ paperId: savedPapers.paperId }).from(savedPapers).where(listed).prepare();

  return {
    async add(person, paperId, at) {
      return write(db, (tx) => {
        const isListed = tx.select().from(savedPapers).where(ofPerson(person, paperId)).get() !== undefined;
        tx.insert(savedPapers).values({ person, paperId, at }).onConflictDoNothing().run();
        return !isListed;
      });
    },

    async remove(person, paperId) {
      return db.delete(savedPapers).where(ofPerson(person, paperId)).run().changes > 0;
    },

    async among(person, paperIds) {
      const rows = among.all({ person, paperIds: JSON.stringify(paperIds) });
      return new Set(rows.map(({ paperId }) => paperId));
    },

    async count(paperId) {
      const person = sql`coalesce(${links.linkId}, ${savedPapers.person})`;
      const people = db
        .select({ people: countDistinct(person) })
        .from(savedPapers)
        .leftJoin(links, eq(links.person, savedPapers.person))
        .where(eq(savedPapers.paperId, paperId))
        .get();
      return people?.people ?? 0;
    },

    async list(person) {
      const newest = sql`(SELECT max(p.version) FROM papers p WHERE p.id = ${savedPapers.paperId})`;
      const saved = db
        .select()
        .from(savedPapers)
        .innerJoin(papers, and(eq(papers.id, savedPapers.paperId), eq(papers.version, newest)))
        .where(inArray(savedPapers.person, identitiesOf(person)))
        .orderBy(desc(savedPapers.at), desc(sql`${savedPapers}.rowid`))
        .all()
        .map((row) => ({ paper: paperOf(row.papers), at: row.saved_papers.at }));
      return savedOnce(saved);
    },
  };
};
