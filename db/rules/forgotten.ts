import { createHash } from 'node:crypto';
import { type Person, platformOf } from '../../src/core/addresses.ts';

/** A person who asked to be forgotten, as a hash of their address, and when. */
export type Forgotten = { person: string; at: string };

export const hashOf = (person: Person): string => createHash('sha256').update(person).digest('hex');

/** The tables whose rows of a person are deleted. They have the columns `person` and `at`. */
export const deletedTables = [
  ...(['reactions', 'saved_papers', 'read_papers', 'links', 'link_codes'] as const),
  ...(['shown_lists', 'asked_questions'] as const),
];

/** All tables with people. The change log keeps its rows, without their person. */
export const personTables = [...deletedTables, 'changes'] as const;

/** Who the change log has in place of a person. */
export const anonymous = (person: Person): Person => `${platformOf(person)}:forgotten`;

/** Those of the people who asked to be forgotten, and when. */
export const forgottenAmong = (
  people: readonly Person[],
  forgotten: readonly Forgotten[],
): { person: Person; at: string }[] => {
  const times = new Map(forgotten.map(({ person, at }) => [person, at]));
  return people.flatMap((person) => {
    const at = times.get(hashOf(person));
    return at === undefined ? [] : [{ person, at }];
  });
};
