import type { ReadMarkStore } from '../../../src/core/reading.ts';
import { orm } from '../../drizzle.ts';
import { identitiesOf } from '../../rules/links.ts';
import type { Database } from '../client.ts';
import { readPapers } from '../schema-people.ts';

const { and, eq, inArray, sql } = orm;

export const createReadMarkStore = (db: Database): ReadMarkStore => {
  const ofPerson = and(
    inArray(readPapers.person, identitiesOf(sql.placeholder('person'))),
    inArray(readPapers.paperId, sql`(SELECT value FROM json_each(${sql.placeholder('paperIds')}))`),
  );
  const among = db.select({ paperId: readPapers.paperId }).from(readPapers).where(ofPerson).prepare();

  return {
    async add(person, paperId, at) {
      db.insert(readPapers).values({ person, paperId, at }).onConflictDoNothing().run();
    },

    async remove(person, paperId) {
      db.delete(readPapers)
        .where(and(inArray(readPapers.person, identitiesOf(person)), eq(readPapers.paperId, paperId)))
        .run();
    },

    async among(person, paperIds) {
      const rows = among.all({ person, paperIds: JSON.stringify(paperIds) });
      return new Set(rows.map(({ paperId }) => paperId));
    },
  };
};
