import type { SavedStore } from '../../../src/core/reading.ts';
import { orm } from '../../drizzle.ts';
import { identitiesOf } from '../../rules/links.ts';
import { paperOf } from '../../rules/papers.ts';
import { savedOnce } from '../../rules/saved.ts';
import { type Database, write } from '../client.ts';
import { isOneOf } from '../lists.ts';
import { isChanged } from '../results.ts';
import { papers } from '../schema.ts';
import { links, savedPapers } from '../schema-people.ts';

const { and, countDistinct, desc, eq, inArray, ne, sql } = orm;

const ofPerson = (person: string, paperId: string) =>
  and(inArray(savedPapers.person, identitiesOf(person)), eq(savedPapers.paperId, paperId));

export const createSavedStore = (db: Database): SavedStore => ({
  add(person, paperId, at) {
    return write(db, async (tx) => {
      const isAdded = isChanged(await tx.insert(savedPapers).values({ person, paperId, at }).onConflictDoNothing());
      const byOthers = and(ofPerson(person, paperId), ne(savedPapers.person, person));
      const [other] = await tx.select({ at: savedPapers.at }).from(savedPapers).where(byOthers).limit(1);
      return isAdded && !other;
    });
  },

  async remove(person, paperId) {
    return isChanged(await db.delete(savedPapers).where(ofPerson(person, paperId)));
  },

  async among(person, paperIds) {
    const isListed = isOneOf(savedPapers.paperId, paperIds);
    const rows = await db
      .select({ paperId: savedPapers.paperId })
      .from(savedPapers)
      .where(and(inArray(savedPapers.person, identitiesOf(person)), isListed));
    return new Set(rows.map(({ paperId }) => paperId));
  },

  async count(paperId) {
    const person = sql`coalesce(${links.linkId}, ${savedPapers.person})`;
    const [sum] = await db
      .select({ people: countDistinct(person) })
      .from(savedPapers)
      .leftJoin(links, eq(links.person, savedPapers.person))
      .where(eq(savedPapers.paperId, paperId));
    return sum?.people ?? 0;
  },

  async list(person) {
    const newest = sql`(SELECT max(p.version) FROM papers p WHERE p.id = ${savedPapers.paperId})`;
    const rows = await db
      .select({ paper: papers, at: savedPapers.at })
      .from(savedPapers)
      .innerJoin(papers, and(eq(papers.id, savedPapers.paperId), eq(papers.version, newest)))
      .where(inArray(savedPapers.person, identitiesOf(person)))
      .orderBy(desc(savedPapers.at), desc(savedPapers.inserted));
    return savedOnce(rows.map(({ paper, at }) => ({ paper: paperOf(paper), at })));
  },
});
