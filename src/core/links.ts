import { createHash, randomInt } from 'node:crypto';
import type { Person } from './addresses.ts';
import type { IsoDate } from './paper.ts';

/** The address of a person on one platform or in one browser, and since when it is linked. Simulated time, ISO 8601. */
export type LinkedIdentity = { person: Person; at: string };

/**
 * What came of a code. `unknown`: there is none, it is too old, or it was used. `own`: it was made by this identity, and
 * can still be used. `already`: both were linked before.
 */
export type JoinOutcome = 'joined' | 'already' | 'own' | 'unknown';

/** A posted paper that a person voted on or saved, and by how many of their identities. */
export type MarkedPaper = { channel: string; paperId: string; identities: number };

/**
 * Which identities are one person. Votes, saved papers and read marks are stored for the identity that made them, so
 * unlinking separates them again. Every store counts linked identities as one person.
 */
export type LinkStore = {
  /** All linked identities of a person, oldest link first. Empty if the identity is not linked. */
  linked(person: Person): Promise<LinkedIdentity[]>;
  /** Gives an identity a code, in place of its last one. */
  offer(person: Person, code: string, at: string): Promise<void>;
  /** Makes one person of an identity and the one that offered this code, with all that either is linked to. */
  join(person: Person, code: string, at: string): Promise<JoinOutcome>;
  /** @returns false if the identity was not linked. */
  leave(person: Person): Promise<boolean>;
  /** Separates all identities of a person. @returns false if the identity was not linked. */
  separate(person: Person): Promise<boolean>;
  /** What a person voted on or saved, of what was posted since a date. */
  marked(person: Person, since: IsoDate): Promise<MarkedPaper[]>;
};

/** Minutes for which a code can be used. */
export const codeMinutes = 10;

/** Codes from before this time can no longer be used. */
export const oldestCode = (now: string): string => new Date(Date.parse(now) - codeMinutes * 60_000).toISOString();

/** No vowels, so that no code is a word, and no digits, which look like letters: RFC 8628, 6.1. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const codeLength = 8;
const dash = codeLength / 2;

/** A code such as `WDJB-MJHT`, one of 25 billion. */
export const newCode = (random: (max: number) => number = randomInt): string => {
  const code = Array.from({ length: codeLength }, () => letters[random(letters.length)]).join('');
  return `${code.slice(0, dash)}-${code.slice(dash)}`;
};

const codePattern = new RegExp(`^([${letters}]{${dash}})-?([${letters}]{${dash}})$`);

/** A code as people type it. Undefined if it cannot be one. */
export const codeOf = (word: string): string | undefined => {
  const [, start, end] = codePattern.exec(word.toUpperCase()) ?? [];
  return start === undefined ? undefined : `${start}-${end}`;
};

/** Codes are stored as hashes, so that a copy of the database shows none. */
export const codeHash = (code: string): string => createHash('sha256').update(code).digest('hex');
