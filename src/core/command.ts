import type { Destination, MessageRef, Person } from './addresses.ts';
import type { Channel, ChannelRegistry } from './channel.ts';
import type { Clock } from './clock.ts';
import type { Answer, Message } from './message.ts';
import type { IsoDate } from './paper.ts';
import type { PlatformDescriptor } from './platform.ts';
import type { Services } from './services.ts';
import type { Stores } from './stores.ts';

/** Includes both days. `words` is text such as "Tuesday, 8 July 2025", "July 2025" or "the last 7 days". */
export type DateRange = { from: IsoDate; to: IsoDate; words: string };

export type Offers = 'commands' | 'topics' | 'authors' | 'following';

type Shared = {
  description: string;
  keyword?: string;
  isHidden?: boolean;
};

export type Option =
  | (Shared & { type: 'integer'; minimum: number; maximum: number })
  | (Shared & { type: 'date' })
  /** A day, a month such as `2025-07`, or `week` or `month` for the last 7 or 30 days. */
  | (Shared & { type: 'period' })
  | (Shared & { type: 'word'; values: readonly string[] })
  /** An arXiv id or a link to a paper, converted to the bare id without a version. */
  | (Shared & { type: 'paper'; required: boolean })
  | (Shared & { type: 'papers' })
  /** A code that `link` gave, converted to the form `WDJB-MJHT`. */
  | (Shared & { type: 'code' })
  /**
   * Without a keyword: the words that no other option takes. With one: the next word, "quoted words", or the rest.
   * `unless` names an option that makes it optional in a text.
   */
  | (Shared & { type: 'text'; required: boolean; offers?: Offers; unless?: string });

export const isRequired = (option: Option): boolean => 'required' in option && option.required;

type OptionValue<O extends Option> = O extends { type: 'integer' }
  ? number | undefined
  : O extends { type: 'date' }
    ? IsoDate | undefined
    : O extends { type: 'period' }
      ? DateRange | undefined
      : O extends { type: 'papers' }
        ? readonly string[] | undefined
        : O extends { unless: string }
          ? string | undefined
          : O extends { type: 'word'; values: readonly (infer V)[] }
            ? V | undefined
            : O extends { required: true }
              ? string
              : string | undefined;

export type Options = Readonly<Record<string, Option>>;
export type OptionValues<O extends Options> = { [Name in keyof O]: OptionValue<O[Name]> };

export type CommandOutcome = 'answered' | 'refused' | 'failed';

export type CommandContext = {
  channel(): Promise<Channel>;
  channels: ChannelRegistry;
  person: Person;
  destination: Destination;
  /** Where a request to the web page came from; for quotas. */
  address?: string | undefined;
  mayManage(channel: Channel | undefined): boolean;
  /** @throws UserError with the person's address if they may not change the channel. */
  requireManager(channel: Channel | undefined): void;
  /** The message whose thread it was sent in. */
  thread: MessageRef | undefined;
  /** An ordinary message that mentions the bot. */
  isMention: boolean;
  /** Id of the paper of the message that it replies to. */
  about: string | undefined;
  fields: Readonly<Record<string, string>>;
  progress(message: Message): Promise<void>;
  clock: Clock;
  platforms: readonly Pick<PlatformDescriptor, 'name' | 'label' | 'keepsReactions'>[];
  stores: Stores;
  services: Services;
  commands: readonly CommandEntry[];
  signal: AbortSignal;
};

export type Command = {
  name: string;
  /** Starts with a verb and has no period: "Show the best papers of a day". */
  summary: string;
  examples: readonly string[];
  options: Options;
  /** What else people call it; in a pair, with what to add to the command: `['papers by', 'author']`. */
  aliases?: readonly (string | readonly [alias: string, then: string])[];
  /** Words that may mean this command; Paperboy asks before it runs. */
  hints?: readonly string[];
  /** Who may run it: everyone, or only managers of the channel and admins. The dispatcher checks it. */
  rights?: 'managers';
  isPersonal?: boolean;
  /** True if only buttons and forms call it. Help and suggestions omit it. */
  isHidden?: boolean;
  run(context: CommandContext, values: OptionValues<Options>): Promise<Answer>;
};

export type CommandGroup = { name: string; summary: string; commands: readonly Command[] };

export type CommandEntry = Command | CommandGroup;

export const isGroup = (entry: CommandEntry): entry is CommandGroup => 'commands' in entry;

export type ListedCommand = { path: string; command: Command };

export const listedCommands = (entries: readonly CommandEntry[]): ListedCommand[] =>
  entries.flatMap((entry) =>
    isGroup(entry)
      ? entry.commands.map((command) => ({ path: `${entry.name} ${command.name}`, command }))
      : [{ path: entry.name, command: entry }],
  );

export const shownCommands = (entries: readonly CommandEntry[]): ListedCommand[] =>
  listedCommands(entries).filter(({ command }) => !command.isHidden);

export const shownOptions = ({ options }: Pick<Command, 'options'>): [string, Option][] =>
  Object.entries(options).filter(([, option]) => !option.isHidden);

const optionUsage = ([name, option]: [string, Option]): string => {
  const value = option.type === 'word' && option.values.length <= 3 ? option.values.join('|') : name;
  const text =
    option.keyword === undefined ? value : option.keyword === value ? `${name} …` : `${option.keyword} ${value}`;
  return isRequired(option) ? text.toUpperCase() : `[${text}]`;
};

/** `top [n] [period] [by score|votes|novelty]`, `save PAPER`: capitals are required, brackets optional. */
export const usageText = ({ path, command }: ListedCommand): string =>
  [path, ...shownOptions(command).map(optionUsage)].join(' ');

export const defineCommand = <const O extends Options>(
  command: Omit<Command, 'options' | 'run'> & {
    options: O;
    run(context: CommandContext, values: OptionValues<O>): Promise<Answer>;
  },
): Command => command as unknown as Command;
