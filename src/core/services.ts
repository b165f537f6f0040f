import type { Person } from './addresses.ts';
import type { AuthorIndex } from './author.ts';
import type { Channel } from './channel.ts';
import type { DigestDraft } from './digest.ts';
import type { Guesses } from './guesses.ts';
import type { IsoDate, Paper } from './paper.ts';
import type { Asker } from './quota.ts';
import type { Score, Usage } from './score.ts';
import type { SummaryCost } from './summary.ts';
import type { LearnedFeedback } from './votes.ts';

export type Rescored = {
  paper: Paper;
  before: Score | undefined;
  after: Score | undefined;
  isUpdated: boolean;
};

export type Rescoring = {
  papers: Rescored[];
  usage: Usage;
  stop: string | undefined;
};

export type PaperAnswer = {
  text: string;
  quotes: readonly string[];
  source: 'full text' | 'abstract';
  usage: Usage;
};

/** `since` is simulated time, ISO 8601 in UTC. */
export type Complaint = { text: string; fix: string | undefined; since?: string | undefined };

export type ChannelStatus = {
  engine: string;
  budgetLeftUsd: number | undefined;
  lastRun: { at: string; text: string } | undefined;
  nextRun: string | undefined;
  prefilter?: { date: IsoDate; text: string } | undefined;
  progress: { scored: number; toScore: number } | undefined;
  waitsFor?: string | undefined;
  /** Papers that are scored in a batch, sent at a simulated time, ISO 8601 in UTC. */
  batch?: { papers: number; at: string } | undefined;
  complaints: readonly Complaint[];
};

/** What the built-in scorer takes from a topics file, as short texts. */
export type UnderstoodTopics = {
  wanted: readonly string[];
  unwanted: readonly string[];
  /**
   * What keeps the built-in scorer from ranking well, and what to do, each as a sentence. `isFatal`: it cannot match any
   * paper.
   */
  problem: { text: string; fix: string; isFatal: boolean } | undefined;
};

/** Services the rest of the bot provides to commands. `by` is the person for the change log. */
export type Services = {
  authors: AuthorIndex;
  model: string | undefined;
  papers: {
    /**
     * Finds a paper in its newest stored version, or fetches it from arXiv by its id and stores it.
     * @param by Who waits for it.
     * @throws UserError if arXiv has no such paper or too many wait for arXiv, ExternalError if arXiv cannot be reached.
     */
    find(id: string, signal: AbortSignal, by?: Person): Promise<Paper>;
  };
  /**
   * Rescores papers with the language model under the channel's current topics, and shows the new scores in posted
   * messages.
   * @throws UserError if no model is configured, or the person has reached the daily limit.
   */
  rescore(
    channel: Channel,
    papers: readonly Paper[],
    by: Asker,
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<Rescoring>;
  /**
   * Answers a question from a paper's full text.
   * @param before The person's last question about the paper, which this one may refer to.
   * @throws UserError if no model is configured, the budget is spent, or the person or address has reached the daily limit.
   */
  ask(
    channel: Channel,
    paper: Paper,
    question: string,
    signal: AbortSignal,
    by?: Asker,
    before?: { question: string; answer: string },
  ): Promise<PaperAnswer>;
  /**
   * The digest of a day under other settings, at no cost: from the language model's stored scores, otherwise from the
   * built-in scorer. With `local`, always from the built-in scorer.
   */
  draft(channel: Channel, date: IsoDate, signal: AbortSignal, only?: 'local'): Promise<DigestDraft | undefined>;
  /** Sends the unsent messages of a digest; remakes a retracted digest. @returns the number of papers sent. */
  deliver(channel: Channel, date: IsoDate, signal: AbortSignal, by?: Person): Promise<number>;
  /** Removes the posted messages of a digest, then the digest. @returns the number of messages removed. */
  retract(channel: Channel, date: IsoDate, signal: AbortSignal, by?: Person): Promise<number>;
  /** What summaries would cost each day. @returns undefined if no model is configured. */
  summaryCost(channel: Channel): Promise<SummaryCost | undefined>;
  /** True if a phrase can name the subject of a paper: "weight quantization", not "data". @param phrase In lower case. */
  namesSubject(phrase: string): boolean;
  understand(channel: Channel): Promise<UnderstoodTopics>;
  /** Has the language model expand the topics again. @returns undefined if no model is configured. */
  expandAgain(channel: Channel, signal: AbortSignal): Promise<Channel | undefined>;
  /** Shows the new numbers of votes and saves in a paper's posted messages soon. */
  showCounts(channel: string, paperId: string): void;
  /** Wrong codes of `link`. */
  linkGuesses: Guesses;
  feedback(channel: Channel, signal: AbortSignal): Promise<LearnedFeedback>;
  status(channel: Channel): Promise<ChannelStatus>;
  pageUrl(path: string): string | undefined;
};
