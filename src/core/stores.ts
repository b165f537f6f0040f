import type { Destination, MessageRef, Person } from './addresses.ts';
import type { AuthorCandidate, IndexedAuthor } from './author.ts';
import type { Change, ChangeAction, ChangeOf, NewChange } from './changes.ts';
import type { Digest, DigestEntry, DigestSummary, ModelUsage, NewDigest, PickReason } from './digest.ts';
import type { PostedPaper } from './feedback.ts';
import type { Message } from './message.ts';
import type { AnnouncedPaper, Announcement, AnnounceType, IsoDate, Paper, PaperVersion } from './paper.ts';
import type { Reaction } from './platform.ts';
import type { PastDay, UnlikelyPaper } from './prefilter.ts';
import type { Price, TokenCount } from './price.ts';
import type { PastRun } from './run.ts';
import type { Engine, Rubric, ScorablePaper, Score, Usage, Verdict } from './score.ts';
import type { SearchStore } from './search.ts';
import type { Vote } from './vote.ts';

export type { Marked, SearchHit, SearchQuery, SearchResult, SearchStore } from './search.ts';

/**
 * The stores. Each method is one whole transaction; none hands out a transaction or a row type of the database.
 * One contract suite holds for every implementation.
 */
export type Stores = {
  announcements: AnnouncementStore;
  scores: ScoreStore;
  ledger: Ledger;
  digests: DigestStore;
  outbox: Outbox;
  leases: LeaseStore;
  reactions: ReactionStore;
  authors: AuthorStore;
  runs: RunStore;
  webMessages: WebMessageStore;
  search: SearchStore;
  saved: SavedStore;
  changes: ChangeStore;
  close(): void;
};

/** One announcement of a paper. */
export type PaperAnnouncement = { date: IsoDate; category: string; type: AnnounceType; version: number };

export type AnnouncementStore = {
  /** Stores a complete announcement; storing it again replaces it. */
  save(announcement: Announcement): Promise<void>;
  /** Stores papers that belong to no announcement, such as one that somebody asked about. */
  savePapers(papers: readonly Paper[]): Promise<void>;
  /** True when the announcement of every one of the categories is stored. */
  has(date: IsoDate, categories: readonly string[]): Promise<boolean>;
  /** True when the stored announcement of any of the categories is only approximate. */
  isApproximate(date: IsoDate, categories: readonly string[]): Promise<boolean>;
  /** The newest date for which every one of the categories is stored. */
  newestDate(categories: readonly string[]): Promise<IsoDate | undefined>;
  /** The announcements in the given categories, in the order of the categories and arXiv's order in each. */
  read(date: IsoDate, categories: readonly string[]): Promise<(AnnouncedPaper & { category: string })[]>;
  /**
   * Papers announced as new or cross in the categories on the given number of stored dates before a date; `passed` leaves
   * out so many of the nearest dates.
   */
  recent(before: IsoDate, dates: number, categories: readonly string[], passed?: number): Promise<ScorablePaper[]>;
  /** Where and how a paper was announced, the newest date first. */
  datesOf(paperId: string): Promise<PaperAnnouncement[]>;
  /** A paper in its newest stored version. */
  paper(id: string): Promise<Paper | undefined>;
};

export type ScoreQuery = { rubric: string; engine: Engine; model: string };

export type ScoreStore = {
  saveRubric(rubric: Rubric): Promise<void>;
  rubric(hash: string): Promise<Rubric | undefined>;
  /** The newest score of each of the papers by this engine and model under this rubric. */
  current(query: ScoreQuery, papers: readonly PaperVersion[]): Promise<Score[]>;
  /** Every score of a paper, in all its versions and under all rubrics, newest first. */
  ofPaper(paperId: string): Promise<Score[]>;
  /**
   * The newest score of each of the papers under a rubric: a language model's, else the built-in scorer's. A paper without
   * one is left out.
   */
  currentOf(rubric: string, paperIds: readonly string[]): Promise<Map<string, Score>>;
  /** Adds verdicts as new attempts and returns them as stored. */
  add(query: ScoreQuery, verdicts: readonly Verdict[], createdAt: string): Promise<Score[]>;
};

export type CallBooking = {
  rubric: string;
  channel: string;
  date: IsoDate;
  model: string;
  /** Told time, ISO 8601 in UTC. */
  at: string;
  /** Upper bound of the call's cost in US dollars; 0 where the price is unknown. */
  boundUsd: number;
};

/** Every model call with its tokens and cost. A call is booked at its upper bound before it is made. */
export type Ledger = {
  /**
   * Books a call unless the cost since `dayStart` (told time, ISO 8601), bookings included, would pass the budget; then
   * undefined. A booking whose process died stays at its bound: the provider may have charged for it.
   */
  book(call: CallBooking, budgetUsd: number, dayStart: string): Promise<number | undefined>;
  /** Replaces a booking's bound by what the call used. */
  settle(callId: number, usage: Usage, price: Price | undefined): Promise<void>;
  /** Removes the booking of a call that the provider did not answer with a result. */
  release(callId: number): Promise<void>;
  /** Cost since `dayStart`, bookings included, in US dollars. */
  spent(dayStart: string): Promise<number>;
  /** Tokens of the settled calls since `dayStart`; those of a booking are not known yet. */
  tokens(dayStart: string): Promise<TokenCount>;
  /** What the settled calls for questions about papers used that were asked in a channel on the dates, both included. */
  questions(channel: string, from: IsoDate, to: IsoDate): Promise<Usage>;
  /** What the settled calls for a date under a rubric used, by channel, model and price. */
  models(rubric: string, date: IsoDate): Promise<ModelUsage[]>;
};

export type DigestStore = {
  /**
   * Stores the snapshot and, with it, a delivery for each of its messages to each of the destinations, as they are written
   * in the config. A channel has one digest a date.
   */
  create(draft: NewDigest, createdAt: string, destinations: readonly string[]): Promise<Digest>;
  find(channel: string, date: IsoDate): Promise<Digest | undefined>;
  /** The newest digest of a channel by announcement date. */
  newest(channel: string): Promise<Digest | undefined>;
  /** Every digest of a channel, newest first. */
  summaries(channel: string): Promise<DigestSummary[]>;
  /** The digests from one date to another, both included, oldest first. */
  between(channel: string, from: IsoDate, to: IsoDate): Promise<Digest[]>;
  /**
   * The papers of a channel's digests between two dates, both included: the `limit` best in the order of
   * `byScore` in src/digest/best-order.ts.
   */
  best(channel: string, from: IsoDate, to: IsoDate, limit: number): Promise<{ date: IsoDate; entry: DigestEntry }[]>;
  /** The channels that have a digest, in the order of their names. */
  channels(): Promise<string[]>;
  /** The digests that picked a paper, of all channels where none is given, newest first. */
  withPaper(
    channel: string | undefined,
    paperId: string,
  ): Promise<{ channel: string; date: IsoDate; entry: DigestEntry }[]>;
  /** Forgets a digest, its deliveries and the reactions on them; its papers may be picked again. */
  remove(digestId: number): Promise<void>;
  /** Gives a picked paper another reason; for an author match that the index of authors confirms or refutes later. */
  setReason(digestId: number, paperId: string, reason: PickReason): Promise<void>;
  /** Those of the papers that the channel has in a digest of another date, each with the newest version it has. */
  alreadyPicked(channel: string, date: IsoDate, paperIds: readonly string[]): Promise<Map<string, number>>;
  /**
   * The days of the channel's last digests under a rubric before a date, at most so many, oldest first: their papers with
   * what the engine and model said of them under it, and those that the prefilter held for unlikely.
   */
  pastDays(
    channel: { name: string; categories: readonly string[] },
    query: ScoreQuery,
    before: IsoDate,
    digests: number,
  ): Promise<PastDay[]>;
  /** What the prefilter of a digest made of a paper; undefined where it did not hold it for unlikely. */
  unlikely(digestId: number, paperId: string): Promise<UnlikelyPaper | undefined>;
  /** Relevant and scanned papers summed over the channel's last digests. */
  pickHistory(channel: string, digests: number): Promise<{ relevant: number; scanned: number }>;
};

/** One message to be sent: the header of a digest (no paper), or one of its papers. */
export type Delivery = {
  deliveryId: number;
  key: string;
  digestId: number;
  destination: Destination;
  /** Rank of the paper in the digest; 0 for the header. */
  rank: number;
  paperId: string | undefined;
  status: 'pending' | 'sending' | 'sent';
  /** Real time in milliseconds of the first try to send. */
  firstTriedAt: number | undefined;
  message: MessageRef | undefined;
};

export type Outbox = {
  /** Adds what is missing of the digest's header and papers for each destination; what is there stays as it is. */
  enqueue(digest: Digest, destinations: readonly Destination[]): Promise<void>;
  /** Gives the deliveries to a destination as written in the config its full address. */
  readdress(digestId: number, written: string, destination: Destination): Promise<void>;
  /**
   * Dates of a channel's digests that were made since a told time, ISO 8601, and have a delivery that is not sent; oldest
   * date first.
   */
  unfinished(channel: string, since: string): Promise<IsoDate[]>;
  /** How many deliveries of these digests are not sent. */
  unsent(channel: string, since: string): Promise<number>;
  /** All deliveries of a digest to a destination, the header first, then by rank. */
  list(digestId: number, destination: Destination): Promise<Delivery[]>;
  /** Marks a delivery as being sent; `at` is real time in milliseconds. */
  sending(deliveryId: number, at: number): Promise<void>;
  /** Marks a delivery as sent with the message it became. */
  sent(deliveryId: number, message: MessageRef, at: number): Promise<void>;
  /** Headers sent since a real time in milliseconds, newest first: the threads whose reactions are read again. */
  threads(since: number): Promise<MessageRef[]>;
  /** The channel and paper that a sent message is about; a header has no paper. */
  about(message: MessageRef): Promise<{ channel: string; paperId: string | undefined } | undefined>;
};

/** Leases in real time, so that two processes never do the same work at once. */
export type LeaseStore = {
  /**
   * Takes the lease if it is free, expired, ours, or if `isDead` says that its owner is gone.
   * @returns undefined when taken, else the owner that holds it.
   */
  acquire(
    lease: { name: string; owner: string; now: number; expiresAt: number },
    isDead: (owner: string) => boolean,
  ): Promise<{ owner: string; expiresAt: number } | undefined>;
  /** Extends a lease. @returns false when it is no longer ours. */
  renew(lease: { name: string; owner: string; expiresAt: number }): Promise<boolean>;
  release(name: string, owner: string): Promise<void>;
};

/** Votes that stand on a paper in one channel, one a person. */
export type VoteCount = Record<Vote, number>;

/** Votes on a paper of the digest of a date; only where there are any. */
export type PaperVotes = VoteCount & { date: IsoDate; paperId: string };

/** `at` is the told time at which the bot learned of it, ISO 8601 in UTC. */
export type StoredReaction = Reaction & { at: string };

/** A thread's reactions as a platform listed them. */
export type ThreadReading = {
  /** What was stored when the reading began: a row that differs from it was changed since by what was heard. */
  before: readonly StoredReaction[];
  listed: readonly Reaction[];
  /** Told time at which the reading began, ISO 8601 in UTC. */
  readAt: string;
};

export type ReactionStore = {
  /** Adds a reaction; adding it again changes nothing. `at` is told time, ISO 8601 in UTC. */
  add(reaction: Reaction, at: string): Promise<void>;
  remove(reaction: Reaction): Promise<void>;
  /** The stored reactions on a thread's messages. */
  ofThread(thread: MessageRef): Promise<StoredReaction[]>;
  /** Makes the stored reactions on a thread's messages those listed; what was heard during the reading stays as heard. */
  replaceThread(thread: MessageRef, reading: ThreadReading): Promise<void>;
  /** Standing votes of a channel on papers; a paper without a vote is left out. */
  votes(channel: string, paperIds: readonly string[]): Promise<Map<string, VoteCount>>;
  /** A person's standing votes on papers in a channel; a paper without one is left out. */
  votesOf(channel: string, paperIds: readonly string[], person: Person): Promise<Map<string, Vote>>;
  /** Standing votes on what a channel's digests of these dates posted, both included, oldest first. */
  votesBetween(channel: string, from: IsoDate, to: IsoDate): Promise<PaperVotes[]>;
  /** What a channel was sent by digests made since a told time, oldest first, and the votes on it. */
  posted(channel: string, since: string): Promise<PostedPaper[]>;
  /** The stored reactions on messages of a destination. */
  on(destination: Destination, messageIds: readonly string[]): Promise<StoredReaction[]>;
};

/** What the index of authors said of a paper: its authors, or undefined where it did not know the paper. */
export type StoredAuthors = {
  authors: readonly IndexedAuthor[] | undefined;
  /** Told time of the answer, ISO 8601 in UTC. */
  at: string;
};

/** Answers of the index of authors, each with its age. */
export type AuthorStore = {
  /** What is stored of the papers, by id; a paper that was never looked up is left out. */
  ofPapers(paperIds: readonly string[]): Promise<Map<string, StoredAuthors>>;
  /** Stores answers in place of earlier ones; undefined for a paper that the index does not know. */
  savePapers(answers: ReadonlyMap<string, readonly IndexedAuthor[] | undefined>, at: string): Promise<void>;
  candidates(name: string): Promise<{ candidates: readonly AuthorCandidate[]; at: string } | undefined>;
  saveCandidates(name: string, candidates: readonly AuthorCandidate[], at: string): Promise<void>;
};

/** The runs of the channels that have ended. */
export type RunStore = {
  /** Adds a run, and forgets the channel's runs of more than 90 days before it. */
  add(run: PastRun): Promise<void>;
  /** The run of a channel that ended last. */
  newest(channel: string): Promise<PastRun | undefined>;
  /** The run of a channel that ended last and left nothing to do. */
  newestSuccess(channel: string): Promise<PastRun | undefined>;
};

/** A message that the web platform shows. */
export type WebMessage = {
  key: string;
  destination: Destination;
  /** The key of the header that it belongs to; undefined for one that stands in the channel itself. */
  thread: string | undefined;
  message: Message;
  /** Real time, milliseconds since 1970. */
  sentAt: number;
};

/** The messages of the web platform, which has no server elsewhere that would keep them. */
export type WebMessageStore = {
  /** Stores a message, once for its key, and forgets those of the destination that are older than 60 days. */
  add(message: WebMessage): Promise<void>;
  find(key: string): Promise<WebMessage | undefined>;
  /** Puts another message in place of the one of a key, if there is one. */
  replace(key: string, message: Message): Promise<void>;
  /** Takes the message of a key away, and what was said in its thread. */
  remove(key: string): Promise<void>;
  /** A header and what was said in its thread, in the order of sending. */
  thread(key: string): Promise<WebMessage[]>;
  /** The newest messages of a destination that stand in no thread and are no digest's header, oldest first. */
  posts(destination: Destination, limit: number): Promise<WebMessage[]>;
};

export type SavedPaper = { paper: Paper /** Told time, ISO 8601. */; at: string };

/** People's reading lists. */
export type SavedStore = {
  /** @returns false where it was on the list already. */
  add(person: Person, paperId: string, at: string): Promise<boolean>;
  /** @returns false where it was not on the list. */
  remove(person: Person, paperId: string): Promise<boolean>;
  /** Newest first. */
  list(person: Person): Promise<SavedPaper[]>;
};

/** The log of who changed what and when. Entries are never changed or removed, except for a forgotten person's name. */
export type ChangeStore = {
  add(change: NewChange): Promise<Change>;
  /** Undoes a change by adding one that says so. @throws UserError if there is no such change, or it is undone already. */
  undo(changeId: number, by: { at: string; person: Person }): Promise<void>;
  /** The changes of a channel, oldest first. With an action, rows of it that this version cannot read are left out. */
  list<A extends Change['action'] = Change['action']>(channel: string | undefined, action?: A): Promise<ChangeOf<A>[]>;
  /** The newest changes of all channels, newest first. */
  newest(limit: number): Promise<Change[]>;
  /** How often a person did something since a simulated time. */
  count(person: Person, action: ChangeAction, since: string): Promise<number>;
  /** Removes a person's votes and reading list, and their address from the log. @returns what was removed. */
  forget(person: Person): Promise<{ votes: number; saved: number }>;
};
