import type { Destination, Person } from './addresses.ts';
import type { Channel, ChannelRegistry } from './channel.ts';
import type { Clock } from './clock.ts';
import type { Answer } from './form.ts';
import type { Message } from './message.ts';
import type { IsoDate } from './paper.ts';
import type { PlatformDescriptor } from './platform.ts';
import type { Services } from './services.ts';
import type { Stores } from './stores.ts';

/** Both days included; `words` such as "Tuesday, 8 July 2025", "July 2025", "the last seven days". */
export type DateRange = { from: IsoDate; to: IsoDate; words: string };

/** What an option's value may be offered from while somebody types. */
export type Offers = 'commands' | 'topics' | 'authors' | 'following';

type Shared = {
  description: string;
  /** A word that people write before the value, such as `by` in `top 5 by votes`; then only what follows it is read. */
  keyword?: string;
  /** What only buttons add, such as that a question was answered with yes; people are not told of it. */
  isHidden?: boolean;
};

/** A typed option of a command. People may leave out any that is not required. */
export type Option =
  | (Shared & { type: 'integer'; minimum: number; maximum: number })
  | (Shared & { type: 'date' })
  /** A day, a month such as `2025-07`, `week` or `month` for the last seven or thirty days. */
  | (Shared & { type: 'period' })
  | (Shared & { type: 'word'; values: readonly string[] })
  /** An arXiv id or a link to a paper, as its bare id without a version. */
  | (Shared & { type: 'paper'; required: boolean })
  /** Several of them. */
  | (Shared & { type: 'papers' })
  /** What no other option takes; at most one without a keyword. With one: the rest, or the next word or "quoted words". */
  | (Shared & { type: 'text'; required: boolean; offers?: Offers });

type OptionValue<O extends Option> = O extends { type: 'integer' }
  ? number | undefined
  : O extends { type: 'date' }
    ? IsoDate | undefined
    : O extends { type: 'period' }
      ? DateRange | undefined
      : O extends { type: 'papers' }
        ? readonly string[] | undefined
        : O extends { type: 'word'; values: readonly (infer V)[] }
          ? V | undefined
          : O extends { required: true }
            ? string
            : string | undefined;

export type Options = Readonly<Record<string, Option>>;
export type OptionValues<O extends Options> = { [Name in keyof O]: OptionValue<O[Name]> };

/** What a command may use. */
export type CommandContext = {
  /** The channel that the command is about. @throws UserError where the place of the command does not tell. */
  channel(): Promise<Channel>;
  /** Channels as they are now. */
  channels: ChannelRegistry;
  person: Person;
  /** Where the command was typed. */
  destination: Destination;
  /** True where the person may change the channel; without one, where the person is an admin. */
  mayManage(channel: Channel | undefined): boolean;
  /** @throws UserError that says who may, and what the person's own address is. */
  requireManager(channel: Channel | undefined): void;
  /** What was filled into the form whose command this is; empty for a command that was typed. */
  fields: Readonly<Record<string, string>>;
  /** Shows how far it is, in the place of the answer. Never rejects. */
  progress(message: Message): Promise<void>;
  clock: Clock;
  /** The chat platforms that exist. */
  platforms: readonly Pick<PlatformDescriptor, 'name' | 'label' | 'keepsReactions'>[];
  stores: Stores;
  services: Services;
  /** Every registered command, for `help`. */
  commands: readonly CommandEntry[];
  /** Aborted when the bot stops. */
  signal: AbortSignal;
};

/** One thing that people can ask, on every platform. */
export type Command = {
  name: string;
  /** What it does, verb first and without a full stop: "Show the best papers of a day". */
  summary: string;
  /** Whole command texts, such as `top 5`. */
  examples: readonly string[];
  options: Options;
  /** Who may say it: everybody if not given, or the managers of the channel and the admins. The dispatcher sees to it. */
  rights?: 'managers';
  /** Its answers are about the person who asks; see `Message.isPersonal`. */
  isPersonal?: boolean;
  /** Not listed, not offered: what buttons and forms say. */
  isHidden?: boolean;
  /** @throws UserError with one sentence that says what to type instead. */
  run(context: CommandContext, values: OptionValues<Options>): Promise<Answer>;
};

/** Commands under one name, such as `topics show` and `topics edit`. A name is a command or a group, never both. */
export type CommandGroup = { name: string; summary: string; commands: readonly Command[] };

export type CommandEntry = Command | CommandGroup;

export const isGroup = (entry: CommandEntry): entry is CommandGroup => 'commands' in entry;

/** A command with its name, that of its group before it: `top`, `topics show`. */
export type ListedCommand = { path: string; command: Command };

/** Every command, those of groups too, in their order. */
export const listedCommands = (entries: readonly CommandEntry[]): ListedCommand[] =>
  entries.flatMap((entry) =>
    isGroup(entry)
      ? entry.commands.map((command) => ({ path: `${entry.name} ${command.name}`, command }))
      : [{ path: entry.name, command: entry }],
  );

/** Every command that people are told of. */
export const shownCommands = (entries: readonly CommandEntry[]): ListedCommand[] =>
  listedCommands(entries).filter(({ command }) => !command.isHidden);

/** The options that people are told of, by name. */
export const shownOptions = ({ options }: Pick<Command, 'options'>): [string, Option][] =>
  Object.entries(options).filter(([, option]) => !option.isHidden);

const optionUsage = ([name, option]: [string, Option]): string => {
  const value = option.type === 'word' && option.values.length <= 3 ? option.values.join('|') : name;
  const text =
    option.keyword === undefined ? value : option.keyword === value ? `${name} …` : `${option.keyword} ${value}`;
  return 'required' in option && option.required ? text.toUpperCase() : `[${text}]`;
};

/** How a command is called: `top [n] [period] [by score|votes|novelty]`, `save PAPER`; in capitals what must be there. */
export const usageText = ({ path, command }: ListedCommand): string =>
  [path, ...shownOptions(command).map(optionUsage)].join(' ');

/** Ties the types of a command's values to its options. */
export const defineCommand = <const O extends Options>(
  command: Omit<Command, 'options' | 'run'> & {
    options: O;
    run(context: CommandContext, values: OptionValues<O>): Promise<Answer>;
  },
): Command => command as unknown as Command;
