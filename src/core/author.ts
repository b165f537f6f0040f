export type IndexedAuthor = {
  authorId: string | undefined;
  name: string;
  hIndex: number | undefined;
};

export type AuthorCandidate = {
  authorId: string;
  name: string;
  hIndex: number | undefined;
  papers: number | undefined;
};

export type PaperLookup = {
  known: ReadonlyMap<string, readonly IndexedAuthor[]>;
  unknown: ReadonlySet<string>;
  /** Why papers could not be looked up, in words for people. */
  failure: string | undefined;
};

/** An author index such as Semantic Scholar. A failing remote never makes it throw; see `PaperLookup.failure`. */
export type AuthorIndex = {
  ofPapers(paperIds: readonly string[], signal?: AbortSignal): Promise<PaperLookup>;
  /** Undefined if the index is out of reach. @throws the signal's reason. */
  candidates(name: string, signal?: AbortSignal): Promise<readonly AuthorCandidate[] | undefined>;
};

/** Names with the same key are taken to be the same: accents, case and white space do not matter. */
export const nameKey = (name: string): string =>
  name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();
