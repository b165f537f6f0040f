import type { Destination, MessageRef, Person, PlatformName } from './address.ts';
import type { Message } from './message.ts';

/** A reaction that stands on a message. `emoji` is the platform's own name, as it gives it. */
export type Reaction = { message: MessageRef; person: Person; emoji: string };

/** A command as a person typed it, without the leading `/arxiv`. */
export type CommandRequest = {
  text: string;
  person: Person;
  /** Where it was typed; a direct message is no channel's destination. */
  destination: Destination;
};

/** Somebody is typing an option of a command and may be offered values for it. */
export type SuggestionRequest = {
  /** Name of the command, with that of its group before it: `top`, `topics show`. */
  command: string;
  option: string;
  /** What is typed of it so far. */
  typed: string;
  person: Person;
  destination: Destination;
};

/** A value for an option, and how it is shown. */
export type Suggestion = { label: string; value: string };

/** What the bot hears on a platform. Handlers never reject: what goes wrong inside is answered or logged there. */
export type PlatformHandlers = {
  command(request: CommandRequest): Promise<Message>;
  /** Values that fit what is typed, the likeliest first, at most 25. */
  suggest(request: SuggestionRequest): Promise<Suggestion[]>;
  reactionAdded(reaction: Reaction): Promise<void>;
  reactionRemoved(reaction: Reaction): Promise<void>;
};

export type SendRequest = {
  destination: Destination;
  /** The header of the thread that the message belongs to. */
  thread?: MessageRef | undefined;
  message: Message;
  /** Unique per delivery; `find` knows a message by it. At most 200 characters of `[a-z0-9-]`. */
  key: string;
};

export type FindRequest = Pick<SendRequest, 'destination' | 'thread' | 'key'> & {
  /** Real time in milliseconds before which it cannot have been sent. */
  since: number;
};

/** One thing that `doctor` looked at. `fix` says what to do about a problem. */
export type Check = { name: string; ok: boolean; detail: string; fix?: string };

/** Requests by which a platform is heard over HTTP, at one path such as `/slack/events`. */
export type Webhook = {
  path: string;
  /** Answers every request itself, also one that is none of the platform's. Never rejects. */
  handle(request: Request): Promise<Response>;
};

/**
 * A chat platform. Every method rejects with ExternalError when the platform fails, retryable where trying again may
 * help; none retries by itself.
 */
export type Platform = {
  name: PlatformName;
  /** Only where it is heard over HTTP; for the web server to mount. */
  webhook?: Webhook | undefined;
  /** Learns who the bot is and fills in the tenant, so that it can send. Called once, before all else. */
  connect(): Promise<void>;
  /** The full address of a destination as written in the config. */
  resolve(destination: string): Promise<Destination>;
  /** Hears commands and reactions until `close`. */
  listen(handlers: PlatformHandlers): Promise<void>;
  send(request: SendRequest): Promise<MessageRef>;
  /** The message that was sent with this key, if there is one. */
  find(request: FindRequest): Promise<MessageRef | undefined>;
  /** The reactions that stand on a thread's messages now, its header included, without the bot's own. */
  reactions(thread: MessageRef): Promise<Reaction[]>;
  /** What `doctor` shows of this platform and of the destinations on it. */
  check(destinations: readonly string[]): Promise<Check[]>;
  close(): Promise<void>;
};
