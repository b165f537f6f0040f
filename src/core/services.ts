import type { Person } from './addresses.ts';
import type { AuthorIndex } from './author.ts';
import type { Channel } from './channel.ts';
import type { DigestDraft } from './digest.ts';
import type { LearnedFeedback } from './feedback.ts';
import type { IsoDate, Paper } from './paper.ts';
import type { Score, Usage } from './score.ts';

/** A paper's score before and after it was asked about again. */
export type Rescored = {
  paper: Paper;
  before: Score | undefined;
  /** Undefined where no answer was given. */
  after: Score | undefined;
  /** True where its posted message was changed to show the new score. */
  isUpdated: boolean;
};

export type Rescoring = {
  papers: Rescored[];
  usage: Usage;
  /** Why it ended early, such as the day's budget; papers without `after` are those that it did not come to. */
  stop: string | undefined;
};

export type PaperAnswer = {
  text: string;
  /** Passages of the paper that it rests on, word for word; empty where the paper does not say. */
  quotes: readonly string[];
  /** What was read. */
  source: 'full text' | 'abstract';
  usage: Usage;
};

/** What is wrong, and what to do about it. */
export type Complaint = { text: string; fix: string | undefined };

/** What the bot does for a channel, as `status` tells it. */
export type ChannelStatus = {
  engine: string;
  /** US dollars that are left of today's budget; undefined where nothing is paid. */
  budgetLeftUsd: number | undefined;
  /** Told times, ISO 8601. */
  lastRun: { at: string; text: string } | undefined;
  nextRun: string | undefined;
  /** What the prefilter did on the day of the newest digest; undefined where none was at work. */
  prefilter?: { date: IsoDate; text: string } | undefined;
  /** Papers that are being scored, of so many. */
  progress: { scored: number; toScore: number } | undefined;
  complaints: readonly Complaint[];
};

/** What commands have done for them by the rest of the bot. */
export type Services = {
  authors: AuthorIndex;
  /** Name of the language model that reads; undefined where the built-in scorer does. */
  model: string | undefined;
  /** Papers, also those that were never announced in a channel. */
  papers: {
    /**
     * A paper in its newest stored version, else fetched from arXiv by its id and stored.
     *
     * @throws UserError where arXiv knows no such paper, ExternalError where it cannot be asked.
     */
    find(id: string, signal: AbortSignal): Promise<Paper>;
  };
  /**
   * Asks the language model about papers again, under the channel's current topics, and puts the new scores into the
   * messages that were posted. @throws UserError where no model is configured, or the person has asked too much today.
   */
  rescore(
    channel: Channel,
    papers: readonly Paper[],
    by: Person,
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<Rescoring>;
  /**
   * Answers from a paper's full text. @throws UserError where no model is configured, the budget is spent, or the person
   * has asked too much today.
   */
  ask(channel: Channel, paper: Paper, question: string, signal: AbortSignal, by?: Person): Promise<PaperAnswer>;
  /**
   * What a day's digest would be under other settings, at no cost: by the stored scores of the language model, else by the
   * built-in scorer; with `local` by the built-in scorer alone.
   */
  draft(channel: Channel, date: IsoDate, signal: AbortSignal, only?: 'local'): Promise<DigestDraft | undefined>;
  /**
   * Sends what is missing of a digest; one that was taken back is made anew, on record as done by the person.
   * @returns how many papers were sent.
   */
  deliver(channel: Channel, date: IsoDate, signal: AbortSignal, by?: Person): Promise<number>;
  /**
   * Takes the posted messages of a digest away and forgets that it was made, on record as done by the person.
   * @returns how many messages were taken away.
   */
  retract(channel: Channel, date: IsoDate, signal: AbortSignal, by?: Person): Promise<number>;
  /** What the channel's votes taught since the last reset. */
  feedback(channel: Channel, signal: AbortSignal): Promise<LearnedFeedback>;
  status(channel: Channel): Promise<ChannelStatus>;
  /** Address of a page of the web page, such as `foundations/2025-07-08.html`; undefined where it is off. */
  pageUrl(path: string): string | undefined;
};
