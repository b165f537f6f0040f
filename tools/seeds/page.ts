import type { IsoDate } from '../../src/core/paper.ts';

/** A paper of a day's page. */
export type PagePaper = {
  id: string;
  title: string;
  /** In one line, with commas between them. */
  authors: string;
  abstract: string;
  comment: string;
  /** Undefined where the page gives none. */
  relevance: number | undefined;
  novelty: number | undefined;
  /** It is on the page for its author. */
  followed: boolean;
};

type Shares<T> = { prompt: T; completion: T; total: T };

/** What a day's page tells, whoever made it and in whatever form. */
export type DayPage = {
  date: IsoDate;
  counts: { announced: number; scanned: number; relevant: number };
  model: string;
  tokens: Shares<number>;
  /** Tokens of the prompt that the provider had in its cache; undefined where the page does not tell. */
  cached: number | undefined;
  /** US dollars, rounded to cents. */
  cost: Shares<number>;
  /** The days that a remedial run makes up for, and the day on which it was made. */
  remedial: { from: IsoDate; to: IsoDate; made: IsoDate } | undefined;
  previous: IsoDate | undefined;
  /** Such as `2025-05`. */
  month: string | undefined;
  next: IsoDate | undefined;
  /** Titles of the table of contents, each with what it says of the authors. */
  contents: { title: string; authors: string }[];
  papers: PagePaper[];
  /** What the model was told to select by. */
  prompt: string;
};

/** A page of the daily script that is to be matched. */
export type SeedPage = DayPage & {
  /** Name of its file. */
  file: string;
  /** Parts of its prompt, as they can be given to another. */
  topics: string;
  criteria: string;
  /** How the page was written: the text is then TeX as in arXiv's feed, or what arXiv's pages show. */
  form: 'markdown' | 'text';
};
