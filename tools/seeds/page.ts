import type { IsoDate } from '../../src/core/paper.ts';

export type PagePaper = {
  id: string;
  title: string;
  /** On one line, separated by commas. */
  authors: string;
  abstract: string;
  comment: string;
  /** Undefined if the page has none. */
  relevance: number | undefined;
  novelty: number | undefined;
  /** On the page because of its author. */
  followed: boolean;
};

type Shares<T> = { prompt: T; completion: T; total: T };

/** Content of a day's page, of this program or the earlier script. */
export type DayPage = {
  date: IsoDate;
  counts: { announced: number; scanned: number; relevant: number };
  model: string;
  tokens: Shares<number>;
  /** Cached tokens of the prompt. Undefined if the page does not show them. */
  cached: number | undefined;
  /** US dollars, rounded to cents. */
  cost: Shares<number>;
  /** The days that a remedial run covers, and the day it was made. */
  remedial: { from: IsoDate; to: IsoDate; made: IsoDate } | undefined;
  previous: IsoDate | undefined;
  /** For example `2025-05`. */
  month: string | undefined;
  next: IsoDate | undefined;
  /** The table of contents. */
  contents: { title: string; authors: string }[];
  papers: PagePaper[];
  prompt: string;
};

/** A page of the earlier script. */
export type SeedPage = DayPage & {
  /** Name of its file. */
  file: string;
  /** Parts of its prompt. */
  topics: string;
  criteria: string;
  /** Texts are TeX as in arXiv's feed in `markdown`, and as on arXiv's pages in `text`. */
  form: 'markdown' | 'text';
};
