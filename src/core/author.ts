/** An author of one paper, as an index of authors knows them. */
export type IndexedAuthor = {
  /** Id in the index; undefined where it names the author without one. */
  authorId: string | undefined;
  name: string;
  hIndex: number | undefined;
};

/** A person whom a name may mean. */
export type AuthorCandidate = {
  authorId: string;
  name: string;
  hIndex: number | undefined;
  papers: number | undefined;
};

/** What an index knows of the authors of some papers. A paper that is in neither could not be looked up. */
export type PaperLookup = {
  /** Authors in the paper's order, by bare arXiv id. */
  known: ReadonlyMap<string, readonly IndexedAuthor[]>;
  /** Ids of papers that the index does not know (yet). */
  unknown: ReadonlySet<string>;
  /** Why papers could not be looked up, as a reader would want to know. */
  failure: string | undefined;
};

/** An index of authors, such as Semantic Scholar. It never throws for a remote that fails: what it lacks, it says. */
export type AuthorIndex = {
  /** @throws the signal's reason when aborted. */
  ofPapers(paperIds: readonly string[], signal?: AbortSignal): Promise<PaperLookup>;
  /** Those whom a name may mean; undefined where the index could not be asked. @throws the signal's reason. */
  candidates(name: string, signal?: AbortSignal): Promise<readonly AuthorCandidate[] | undefined>;
};

/** Accents, case and white space of a name do not matter; names with the same key are taken to be the same. */
export const nameKey = (name: string): string =>
  name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();
