import type { IsoDate, Paper } from '../../src/core/paper.ts';
import type { Term } from './terms.ts';

export type Found = { searchId: number; paper: Paper };

/** What a paper must contain; without a field, in any of its fields. */
export type Match = { term: Term; field?: 'title' | 'authors' } | { all: readonly Match[] } | { any: readonly Match[] };

export type Filter = {
  since?: IsoDate | undefined;
  category?: string | undefined;
  accepts?: ((paper: Pick<Paper, 'authors'>) => boolean) | undefined;
};

/** Ids of papers, newest first. */
export type Matching = {
  searchIds: number[];
  isMore: boolean;
};

type Awaitable<T> = T | Promise<T>;

/**
 * What the search needs from a database. Later papers have higher search ids; an id may be missing. A database that
 * answers at once needs no promises.
 */
export type Archive = {
  /** Id of the newest paper, which is about the number of papers. */
  size(): Awaitable<number>;
  matching(match: Match, limit: number, filter?: Filter): Awaitable<Matching>;
  /** The newest papers that match, for each match. Matches are single words. */
  newest(matches: readonly Match[], limit: number): Awaitable<readonly (readonly number[])[]>;
  /** Number of papers that contain each term. Exact if there are few, otherwise an estimate. */
  frequencies(terms: readonly Term[], size: number): Awaitable<readonly number[]>;
  /** In the order of the ids. */
  read(searchIds: readonly number[]): Awaitable<Found[]>;
  has(paperId: string): Awaitable<boolean>;
  /** When papers were announced last. Replacements do not count, because a new version does not make an old paper new. */
  announced(paperIds: readonly string[]): Awaitable<ReadonlyMap<string, IsoDate>>;
};
