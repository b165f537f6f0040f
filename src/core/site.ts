import type { Person } from './addresses.ts';
import type { Answer } from './message.ts';
import type { VoteCount } from './votes.ts';

export type SiteFile = {
  type: string;
  body: string | Uint8Array<ArrayBuffer>;
};

/** The pages of every channel, as files linked by relative URLs only, so they need no server. */
export type Site = {
  file(path: string): Promise<SiteFile | undefined>;
  paths(): Promise<string[]>;
};

export type Exchange = { text: string; reply: Answer };

export type Reader = {
  person: Person | undefined;
  signIn?: string | undefined;
  isSignedIn?: boolean;
  exchange?: Exchange | undefined;
  /** Whether to offer setting Paperboy up: for the first time, or again. */
  setUp?: 'new' | 'change' | undefined;
  /** The query of the page's address, such as the filter of a day's papers. */
  query?: Readonly<Record<string, string>>;
};

export type LiveState = {
  content: string;
  votes: Readonly<Record<string, VoteCount>>;
  activity: {
    words: string;
    done: number;
    total: number;
    isPaused?: true | undefined;
  };
};

export type ProblemPage = {
  title: string;
  text: string;
  channel?: string;
};

export type LiveSite = {
  /** @param version Of the site, if it was just read. */
  file(path: string, reader: Reader, version?: number): Promise<SiteFile | undefined>;
  /** Counts changes: while it is the same, so is every file for the same reader, and every state. */
  version(): Promise<number>;
  /** The state of a channel's day, the newest if no date is given; undefined for an unknown channel. */
  state(channel: string, date: string | undefined): Promise<LiveState | undefined>;
  exchange(exchange: Exchange, on: { channel: string; page: string }): Promise<string>;
  missing(path: string): Promise<ProblemPage>;
  problem(problem: ProblemPage): Promise<string>;
  signIn(ask: { to: string; problem: string | undefined }): Promise<string>;
};
