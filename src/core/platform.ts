import type { Readable, Writable } from 'node:stream';
import type { Destination, MessageRef, Person, PlatformName } from './addresses.ts';
import type { ChatSetup, ChatSetupParts } from './chat-setup.ts';
import type { Clock } from './clock.ts';
import type { CommandEntry } from './command.ts';
import type { Logger } from './logger.ts';
import type { Answer, Message } from './message.ts';
import type { Secret } from './secret.ts';
import type { SharedMemory } from './shared-memory.ts';

export type Reaction = { message: MessageRef; person: Person; emoji: string };

export type OptionInputs = Readonly<Record<string, string | number | boolean>>;

/**
 * Platforms with a text line, buttons and forms send a command text without its `/arxiv`, such as `top 5`. Platforms
 * with typed options send the command's path (`top`, `topics show`) and the values as entered. Both are validated by
 * the same rules.
 */
export type CommandInput =
  | { text: string; command?: undefined; values?: undefined }
  | { text?: undefined; command: string; values: OptionInputs };

export type CommandRequest = CommandInput & {
  person: Person;
  destination: Destination;
  fields?: Readonly<Record<string, string>> | undefined;
  isOwner?: boolean | undefined;
  /** The person's address in their own workspace, if that is not the bot's. Their rights depend on it. */
  home?: Person | undefined;
  /** Where a request to the web page came from. */
  address?: string | undefined;
  /** The message whose thread it was sent in. */
  thread?: MessageRef | undefined;
  /** The message that it replies to or links to. */
  about?: MessageRef | undefined;
  /** An ordinary message that mentions the bot, which need not be a command. */
  isMention?: boolean | undefined;
  /** Shows the progress of a long command until its answer is ready. A platform may skip calls. Never rejects. */
  progress?: ((message: Message) => Promise<void>) | undefined;
};

export type SuggestionRequest = {
  command: string;
  option: string;
  input: string;
  person: Person;
  destination: Destination;
};

export type Suggestion = { label: string; value: string };

export type Completion = {
  /** The whole line, with `/arxiv` if the person typed it. Ends in a space if more may follow. */
  text: string;
  label: string;
  description: string;
};

/** Handlers never reject. */
export type PlatformHandlers = {
  /**
   * A platform can show a form only soon after the request, so commands that open a form must not do slow work first.
   */
  command(request: CommandRequest): Promise<Answer>;
  paperOf(message: MessageRef): Promise<string | undefined>;
  /** A card about the first paper that a text links to, if the channel has cards turned on. */
  card(text: string, destination: Destination): Promise<Message | undefined>;
  /** At most 25 values, best first. */
  suggest(request: SuggestionRequest): Promise<Suggestion[]>;
  reactionAdded(reaction: Reaction): Promise<void>;
  reactionRemoved(reaction: Reaction): Promise<void>;
};

export type SendRequest = {
  destination: Destination;
  thread?: MessageRef | undefined;
  message: Message;
  /** Unique per delivery. `sent` returns it. At most 200 characters of `[a-z0-9-]`. */
  key: string;
  /** Called right before the request, after any wait for a rate limit. If it rejects, nothing is sent. */
  ready?: (() => Promise<void>) | undefined;
};

/** `since` is system time in milliseconds. It does not apply to a thread, which is read from its start. */
export type SentQuery = Pick<SendRequest, 'destination' | 'thread'> & { since: number };

export type SentMessage = { key: string; message: MessageRef };

/** With `isWarning`, it works, but something should be done. */
export type Check = {
  name: string;
  ok: boolean;
  detail: string;
  fix?: string;
  isWarning?: true;
  /** The destination that was checked, and its name for people. */
  about?: { destination: string; label: string };
};

export type Webhook = {
  path: string;
  /** What to set instead if there is no web server: `set SLACK_APP_TOKEN for Socket Mode`. */
  alternative?: string;
  /** Responds to every request, including those that are not from the platform. Never rejects. */
  handle(request: Request): Promise<Response>;
};

/**
 * Called with the reason if the connection that delivers commands and reactions is lost, and with nothing once it is
 * back.
 */
export type OnConnection = (lost: string | undefined) => void;

/**
 * A chat platform. Every method rejects with ExternalError if the platform fails, retryable if another attempt may
 * help. No method retries.
 */
export type Platform = {
  name: PlatformName;
  webhook?: Webhook | undefined;
  /** Finds out the bot's identity and tenant. Called once, before anything else. */
  connect(): Promise<void>;
  /**
   * The workspace that a short address of a person means. Undefined before `connect`, and not set if ids of people are the
   * same everywhere.
   */
  ownTenant?(): string | undefined;
  /** The full address of a destination in the config. @throws UserError if the address is not valid. */
  resolve(destination: string): Promise<Destination>;
  /** Receives commands and reactions. */
  listen(handlers: PlatformHandlers, onConnection?: OnConnection): Promise<void>;
  /** Ends listening; `listen` may be called again. Needed on platforms with one listener. */
  stopListening?(): Promise<void>;
  send(request: SendRequest): Promise<MessageRef>;
  /** Sends a message that only this person sees. Not set on platforms without private messages. */
  sendPrivately?(person: Person, request: Pick<SendRequest, 'message' | 'key'>): Promise<void>;
  edit(sent: MessageRef, request: SendRequest): Promise<void>;
  remove(sent: MessageRef, thread: MessageRef | undefined): Promise<void>;
  /** The bot's own messages with keys, oldest first: those in a thread without its header, or those outside threads. */
  sent(query: SentQuery): Promise<SentMessage[]>;
  /**
   * True if a header is posted here before a digest that takes long, which needs `edit` and `sent`. Not set if people see
   * the progress of a run elsewhere.
   */
  hasEarlyHeaders?: boolean;
  /** False if papers are sent below their header in the same place, so that it need not list them. */
  hasThreads?: boolean;
  /** Milliseconds by which `sent` may be behind. Not at all if not set. */
  lagMs?: number;
  /** The current reactions to a thread's header and messages, without the bot's own. */
  reactions(thread: MessageRef): Promise<Reaction[]>;
  /** True if Paperboy's database is what stores its reactions, so that none can be missed. */
  isStoredHere?: boolean;
  check(destinations: readonly string[]): Promise<Check[]>;
  close(): Promise<void>;
};

export type ParsedAddress = { tenant: string | undefined; id: string };

/** Why an address is not valid, phrased to follow the address: "names no …; write …". */
export type AddressFault = { fault: string };

/** Reads environment variables. Values are trimmed; empty ones count as unset. */
export type EnvironmentReader = {
  read(name: string): string | undefined;
  /** The variable's value, or the content of the file that `NAME_FILE` names. An alias comes before the name. */
  secret(name: string, alias?: string): Secret | undefined;
  baseUrl(name: string): string | undefined;
  /** Reports a problem. `text` follows the name: "is missing; write …". */
  problem(name: string, text: string): void;
};

/**
 * Features that a platform may lack, and what it does instead. The contract suite in tests/contracts/platform.ts tests
 * both.
 * - `threads`: papers are sent below their header, in the same destination.
 * - `edits`: an edit is sent as a new message, and a removed message remains.
 * - `reactions`: none are received, and `reactions` is empty.
 * - `buttons`: a button is shown with the command to type.
 * - `forms`: a form is shown as text that names the platforms with forms.
 * - `progress`: only the answer to a long command is shown.
 * - `find`: a message is not found after a restart, so it may be sent twice; `sent` may be empty.
 */
export type Capability = 'threads' | 'edits' | 'reactions' | 'buttons' | 'forms' | 'progress' | 'find';

export type PlatformSettings = Readonly<Record<string, unknown>>;

export type PlatformParts = {
  clock: Clock;
  logger: Logger;
  commands: readonly CommandEntry[];
  output: Writable;
  input: Readable | undefined;
  progress: Writable;
  web: Platform;
  memory: Pick<SharedMemory, 'claim'>;
};

/**
 * What the rest of Paperboy needs to know about a platform. A new platform needs only its folder and a line in
 * src/chat/platforms.ts. A descriptor's module is always loaded, so it must import neither the platform's SDK nor its
 * adapter: `create` imports them, with `await import(…)`.
 */
export type PlatformDescriptor<Settings extends PlatformSettings = PlatformSettings> = {
  name: PlatformName;
  label: string;
  example: string;
  /** Addresses that people write without the platform's name, such as `#general`. */
  bareAddress?: RegExp;
  /** Parses a destination from the config or the adapter. The address begins with the platform's name. */
  parseAddress(written: string): ParsedAddress | AddressFault;
  cannot?: readonly Capability[];
  /** `NAME` in a channel's `post` means `NAME:CHANNEL`: each channel has its own destination. */
  hasDestinationPerChannel?: boolean;
  /** Delivers each command and reaction to every connection, so that only one process may listen. */
  hasOneListener?: boolean;
  /** The platform stores people's messages and reactions, so Paperboy cannot delete them. */
  keepsReactions?: boolean;
  variables: Readonly<Record<string, string>>;
  /** The variable to set if `readEnvironment` returns nothing. Not set if the platform needs no configuration. */
  requiredVariable?: string;
  readEnvironment(reader: EnvironmentReader): Settings | undefined;
  /** The URLs that the adapter sends requests to, for `doctor`. Not set if it needs no network. */
  remotes?(settings: Settings): string[];
  /** Why the bot can post with these settings but not listen, and what to set. */
  listeningFault?(settings: Settings): string | undefined;
  /** The steps of `init`. Not set if the platform needs none. */
  setUp?(parts: ChatSetupParts): Promise<ChatSetup>;
  create(settings: Settings, parts: PlatformParts): Promise<Platform>;
};
