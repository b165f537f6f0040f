import type { Destination, MessageRef, Person, PlatformName } from './addresses.ts';
import type { Answer } from './form.ts';
import type { Message } from './message.ts';

/** A reaction that stands on a message. `emoji` is the platform's own name, as it gives it. */
export type Reaction = { message: MessageRef; person: Person; emoji: string };

/** A command as a person typed it, without the leading `/arxiv`. */
export type CommandRequest = {
  text: string;
  person: Person;
  /** Where it was typed; a direct message is no channel's destination. */
  destination: Destination;
  /** What was filled into the form whose command this is. */
  fields?: Readonly<Record<string, string>> | undefined;
  /** True for somebody whom the platform knows as the one who runs the bot, as on the machine itself. */
  isOwner?: boolean | undefined;
  /**
   * Shows how far a long command is, in the place of its answer. A platform may show only some of the calls. Never
   * rejects.
   */
  progress?: ((message: Message) => Promise<void>) | undefined;
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
  /** A form as the answer must be shown at once: commands that give one look at nothing slow before. */
  command(request: CommandRequest): Promise<Answer>;
  /** The paper that a sent message is about; for a platform's menus on messages. */
  paperOf(message: MessageRef): Promise<string | undefined>;
  /** What is known of a paper that was linked in a text, where the channel wants such cards. */
  card(text: string, destination: Destination): Promise<Message | undefined>;
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
  /** Puts a message in place of one that was sent; its key stays what it was. Retryable errors may be tried again. */
  edit(sent: MessageRef, request: SendRequest): Promise<void>;
  /** Takes a sent message away; one that is gone already is no error. */
  remove(sent: MessageRef, thread: MessageRef | undefined): Promise<void>;
  /** The message that was sent with this key, if there is one. */
  find(request: FindRequest): Promise<MessageRef | undefined>;
  /** The reactions that stand on a thread's messages now, its header included, without the bot's own. */
  reactions(thread: MessageRef): Promise<Reaction[]>;
  /** What `doctor` shows of this platform and of the destinations on it. */
  check(destinations: readonly string[]): Promise<Check[]>;
  close(): Promise<void>;
};
