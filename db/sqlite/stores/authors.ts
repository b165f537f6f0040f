import type { AuthorStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { type Database, write } from '../client.ts';
import { authorCandidates, paperAuthors } from '../schema.ts';

const { eq, inArray } = orm;

export const createAuthorStore = (db: Database): AuthorStore => ({
  async ofPapers(paperIds) {
    const rows = db
      .select()
      .from(paperAuthors)
      .where(inArray(paperAuthors.paperId, [...paperIds]))
      .all();
    return new Map(rows.map(({ paperId, authors, at }) => [paperId, { authors: authors ?? undefined, at }]));
  },

  async savePapers(answers, at) {
    write(db, (tx) => {
      for (const [paperId, authors] of answers) {
        const row = { authors: authors ?? null, at };
        tx.insert(paperAuthors)
          .values({ paperId, ...row })
          .onConflictDoUpdate({ target: paperAuthors.paperId, set: row })
          .run();
      }
    });
  },

  async candidates(name) {
    const row = db.select().from(authorCandidates).where(eq(authorCandidates.name, name)).get();
    return row && { candidates: row.candidates, at: row.at };
  },

  async saveCandidates(name, candidates, at) {
    const row = { candidates, at };
    db.insert(authorCandidates)
      .values({ name, ...row })
      .onConflictDoUpdate({ target: authorCandidates.name, set: row })
      .run();
  },
});
