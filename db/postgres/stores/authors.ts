import type { AuthorStore } from '../../../src/core/stores.ts';
import { orm } from '../../drizzle.ts';
import { type Database, write } from '../client.ts';
import { chunks, insertInto, isOneOf } from '../lists.ts';
import { authorCandidates, paperAuthors } from '../schema.ts';

const { eq, sql } = orm;

export const createAuthorStore = (db: Database): AuthorStore => ({
  async ofPapers(paperIds) {
    const rows = await db.select().from(paperAuthors).where(isOneOf(paperAuthors.paperId, paperIds));
    return new Map(rows.map(({ paperId, authors, at }) => [paperId, { authors: authors ?? undefined, at }]));
  },

  async savePapers(answers, at) {
    const rows = [...answers]
      .map(([paperId, authors]) => ({ paperId, authors: authors ?? null, at }))
      // Two processes that store the same papers in another order could wait for each other.
      .sort((a, b) => (a.paperId < b.paperId ? -1 : 1));
    await write(db, async (tx) => {
      for (const some of chunks(rows))
        await tx.execute(sql`
          ${insertInto(paperAuthors, ['paperId', 'authors', 'at'], some)}
          ON CONFLICT (paper_id) DO UPDATE SET authors = excluded.authors, at = excluded.at`);
    });
  },

  async candidates(name) {
    const [row] = await db.select().from(authorCandidates).where(eq(authorCandidates.name, name));
    return row && { candidates: row.candidates, at: row.at };
  },

  async saveCandidates(name, candidates, at) {
    const row = { candidates, at };
    await db
      .insert(authorCandidates)
      .values({ name, ...row })
      .onConflictDoUpdate({ target: authorCandidates.name, set: row });
  },
});
