/** An author of one paper, as an author index knows them. */
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

/** The authors of some papers. A paper that is in neither set could not be looked up. */
export type PaperLookup = {
  /** Authors in the paper's order, by bare arXiv id. */
  known: ReadonlyMap<string, readonly IndexedAuthor[]>;
  /** Ids of papers that the index does not know (yet). */
  unknown: ReadonlySet<string>;
  /** Why papers could not be looked up, in words for people. */
  failure: string | undefined;
};

/** An author index such as Semantic Scholar. A failing remote never makes it throw; see `PaperLookup.failure`. */
export type AuthorIndex = {
  /** @throws the signal's reason if aborted. */
  ofPapers(paperIds: readonly string[], signal?: AbortSignal): Promise<PaperLookup>;
  /** Undefined if the index is out of reach. @throws the signal's reason. */
  candidates(name: string, signal?: AbortSignal): Promise<readonly AuthorCandidate[] | undefined>;
};

/** Names with the same key are taken to be the same: accents, case and white space do not matter. */
export const nameKey = (name: string): string =>
  name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();
