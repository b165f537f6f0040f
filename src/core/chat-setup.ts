import type { Destination, Person } from './addresses.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** A token that people copy from the platform's website. */
export type SetupToken = {
  variable: string;
  label: string;
  /** Where to find it, as one or two sentences. */
  where: string;
};

export type SetupChannel = {
  /** For `post` in the config. */
  destination: string;
  label: string;
  /** What keeps the bot from posting there and what to do, as sentences; undefined if it can post. */
  obstacle: string | undefined;
};

export type SetupPerson = { person: Person; label: string };

/** A platform whose tokens were accepted. Methods reject with ExternalError if the platform fails. */
export type ChatAccess = {
  /** "paperboy in Reading Group". */
  identity: string;
  /** The page that adds the bot to a server. Undefined if the platform needs no such step. */
  inviteUrl?: string | undefined;
  /** The channels that the bot can see. Those where it can post come first. */
  channels(): Promise<SetupChannel[]>;
  /** The label of a channel by its address, as `channels` gives it. */
  labelOf(destination: Destination): Promise<string>;
  /** Lets the bot into a channel if it may do that itself. @returns what is still to do, or undefined. */
  enter(channel: SetupChannel): Promise<string | undefined>;
  /** People who may become admin, the likeliest first; empty if the bot may not list them. */
  people(): Promise<SetupPerson[]>;
  close(): void;
};

/** The first steps on a platform: creating its app, checking its tokens, and choosing a channel. */
export type ChatSetup = {
  createUrl: string;
  /** What to do at `createUrl`, one sentence each. */
  createSteps: readonly string[];
  tokens: readonly SetupToken[];
  /** How people find their own id. */
  personHint: string;
  /** The address of a person by their id, with or without the platform's name; undefined if it is no id. */
  personOf(written: string): Person | undefined;
  /**
   * What is wrong with a token and what to do, as sentences; undefined if the platform accepts it.
   *
   * @throws ExternalError if the platform cannot be asked.
   */
  tokenFault(variable: string, value: string): Promise<string | undefined>;
  /** @throws ExternalError if the platform does not accept the tokens. */
  open(tokens: Readonly<Record<string, string>>): Promise<ChatAccess>;
};

export type ChatSetupParts = { apiUrl: string | undefined; clock: Clock; logger: Logger };
