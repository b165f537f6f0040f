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
  cached: number | undefined;
  cost: Shares<number>;
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
  /** In `markdown`, texts are TeX as in arXiv's feed. In `text`, they are as on arXiv's pages. */
  form: 'markdown' | 'text';
};
