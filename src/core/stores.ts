import type { Destination, MessageRef, Person } from './addresses.ts';
import type { AuthorCandidate, IndexedAuthor } from './author.ts';
import type { BatchStore } from './batch.ts';
import type { Change, ChangeAction, ChangeOf, NewChange } from './changes.ts';
import type { Digest, DigestEntry, DigestState, DigestSummary, ModelUsage, NewDigest, PickReason } from './digest.ts';
import type { EarlyHeaderStore } from './early-header.ts';
import type { HealthFailure, HealthStore } from './health.ts';
import type { LeaseStore } from './lease.ts';
import type { LinkStore } from './links.ts';
import type { Outbox } from './outbox.ts';
import type { AnnouncedPaper, Announcement, AnnounceType, IsoDate, Paper, PaperVersion } from './paper.ts';
import type { Reaction } from './platform.ts';
import type { ReadMarkStore, SavedStore } from './reading.ts';
import type { RunStore } from './run.ts';
import type {
  Engine,
  ModelHabits,
  PaperComment,
  Price,
  Rubric,
  ScorablePaper,
  Score,
  TokenCount,
  Usage,
  Verdict,
} from './score.ts';
import type { PastDay, UnlikelyPaper } from './screening.ts';
import type { SigningKeyStore } from './secret.ts';
import type { SharedMemory } from './shared-memory.ts';
import type { SummaryStore } from './summary.ts';
import type { UpdateNoteStore } from './update-notes.ts';
import type { PostedPaper, Vote, VoteCount, VotePlace } from './votes.ts';
import type { WebMessageStore } from './web-message.ts';

/**
 * Each method is one whole transaction. No store exposes a transaction or a database row. One contract suite tests
 * every implementation.
 * Times as text (`at`, `since`, `…At`) are simulated time, ISO 8601 in UTC; times as numbers are system time,
 * milliseconds since 1970. Date ranges include both ends. Lists are newest first unless a method says otherwise. Maps
 * leave out papers with nothing stored.
 */
export type Stores = {
  announcements: AnnouncementStore;
  scores: ScoreStore;
  summaries: SummaryStore;
  ledger: Ledger;
  modelHabits: ModelHabitStore;
  batches: BatchStore;
  digests: DigestStore;
  outbox: Outbox;
  leases: LeaseStore;
  earlyHeaders: EarlyHeaderStore;
  reactions: ReactionStore;
  authors: AuthorStore;
  runs: RunStore;
  health: HealthStore;
  webMessages: WebMessageStore;
  search: SearchStore;
  saved: SavedStore;
  readMarks: ReadMarkStore;
  links: LinkStore;
  conversations: ConversationStore;
  changes: ChangeStore;
  signingKeys: SigningKeyStore;
  schema(): SchemaState;
  updateNotes: UpdateNoteStore;
  sharedMemory: SharedMemory;
  /**
   * Differs after every change that was committed before the call, whichever process made it. Costs microseconds, or one
   * answer of the server for all who wait.
   */
  version(): Promise<string>;
  /** Reads the whole database, which takes seconds; undefined if it is intact. Rejects if the signal is aborted. */
  damage(signal?: AbortSignal): Promise<HealthFailure | undefined>;
  size(): Promise<DatabaseSize>;
  /**
   * Deletes papers that nobody can miss and that were last announced before a date: not in a digest, not picked for one, and
   * on no reading list. Others may use the database meanwhile. Returns how many papers were deleted.
   */
  prune(before: IsoDate, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
};

/** How many of the migrations of this version the database has, and the name of the last one. */
export type SchemaState = { applied: number; known: number; last: string };

/** `freeBytes` is the part of it that new rows will use. `yearBytes` is what it grows in a year, if that can be estimated. */
export type DatabaseSize = { bytes: number; freeBytes: number; yearBytes: number | undefined };

export type PaperAnnouncement = { date: IsoDate; category: string; type: AnnounceType; version: number };

export type AnnouncementStore = {
  save(announcement: Announcement): Promise<void>;
  savePapers(papers: readonly Paper[]): Promise<void>;
  has(date: IsoDate, categories: readonly string[]): Promise<boolean>;
  /** True if old papers were deleted from one of them. `has` is then false, and `read` returns the papers that are left. */
  isPruned(date: IsoDate, categories: readonly string[]): Promise<boolean>;
  isApproximate(date: IsoDate, categories: readonly string[]): Promise<boolean>;
  newestDate(categories: readonly string[]): Promise<IsoDate | undefined>;
  /** Readers of the same papers get the same objects, so do not change them. The same holds for `recent`. */
  read(date: IsoDate, categories: readonly string[]): Promise<readonly (AnnouncedPaper & { category: string })[]>;
  /** How many papers `read` returns. */
  count(date: IsoDate, categories: readonly string[]): Promise<number>;
  /**
   * Skips the `passed` newest stored dates before a date; returns the new and cross-listed papers of the next older
   * `dates`.
   */
  recent(
    before: IsoDate,
    dates: number,
    categories: readonly string[],
    passed?: number,
  ): Promise<readonly ScorablePaper[]>;
  datesOf(paperId: string): Promise<PaperAnnouncement[]>;
  paper(id: string): Promise<Paper | undefined>;
};

export type ScoreQuery = { rubric: string; engine: Engine; model: string };

export type ScoreStore = {
  saveRubric(rubric: Rubric): Promise<void>;
  rubric(hash: string): Promise<Rubric | undefined>;
  current(query: ScoreQuery, papers: readonly PaperVersion[]): Promise<Score[]>;
  ofPaper(paperId: string): Promise<Score[]>;
  currentOf(rubric: string, paperIds: readonly string[]): Promise<Map<string, Score>>;
  add(query: ScoreQuery, verdicts: readonly Verdict[], createdAt: string): Promise<Score[]>;
  /** Adds comments to the newest scores of papers that have none. Returns these scores; others stay as they are. */
  comment(query: ScoreQuery, comments: readonly PaperComment[]): Promise<Score[]>;
};

export type CallBooking = {
  rubric: string;
  channel: string;
  date: IsoDate;
  model: string;
  at: string;
  boundUsd: number;
  /** True for the work of a command, which may not spend the digests' share of the budget. */
  byCommand?: boolean | undefined;
};

/** What was learned about the models of servers. `server` is a base URL without credentials, empty for OpenAI's. */
export type ModelHabitStore = {
  find(server: string, model: string): Promise<{ habits: ModelHabits; at: string } | undefined>;
  save(server: string, model: string, habits: ModelHabits, at: string): Promise<void>;
};

/** Every model call with its tokens and cost. A call is booked at its upper bound before it is made. */
export type Ledger = {
  /**
   * Books a call and returns its id, or undefined if the cost since `dayStart`, including bookings, would exceed the
   * budget. If the process dies, the booking keeps its bound, because the provider may have charged for the call.
   */
  book(call: CallBooking, budgetUsd: number, dayStart: string): Promise<number | undefined>;
  settle(callId: number, usage: Usage, price: Price | undefined): Promise<void>;
  release(callId: number): Promise<void>;
  spent(dayStart: string): Promise<number>;
  tokens(dayStart: string): Promise<TokenCount>;
  questions(channel: string, from: IsoDate, to: IsoDate): Promise<Usage>;
  /** What `doctor --ask` used. */
  checks(channel: string, from: IsoDate, to: IsoDate): Promise<Usage>;
  models(rubric: string, date: IsoDate): Promise<ModelUsage[]>;
};

export type DigestStore = {
  /**
   * Stores the snapshot with one delivery for each of its messages and destinations, as written in the config. A
   * channel has one digest per date.
   */
  create(draft: NewDigest, createdAt: string, destinations: readonly string[]): Promise<Digest>;
  find(channel: string, date: IsoDate): Promise<Digest | undefined>;
  newest(channel: string): Promise<Digest | undefined>;
  /** The newest digest of each channel, with at most `maxEntries` of its papers, and how many it picked. */
  newestOf(channels: readonly string[], maxEntries: number): Promise<{ digest: Digest; picked: number }[]>;
  /** The dates of a channel's digests. */
  dates(channel: string): Promise<IsoDate[]>;
  /** The newest of these dates, by channel. */
  newestDates(channels: readonly string[]): Promise<Map<string, IsoDate>>;
  summaries(channel: string, range?: { from: IsoDate; to: IsoDate }): Promise<DigestSummary[]>;
  between(channel: string, from: IsoDate, to: IsoDate): Promise<Digest[]>;
  best(channel: string, from: IsoDate, to: IsoDate, limit: number): Promise<{ date: IsoDate; entry: DigestEntry }[]>;
  channels(): Promise<string[]>;
  /** The digests that picked a paper, newest first; in all channels if no channel is given. */
  withPaper(
    channel: string | undefined,
    paperId: string,
  ): Promise<{ channel: string; date: IsoDate; entry: DigestEntry }[]>;
  remove(digestId: number): Promise<void>;
  setReason(digestId: number, paperId: string, reason: PickReason): Promise<void>;
  alreadyPicked(channel: string, date: IsoDate, paperIds: readonly string[]): Promise<Map<string, number>>;
  /**
   * The days of the channel's last digests before a date, oldest first: papers with scores by this engine and model, and
   * papers screened out. Days under rubrics that differ only in the prompt count too.
   */
  pastDays(
    channel: { name: string; categories: readonly string[] },
    query: ScoreQuery,
    before: IsoDate,
    digests: number,
  ): Promise<PastDay[]>;
  unlikely(digestId: number, paperId: string): Promise<UnlikelyPaper | undefined>;
  /** The numbers of candidates of the channel's last digests before a date. */
  scannedBefore(channel: string, date: IsoDate, digests: number): Promise<number[]>;
  /** The newest digest of each channel, without its papers. */
  newestSummaries(channels: readonly string[]): Promise<Map<string, DigestState>>;
};

export type PaperVotes = VoteCount & { date: IsoDate; paperId: string };

export type StoredReaction = Reaction & { at: string };

export type ThreadReading = {
  /** The reactions that were stored when the reading began. Rows that differ now were changed by a later event. */
  before: readonly StoredReaction[];
  listed: readonly Reaction[];
  readAt: string;
};

export type ReactionStore = {
  add(reaction: Reaction, at: string): Promise<void>;
  remove(reaction: Reaction): Promise<void>;
  /**
   * Stores a person's vote by button, which counts like a reaction to the paper's message; undefined takes their vote
   * back. The message is that of the destination if the paper was posted there, otherwise any of the channel's.
   * @returns false if the channel never posted the paper.
   */
  press(on: VotePlace, person: Person, vote: Vote | undefined, at: string): Promise<boolean>;
  ofThread(thread: MessageRef): Promise<StoredReaction[]>;
  /**
   * Replaces the stored reactions of a thread with the listed ones, except those that events changed during the
   * reading.
   */
  replaceThread(thread: MessageRef, reading: ThreadReading): Promise<void>;
  votes(channel: string, paperIds: readonly string[]): Promise<Map<string, VoteCount>>;
  /** The votes on papers of several channels, by channel. */
  votesIn(papers: ReadonlyMap<string, readonly string[]>): Promise<Map<string, Map<string, VoteCount>>>;
  /** The votes on papers, and those of one person among them. */
  ballots(
    channel: string,
    paperIds: readonly string[],
    person: Person | undefined,
  ): Promise<{ counts: Map<string, VoteCount>; own: Map<string, Vote> }>;
  votesBetween(channel: string, from: IsoDate, to: IsoDate): Promise<PaperVotes[]>;
  posted(channel: string, since: string): Promise<PostedPaper[]>;
  on(destination: Destination, messageIds: readonly string[]): Promise<StoredReaction[]>;
};

export type StoredAuthors = { authors: readonly IndexedAuthor[] | undefined; at: string };

export type AuthorStore = {
  ofPapers(paperIds: readonly string[]): Promise<Map<string, StoredAuthors>>;
  savePapers(answers: ReadonlyMap<string, readonly IndexedAuthor[] | undefined>, at: string): Promise<void>;
  candidates(name: string): Promise<{ candidates: readonly AuthorCandidate[]; at: string } | undefined>;
  saveCandidates(name: string, candidates: readonly AuthorCandidate[], at: string): Promise<void>;
};

export type SearchQuery = {
  /** The query as written: words, "quoted phrases", prefix*. A paper must match all of them. */
  words: string;
  since?: IsoDate | undefined;
  author?: string | undefined;
  category?: string | undefined;
  limit: number;
};

export type SearchHit = {
  paper: Paper;
  announced: IsoDate | undefined;
  similarity: number;
  title: readonly Marked[];
  passage: readonly Marked[];
};

export type Marked = { text: string; isHit: boolean };

export type SearchResult = {
  hits: readonly SearchHit[];
  found: number;
  isMore: boolean;
};

export type SearchStore = {
  search(query: SearchQuery): Promise<SearchResult>;
  similar(paper: Paper, limit: number): Promise<readonly SearchHit[]>;
  byAuthor(name: string, limit: number): Promise<readonly Paper[]>;
};

/** `thread` is the id of the message that the thread belongs to; empty outside threads. */
type Conversation = { person: Person; destination: Destination; thread: string };

/** A numbered list of papers that a person was shown. The first paper has the number `first`. */
export type ShownList = Conversation & { first: number; paperIds: readonly string[]; at: string };

export type AskedQuestion = Conversation & { paperId: string; question: string; answer: string; at: string };

/** What a person's next words may refer to. Each method forgets what is more than two hours old. */
export type ConversationStore = {
  /** Replaces the person's last list at the destination. */
  showed(list: ShownList): Promise<void>;
  shown(person: Person, destination: Destination, now: string): Promise<ShownList | undefined>;
  /** Replaces the person's last question in the thread. */
  asked(question: AskedQuestion): Promise<void>;
  lastAsked(where: Conversation, now: string): Promise<AskedQuestion | undefined>;
};

export type ChangeStore = {
  add(change: NewChange): Promise<Change>;
  /** Adds a change that undoes another. @throws UserError if there is no such change, or it is already undone. */
  undo(changeId: number, by: { at: string; person: Person }): Promise<void>;
  /**
   * The changes of a channel, oldest first. With an action, returns only its changes, without rows that this version
   * cannot read.
   */
  list<A extends Change['action'] = Change['action']>(channel: string | undefined, action?: A): Promise<ChangeOf<A>[]>;
  /** The changes of all channels with one of these actions, oldest first, by channel. */
  ofChannels(actions: readonly ChangeAction[]): Promise<ReadonlyMap<string, readonly Change[]>>;
  newest(limit: number): Promise<Change[]>;
  /** How often a person has done something, with all linked identities. */
  count(person: Person, action: ChangeAction, since: string): Promise<number>;
  /**
   * Deletes the votes, reading list, read marks, conversations and links of all identities of a person, and their addresses
   * in the change log. What was stored until `at` is deleted again if a backup brings it back. @returns how many votes and
   * saved papers were deleted.
   */
  forget(person: Person, at: string): Promise<{ votes: number; saved: number }>;
};
