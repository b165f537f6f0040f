import { randomUUID } from 'node:crypto';
import type { Placeholder, SQL } from 'drizzle-orm';
import type { Person } from '../../src/core/addresses.ts';
import type { LinkedIdentity } from '../../src/core/links.ts';
import { orm } from '../drizzle.ts';

const { sql } = orm;

/** All identities of a person, as a subquery that both databases understand. */
export const identitiesOf = (person: Person | Placeholder): SQL => sql`(
  SELECT CAST(${person} AS text) AS person
  UNION SELECT person FROM links WHERE link_id = (SELECT link_id FROM links WHERE person = ${person}))`;

export type LinkRow = LinkedIdentity & { linkId: string };

/**
 * The rows that make one person of two identities and all that they are linked to.
 * @param linked The rows with either of them, or with an identity that is linked to them.
 * @returns Undefined if they are one person already.
 */
export const joinedRows = (
  linked: readonly LinkRow[],
  [offering, using]: readonly [Person, Person],
  at: string,
): LinkRow[] | undefined => {
  const idOf = (person: Person): string | undefined => linked.find((one) => one.person === person)?.linkId;
  const [first, second] = [idOf(offering), idOf(using)];
  if (first !== undefined && first === second) return undefined;
  const linkId = first ?? second ?? randomUUID();
  const added = [offering, using].filter((person) => idOf(person) === undefined);
  return [...linked.map((row) => ({ ...row, linkId })), ...added.map((person) => ({ person, linkId, at }))];
};

/** One identity alone, such as one that a restored backup left behind, is not linked. */
export const linkedOf = (rows: readonly LinkRow[]): LinkedIdentity[] =>
  rows.length < 2
    ? []
    : rows
        .map(({ person, at }) => ({ person, at }))
        .toSorted((a, b) => (`${a.at} ${a.person}` < `${b.at} ${b.person}` ? -1 : 1));
