import { codeHash, type LinkStore, type MarkedPaper, oldestCode } from '../../../src/core/links.ts';
import { orm } from '../../drizzle.ts';
import { identitiesOf, joinedRows, type LinkRow, linkedOf } from '../../rules/links.ts';
import { type Database, write } from '../client.ts';
import { linkCodes, links } from '../schema-people.ts';

const { eq, inArray, lt, sql } = orm;

/** The rows of all identities of a person. */
const rowsOf = (reader: Pick<Database, 'select'>, person: string): LinkRow[] =>
  reader
    .select()
    .from(links)
    .where(inArray(links.person, identitiesOf(person)))
    .all();

/** A person, and all identities that are linked to this one. */
export const peopleLinkedTo = (reader: Pick<Database, 'select'>, person: string): string[] => [
  ...new Set([person, ...rowsOf(reader, person).map((row) => row.person)]),
];

export const createLinkStore = (db: Database): LinkStore => ({
  async linked(person) {
    return linkedOf(rowsOf(db, person));
  },

  async offer(person, code, at) {
    const row = { code: codeHash(code), at };
    write(db, (tx) => {
      tx.delete(linkCodes)
        .where(lt(linkCodes.at, oldestCode(at)))
        .run();
      tx.insert(linkCodes)
        .values({ person, ...row })
        .onConflictDoUpdate({ target: linkCodes.person, set: row })
        .run();
    });
  },

  async join(person, code, at) {
    return write(db, (tx) => {
      const isCode = eq(linkCodes.code, codeHash(code));
      const offered = tx.select().from(linkCodes).where(isCode).get();
      if (!offered || offered.at < oldestCode(at)) return 'unknown';
      if (offered.person === person) return 'own';
      tx.delete(linkCodes).where(isCode).run();
      const rows = [...rowsOf(tx, offered.person), ...rowsOf(tx, person)];
      const joined = joinedRows(rows, [offered.person, person], at);
      for (const { linkId, ...row } of joined ?? [])
        tx.insert(links)
          .values({ ...row, linkId })
          .onConflictDoUpdate({ target: links.person, set: { linkId } })
          .run();
      return joined ? 'joined' : 'already';
    });
  },

  async leave(person) {
    return write(db, (tx) => {
      const others = rowsOf(tx, person).filter((row) => row.person !== person);
      const isLeft = tx.delete(links).where(eq(links.person, person)).run().changes > 0;
      const [last, ...more] = others;
      if (last && more.length === 0) tx.delete(links).where(eq(links.person, last.person)).run();
      tx.delete(linkCodes).where(eq(linkCodes.person, person)).run();
      return isLeft && others.length > 0;
    });
  },

  async separate(person) {
    return write(db, (tx) => {
      const people = peopleLinkedTo(tx, person);
      tx.delete(linkCodes).where(inArray(linkCodes.person, people)).run();
      return tx.delete(links).where(inArray(links.person, people)).run().changes > 1;
    });
  },

  async marked(person, since) {
    return db.all<MarkedPaper>(sql`
      WITH mine AS MATERIALIZED ${identitiesOf(person)}, recent AS (SELECT digest_id, channel FROM digests WHERE date >= ${since})
      SELECT channel, paper_id AS "paperId", count(DISTINCT person) AS identities FROM (
        SELECT g.channel, d.paper_id, r.person FROM recent g
        JOIN deliveries d ON d.digest_id = g.digest_id AND d.paper_id IS NOT NULL
        JOIN reactions r ON r.destination = d.destination AND r.message_id = d.message_id
        WHERE r.person IN (SELECT person FROM mine)
        UNION ALL
        SELECT g.channel, s.paper_id, s.person FROM recent g
        JOIN digest_entries e ON e.digest_id = g.digest_id AND e.role = 'picked'
        JOIN saved_papers s ON s.paper_id = e.paper_id
        WHERE s.person IN (SELECT person FROM mine)) marks
      GROUP BY channel, paper_id ORDER BY channel, paper_id`);
  },
});
