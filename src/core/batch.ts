import type { IsoDate, PaperVersion } from './paper.ts';
import type { Engine, ModelVerdict, Rubric, ScorablePaper } from './score.ts';

/** One request of a batch, about papers of one date. `callId` is its booking in the ledger. */
export type BatchedRequest = { id: string; callId: number; date: IsoDate; papers: readonly PaperVersion[] };

/**
 * Requests for scores that a provider answers within hours, at half price. Stored before they are sent, so that a
 * restarted process takes the answers and does not pay again.
 */
export type ScoringBatch = {
  /** Sent with the batch, so that it can be found if the process ends before it learns the provider's id. */
  key: string;
  server: string;
  model: string;
  rubric: string;
  channel: string;
  /** The provider's id; undefined until it is known. */
  remoteId: string | undefined;
  /** Simulated time, ISO 8601 in UTC. */
  createdAt: string;
  requests: readonly BatchedRequest[];
};

export const papersIn = ({ requests }: Pick<ScoringBatch, 'requests'>): number =>
  requests.reduce((sum, { papers }) => sum + papers.length, 0);

/** Batches whose answers have not been stored yet. */
export type BatchStore = {
  add(batch: ScoringBatch): Promise<void>;
  sent(key: string, remoteId: string): Promise<void>;
  /** Oldest first. */
  list(): Promise<ScoringBatch[]>;
  remove(key: string): Promise<void>;
};

export type BatchWait = {
  /** System time in milliseconds. Then the batch is cancelled, and the answers that exist are taken. */
  until: number;
  store(verdicts: readonly ModelVerdict[]): Promise<void>;
  signal: AbortSignal;
};

/** Papers of one date to be scored; of the brief ones, the model reads less. */
export type BatchDay = { date: IsoDate; papers: readonly ScorablePaper[]; brief: ReadonlySet<string> };

export type BatchTask = BatchWait & {
  channel: string;
  rubric: Rubric;
  days: readonly BatchDay[];
  /** Called once the batch is sent. */
  onSent(papers: number): void;
};

/** How a batch ended. Papers without a score are left to ordinary calls. `problem` is a clause. */
export type BatchOutcome = {
  asked: number;
  scored: number;
  problem: string | undefined;
  /** True for the first batch that this server answered. */
  isFirst: boolean;
};

/** What happens with a batch. `minutes` is how long it is awaited at most. */
export type BatchNotice =
  | { kind: 'sent' | 'continued'; service: string; papers: number; minutes: number }
  | ({ kind: 'ended'; service: string } & Omit<BatchOutcome, 'isFirst'>);

/** A language model that scores papers in batches. */
export type BatchScorer = {
  engine: Engine;
  model: string;
  /** Name of the server as shown to people. */
  service: string;
  /** Milliseconds to wait for a batch. */
  maxWaitMs: number;
  /** @returns undefined if nothing was sent, because the papers are few or the server has no batches. */
  score(task: BatchTask): Promise<BatchOutcome | undefined>;
  /** True if a batch was sent to this server and model. */
  isOwn(batch: ScoringBatch): boolean;
  /** Waits for a batch that an earlier run has sent. */
  finish(batch: ScoringBatch, wait: BatchWait): Promise<BatchOutcome>;
};
