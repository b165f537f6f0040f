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
  failure: string | undefined;
};

/** An author index such as Semantic Scholar. It does not throw if the remote fails; see `PaperLookup.failure`. */
export type AuthorIndex = {
  ofPapers(paperIds: readonly string[], signal?: AbortSignal): Promise<PaperLookup>;
  /** Undefined if the index cannot be reached. @throws the signal's reason. */
  candidates(name: string, signal?: AbortSignal): Promise<readonly AuthorCandidate[] | undefined>;
};

/** Key of a name without accents, case or whitespace. Names with the same key are treated as the same. */
export const nameKey = (name: string): string =>
  name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();
