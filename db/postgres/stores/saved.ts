import type { SavedStore } from '../../../src/core/reading.ts';
import { orm } from '../../drizzle.ts';
import { paperOf } from '../../rules/papers.ts';
import type { Database } from '../client.ts';
import { isOneOf } from '../lists.ts';
import { isChanged } from '../results.ts';
import { papers } from '../schema.ts';
import { savedPapers } from '../schema-people.ts';

const { and, desc, eq, sql } = orm;

export const createSavedStore = (db: Database): SavedStore => ({
  async add(person, paperId, at) {
    return isChanged(await db.insert(savedPapers).values({ person, paperId, at }).onConflictDoNothing());
  },

  async remove(person, paperId) {
    const ofPerson = and(eq(savedPapers.person, person), eq(savedPapers.paperId, paperId));
    return isChanged(await db.delete(savedPapers).where(ofPerson));
  },

  async among(person, paperIds) {
    const isListed = isOneOf(savedPapers.paperId, paperIds);
    const rows = await db
      .select({ paperId: savedPapers.paperId })
      .from(savedPapers)
      .where(and(eq(savedPapers.person, person), isListed));
    return new Set(rows.map(({ paperId }) => paperId));
  },

  async count(paperId) {
    return db.$count(savedPapers, eq(savedPapers.paperId, paperId));
  },

  async list(person) {
    const newest = sql`(SELECT max(p.version) FROM papers p WHERE p.id = ${savedPapers.paperId})`;
    const rows = await db
      .select({ paper: papers, at: savedPapers.at })
      .from(savedPapers)
      .innerJoin(papers, and(eq(papers.id, savedPapers.paperId), eq(papers.version, newest)))
      .where(eq(savedPapers.person, person))
      .orderBy(desc(savedPapers.at), desc(savedPapers.inserted));
    return rows.map(({ paper, at }) => ({ paper: paperOf(paper), at }));
  },
});
