import type { Person } from './addresses.ts';
import type { Answer } from './form.ts';
import type { VoteCount } from './stores.ts';

/** A file of the site, as it is written or served. */
export type SiteFile = {
  /** Media type, with its charset for text. */
  type: string;
  body: string | Uint8Array<ArrayBuffer>;
};

/**
 * The pages of every channel, as files that link to each other by relative addresses alone, so that they work from any
 * folder, with no server.
 */
export type Site = {
  /** The file at a path such as `foundations/2025-07-08.html`; undefined where there is none. */
  file(path: string): Promise<SiteFile | undefined>;
  /** The paths of all files, each once. */
  paths(): Promise<string[]>;
};

/** A command that somebody typed on a page, and what it was answered. */
export type Exchange = { text: string; reply: Answer };

/** Somebody who looks at a page of the running bot. */
export type Reader = {
  /** Whose votes and commands the page takes; undefined for one who may only read. */
  person: Person | undefined;
  /** How to become somebody who may act: the address of the sign-in page; undefined where there is none. */
  signIn?: string | undefined;
  /** True for one who signed in, and may sign out. */
  isSignedIn?: boolean;
  /** Shown with the page where a command was typed into it without a script. */
  exchange?: Exchange | undefined;
};

/** What changes on a page while somebody looks at it. */
export type LiveState = {
  /** Another one wherever the page has other content. */
  content: string;
  /** Standing votes by paper id. */
  votes: Readonly<Record<string, VoteCount>>;
  activity: {
    /** What the bot is doing, or when it looks again. */
    words: string;
    /** How far it is; 0 of 0 where that is not known. */
    done: number;
    total: number;
  };
};

/** Why an address shows nothing, as a page. */
export type ProblemPage = {
  title: string;
  /** What is wrong, and what to do. */
  text: string;
  /** The channel whose page is the nearest. */
  channel?: string;
};

/** The site as the running bot serves it: the same pages, with votes, commands, and what changes meanwhile. */
export type LiveSite = {
  /** The file at a path, a page of it as one reader sees it. */
  file(path: string, reader: Reader): Promise<SiteFile | undefined>;
  /** The state of a channel's day, the newest if no date is given; undefined for an unknown channel. */
  state(channel: string, date: string | undefined): Promise<LiveState | undefined>;
  /** A command and its answer as HTML, to stand on a page of a channel, such as `2025-07-08.html`. */
  exchange(exchange: Exchange, on: { channel: string; page: string }): Promise<string>;
  /** Why there is no file at a path. */
  missing(path: string): Promise<ProblemPage>;
  /** A whole page that says what is wrong. */
  problem(problem: ProblemPage): Promise<string>;
  /** The page on which somebody signs in, to go on to an address of this site. */
  signIn(ask: { to: string; problem: string | undefined }): Promise<string>;
};
