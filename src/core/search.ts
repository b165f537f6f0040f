import type { IsoDate, Paper } from './paper.ts';

export type SearchQuery = {
  /** As a person typed them: words, "quoted phrases", word* for what begins with it. All must be there. */
  words: string;
  /** Announced on this date or later. */
  since?: IsoDate | undefined;
  /** Part of an author's name. */
  author?: string | undefined;
  /** A category that it stands in. */
  category?: string | undefined;
  limit: number;
};

/** A paper that was found. */
export type SearchHit = {
  paper: Paper;
  /** The newest date on which it was announced; undefined for one that was fetched by its id. */
  announced: IsoDate | undefined;
  /** Higher is better; of no meaning beyond one search. */
  rank: number;
  /** The title, and a passage of the rest, with the found words marked. */
  title: readonly Marked[];
  passage: readonly Marked[];
};

/** A piece of a text; `isHit` where it is what was looked for. */
export type Marked = { text: string; isHit: boolean };

export type SearchResult = {
  hits: readonly SearchHit[];
  /** How many there are at least; exact unless `isMore`. */
  found: number;
  isMore: boolean;
};

/** Everything that was seen, by its words. Long queries run beside the event loop. */
export type SearchStore = {
  /** @throws UserError where nothing is left to look for. */
  search(query: SearchQuery): Promise<SearchResult>;
  /** The papers whose words are nearest to a paper's, without it, the nearest first; `rank` is 0 to 1. */
  similar(paper: Paper, limit: number): Promise<readonly SearchHit[]>;
  /** Papers by a name, the newest first. */
  byAuthor(name: string, limit: number): Promise<readonly Paper[]>;
};
