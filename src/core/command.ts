import type { Person } from './address.ts';
import type { Channel } from './channel.ts';
import type { Clock } from './clock.ts';
import type { Message } from './message.ts';
import type { IsoDate } from './paper.ts';
import type { Stores } from './stores.ts';

/** A typed option of a command. People may leave out any that is not required. */
export type Option =
  | { type: 'integer'; description: string; minimum: number; maximum: number }
  | { type: 'date'; description: string }
  | { type: 'word'; description: string; values: readonly string[] }
  /** Takes the rest of the line; at most one, and last. `offers` says what a platform may suggest for it. */
  | { type: 'text'; description: string; required: boolean; offers?: 'commands' };

type OptionValue<O extends Option> = O extends { type: 'integer' }
  ? number | undefined
  : O extends { type: 'date' }
    ? IsoDate | undefined
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
  channels: readonly Channel[];
  person: Person;
  clock: Clock;
  stores: Pick<Stores, 'announcements' | 'scores' | 'digests' | 'reactions' | 'ledger'>;
  /** Every registered command, for `help`. */
  commands: readonly CommandEntry[];
};

/** One thing that people can ask, on every platform. */
export type Command = {
  name: string;
  /** What it does, as a phrase: "the best papers of a day". */
  summary: string;
  /** Whole command texts, such as `top 5`. */
  examples: readonly string[];
  options: Options;
  /** @throws UserError with one sentence that says what to type instead. */
  run(context: CommandContext, values: OptionValues<Options>): Promise<Message>;
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

/** How a command is called, each of its options in brackets: `top [n] [date]`. */
export const usageText = ({ path, command }: ListedCommand): string =>
  [path, ...Object.keys(command.options).map((name) => `[${name}]`)].join(' ');

/** Ties the types of a command's values to its options. */
export const defineCommand = <const O extends Options>(
  command: Omit<Command, 'options' | 'run'> & {
    options: O;
    run(context: CommandContext, values: OptionValues<O>): Promise<Message>;
  },
): Command => command as unknown as Command;
