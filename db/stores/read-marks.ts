import type { ReadMarkStore } from '../../src/core/reading.ts';
import { type Database, orm } from '../client.ts';
import { readPapers } from '../schema-people.ts';

const { and, eq, inArray } = orm;

export const createReadMarkStore = (db: Database): ReadMarkStore => ({
  async add(person, paperId, at) {
    db.insert(readPapers).values({ person, paperId, at }).onConflictDoNothing().run();
  },

  async remove(person, paperId) {
    db.delete(readPapers)
      .where(and(eq(readPapers.person, person), eq(readPapers.paperId, paperId)))
      .run();
  },

  async among(person, paperIds) {
    const wanted = and(eq(readPapers.person, person), inArray(readPapers.paperId, [...paperIds]));
    const rows = db.select({ paperId: readPapers.paperId }).from(readPapers).where(wanted).all();
    return new Set(rows.map(({ paperId }) => paperId));
  },
});
