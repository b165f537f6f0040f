import type { ReadMarkStore } from '../../../src/core/reading.ts';
import { orm } from '../../drizzle.ts';
import { identitiesOf } from '../../rules/links.ts';
import type { Database } from '../client.ts';
import { isOneOf } from '../lists.ts';
import { readPapers } from '../schema-people.ts';

const { and, eq, inArray } = orm;

export const createReadMarkStore = (db: Database): ReadMarkStore => ({
  async add(person, paperId, at) {
    await db.insert(readPapers).values({ person, paperId, at }).onConflictDoNothing();
  },

  async remove(person, paperId) {
    const isOwn = inArray(readPapers.person, identitiesOf(person));
    await db.delete(readPapers).where(and(isOwn, eq(readPapers.paperId, paperId)));
  },

  async among(person, paperIds) {
    const isListed = isOneOf(readPapers.paperId, paperIds);
    const rows = await db
      .select({ paperId: readPapers.paperId })
      .from(readPapers)
      .where(and(inArray(readPapers.person, identitiesOf(person)), isListed));
    return new Set(rows.map(({ paperId }) => paperId));
  },
});
