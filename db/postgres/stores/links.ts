import { codeHash, type LinkStore, type MarkedPaper, oldestCode } from '../../../src/core/links.ts';
import { orm } from '../../drizzle.ts';
import { identitiesOf, joinedRows, type LinkRow, linkedOf } from '../../rules/links.ts';
import { type Database, type Reader, type Transaction, write } from '../client.ts';
import { isOneOf } from '../lists.ts';
import { isChanged } from '../results.ts';
import { linkCodes, links } from '../schema-people.ts';

const { eq, inArray, lt, sql } = orm;

/** The rows of all identities of a person. */
const rowsOf = (reader: Pick<Reader, 'select'>, person: string): Promise<LinkRow[]> =>
  reader
    .select()
    .from(links)
    .where(inArray(links.person, identitiesOf(person)))
    .then((rows) => rows);

/** A person, and all identities that are linked to this one. */
export const peopleLinkedTo = async (reader: Pick<Reader, 'select'>, person: string): Promise<string[]> => [
  ...new Set([person, ...(await rowsOf(reader, person)).map((row) => row.person)]),
];

/** Lets one transaction at a time change who is linked, because each decides by several rows. Reading goes on. */
export const claimLinks = async (tx: Transaction): Promise<void> => {
  await tx.execute(sql`LOCK TABLE ${links} IN SHARE ROW EXCLUSIVE MODE`);
};

export const createLinkStore = (db: Database): LinkStore => ({
  async linked(person) {
    return linkedOf(await rowsOf(db, person));
  },

  async offer(person, code, at) {
    const row = { code: codeHash(code), at };
    await write(db, async (tx) => {
      await claimLinks(tx);
      await tx.delete(linkCodes).where(lt(linkCodes.at, oldestCode(at)));
      await tx
        .insert(linkCodes)
        .values({ person, ...row })
        .onConflictDoUpdate({ target: linkCodes.person, set: row });
    });
  },

  join(person, code, at) {
    return write(db, async (tx) => {
      await claimLinks(tx);
      const isCode = eq(linkCodes.code, codeHash(code));
      const [offered] = await tx.select().from(linkCodes).where(isCode);
      if (!offered || offered.at < oldestCode(at)) return 'unknown';
      if (offered.person === person) return 'own';
      await tx.delete(linkCodes).where(isCode);
      const rows = [...(await rowsOf(tx, offered.person)), ...(await rowsOf(tx, person))];
      const joined = joinedRows(rows, [offered.person, person], at);
      for (const row of joined ?? [])
        await tx
          .insert(links)
          .values(row)
          .onConflictDoUpdate({ target: links.person, set: { linkId: row.linkId } });
      return joined ? 'joined' : 'already';
    });
  },

  leave(person) {
    return write(db, async (tx) => {
      await claimLinks(tx);
      const others = (await rowsOf(tx, person)).filter((row) => row.person !== person);
      const isLeft = isChanged(await tx.delete(links).where(eq(links.person, person)));
      const [last, ...more] = others;
      if (last && more.length === 0) await tx.delete(links).where(eq(links.person, last.person));
      await tx.delete(linkCodes).where(eq(linkCodes.person, person));
      return isLeft && others.length > 0;
    });
  },

  separate(person) {
    return write(db, async (tx) => {
      await claimLinks(tx);
      const people = await peopleLinkedTo(tx, person);
      await tx.delete(linkCodes).where(isOneOf(linkCodes.person, people));
      const { rowCount } = await tx.delete(links).where(isOneOf(links.person, people));
      return (rowCount ?? 0) > 1;
    });
  },

  async marked(person, since) {
    const { rows } = await db.execute<MarkedPaper>(sql`
      WITH mine AS MATERIALIZED ${identitiesOf(person)}, recent AS (SELECT digest_id, channel FROM digests WHERE date >= ${since})
      SELECT channel, paper_id AS "paperId", count(DISTINCT person)::int AS identities FROM (
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
    return rows;
  },
});
