import type { Person } from './addresses.ts';
import type { Paper } from './paper.ts';

export type SavedPaper = { paper: Paper; at: string };

export type SavedStore = {
  /** @returns false if the paper was already on the list. */
  add(person: Person, paperId: string, at: string): Promise<boolean>;
  remove(person: Person, paperId: string): Promise<boolean>;
  list(person: Person): Promise<SavedPaper[]>;
  /** Which of these papers the person has saved. */
  among(person: Person, paperIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** How many people saved a paper. */
  count(paperId: string): Promise<number>;
};

/** Which papers a person has opened or marked as read. */
export type ReadMarkStore = {
  add(person: Person, paperId: string, at: string): Promise<void>;
  remove(person: Person, paperId: string): Promise<void>;
  /** Which of these papers the person has read. */
  among(person: Person, paperIds: readonly string[]): Promise<ReadonlySet<string>>;
};
