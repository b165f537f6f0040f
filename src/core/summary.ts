import type { IsoDate, PaperVersion } from './paper.ts';
import type { Rubric, ScorablePaper, ScorerStop, Usage } from './score.ts';

/** In UTF-16 units. Longer summaries are cut. */
export const maxSummaryLength = 200;

/** One sentence on what a paper does, by a language model. */
export type Summary = { summaryId: number; paperId: string; version: number; text: string };

export type NewSummary = Omit<Summary, 'summaryId'>;

export type SummaryQuery = { language: string; model: string };

/** Append-only: a paper version has one summary for each language and model. */
export type SummaryStore = {
  /** The stored summaries, by paper id. */
  find(query: SummaryQuery, papers: readonly PaperVersion[]): Promise<Map<string, Summary>>;
  /** Stores summaries of versions that have none. @returns the stored ones of all given versions. */
  add(query: SummaryQuery, summaries: readonly NewSummary[], createdAt: string): Promise<Summary[]>;
};

export type SummaryTask = {
  channel: string;
  date: IsoDate;
  rubric: Rubric;
  papers: readonly ScorablePaper[];
  signal: AbortSignal;
};

/** Writes summaries with a language model, within the daily budget. */
export type Summarizer = {
  model: string;
  dailyBudgetUsd: number;
  /**
   * Passes summaries on as they arrive, without papers that the model left out.
   * @returns the reason if it stopped early. Rejects with the reason of the task's signal.
   */
  summarize(
    task: SummaryTask,
    onSummaries: (summaries: readonly NewSummary[]) => Promise<void>,
  ): Promise<ScorerStop | undefined>;
  /** The rubric under which the calls for digests with this rubric are booked. */
  rubricOf(rubric: Rubric): Rubric;
  /**
   * The expected usage for this many papers.
   * @param papers Typical papers; if there are none, assumes the longest abstracts.
   */
  estimate(count: number, papers: readonly ScorablePaper[], rubric: Rubric): Usage;
};

/** What summaries of a channel's digests would cost each day. */
export type SummaryCost = {
  model: string;
  /** Papers a day: the average of the newest digests; before the first digest, the maximum. */
  papers: number;
  usage: Usage;
  dailyBudgetUsd: number;
};
