import type { IsoDate } from '../../src/core/paper.ts';

export type PagePaper = {
  id: string;
  title: string;
  authors: string;
  abstract: string;
  comment: string;
  relevance: number | undefined;
  novelty: number | undefined;
  followed: boolean;
};

type Shares<T> = { prompt: T; completion: T; total: T };

export type DayPage = {
  date: IsoDate;
  counts: { announced: number; scanned: number; relevant: number };
  model: string;
  tokens: Shares<number>;
  /** Cached tokens of the prompt. Undefined if the page does not show them. */
  cached: number | undefined;
  cost: Shares<number>;
  /** The days that a remedial run covers, and the day it was made. */
  remedial: { from: IsoDate; to: IsoDate; made: IsoDate } | undefined;
  previous: IsoDate | undefined;
  month: string | undefined;
  next: IsoDate | undefined;
  contents: { title: string; authors: string }[];
  papers: PagePaper[];
  prompt: string;
};

export type SeedPage = DayPage & {
  file: string;
  topics: string;
  criteria: string;
  /** In `markdown`, texts are TeX as in arXiv's feed; in `text`, as on arXiv's pages. */
  form: 'markdown' | 'text';
};
