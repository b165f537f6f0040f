import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Command, type CommandEntry, isGroup, type Option, shownOptions } from '../../core/command.ts';
import { shorten } from '../../core/paper-text.ts';
import type { DiscordCall } from './api.ts';
import { discordFailure } from './errors.ts';
import { menuNames, onMessage } from './menus.ts';

export const commandName = 'arxiv';

/** https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type */
const types = { subcommand: 1, group: 2, text: 3, integer: 4 } as const;
const chatInput = 1;
/** In servers, and in direct messages with the bot. */
const contexts = [0, 1];
/** Installed to a server, not to a person. */
const installations = [0];

/** Longest description, and most entries on one level and choices that an option can list. */
const descriptionLength = 100;
const maxChoices = 25;
const maxEntries = 25;

/** Discord counts so many characters of names, descriptions and values in one command. */
const commandLength = 8_000;

/** Where there are more commands than Discord lists, the last of them are listed in a group of this name. */
export const moreGroup = 'more';

/** An option of Discord's, as we write it and as Discord gives it back. */
type DiscordOption = {
  type: number;
  name: string;
  description: string;
  required?: boolean;
  min_value?: number;
  max_value?: number;
  autocomplete?: boolean;
  choices?: { name: string; value: string }[];
  options?: DiscordOption[];
};

/** Discord takes no capitals: `minHIndex` is shown as `min-h-index`. */
export const optionName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

type Describe = (description: string) => string;

const optionOf = ([key, option]: [string, Option], describe: Describe): DiscordOption => {
  const common = {
    name: optionName(key),
    description: describe(option.description),
    ...('required' in option && option.required && { required: true }),
  };
  switch (option.type) {
    case 'integer':
      return { ...common, type: types.integer, min_value: option.minimum, max_value: option.maximum };
    case 'date':
    case 'period':
      return { ...common, type: types.text, autocomplete: true };
    case 'word': {
      if (option.values.length > maxChoices) return { ...common, type: types.text, autocomplete: true };
      return { ...common, type: types.text, choices: option.values.map((value) => ({ name: value, value })) };
    }
    case 'paper':
    case 'papers':
      return { ...common, type: types.text };
    case 'text':
      return { ...common, type: types.text, ...(option.offers && { autocomplete: true }) };
  }
};

const subcommand = (command: Command, describe: Describe): DiscordOption => {
  const { name, summary } = command;
  const all = shownOptions(command).map((option) => optionOf(option, describe));
  // Discord wants the required ones first.
  const ordered = [...all.filter(({ required }) => required), ...all.filter(({ required }) => !required)];
  return { type: types.subcommand, name, description: describe(summary), options: ordered };
};

const isTold = ({ isHidden }: Command): boolean => !isHidden;

/** The entries that Discord lists: without hidden commands, and not more than it takes. */
const entriesFor = (commands: readonly CommandEntry[]): CommandEntry[] => {
  const told = commands.flatMap((entry): CommandEntry[] => {
    if (!isGroup(entry)) return isTold(entry) ? [entry] : [];
    const members = entry.commands.filter(isTold);
    return members.length > 0 ? [{ ...entry, commands: members }] : [];
  });
  if (told.length <= maxEntries) return told;
  const single = told.flatMap((entry) => (isGroup(entry) ? [] : [entry]));
  // The group itself takes one place.
  const last = single.slice(-(told.length - maxEntries + 1));
  const others = told.filter((entry) => isGroup(entry) || !last.includes(entry));
  return [...others, { name: moreGroup, summary: 'further commands', commands: last }];
};

const optionLength = ({ name, description, choices = [], options = [] }: DiscordOption): number =>
  name.length +
  description.length +
  choices.reduce((sum, choice) => sum + choice.name.length + choice.value.length, 0) +
  options.reduce((sum, option) => sum + optionLength(option), 0);

const commandWith = (entries: readonly CommandEntry[], describe: Describe) => ({
  type: chatInput,
  name: commandName,
  description: 'The papers that Paperboy has read for you on arXiv',
  contexts,
  integration_types: installations,
  options: entries.map((entry): DiscordOption => {
    if (!isGroup(entry)) return subcommand(entry, describe);
    const options = entry.commands.map((command) => subcommand(command, describe));
    return { type: types.group, name: entry.name, description: describe(entry.summary), options };
  }),
});

/**
 * `/arxiv` with a subcommand for each command, and a group for each group, as Discord registers it. Where its
 * descriptions are too long together, the longest are cut.
 */
export const arxivCommand = (commands: readonly CommandEntry[]) => {
  const entries = entriesFor(commands);
  for (let length = descriptionLength; ; length -= 10) {
    const command = commandWith(entries, (description) => shorten(description, length));
    if (optionLength({ ...command, options: command.options }) <= commandLength || length <= 20) return command;
  }
};

/** What the menu of a message offers. */
const menuCommands = (commands: readonly CommandEntry[]) =>
  menuNames(commands).map((name) => ({ type: onMessage, name, contexts, integration_types: installations }));

/** Everything that we set, with what Discord leaves out where it is as usual. */
const optionSchema: z.ZodType<DiscordOption> = z.object({
  type: z.number(),
  name: z.string(),
  description: z.string(),
  required: z.boolean().default(false),
  min_value: z.number().optional(),
  max_value: z.number().optional(),
  autocomplete: z.boolean().default(false),
  choices: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  get options() {
    return z.array(optionSchema).default([]);
  },
});
const numbers = z
  .array(z.number())
  .nullish()
  .transform((list) => [...(list ?? [])].sort((a, b) => a - b));
const registeredSchema = z.array(
  z.object({
    type: z.number().default(chatInput),
    name: z.string(),
    // That of a menu's entry is empty.
    description: z.string().default(''),
    contexts: numbers,
    integration_types: numbers,
    options: z.array(optionSchema).default([]),
  }),
);

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

/**
 * Registers `/arxiv` and the menu of messages where what is registered differs, for all servers at once and by one request: so they are
 * there in a server that the bot joins later, and in direct messages.
 *
 * @returns whether something was registered
 * @throws ExternalError
 */
export const registerCommands = async (
  call: DiscordCall,
  application: string,
  commands: readonly CommandEntry[],
): Promise<boolean> => {
  const route = `/applications/${application}/commands` as const;
  const wanted = [arxivCommand(commands), ...menuCommands(commands)];
  try {
    const registered = registeredSchema.safeParse(await call('get', route, z.unknown())).data;
    // Discord lists them in an order of its own.
    if (registered && isDeepStrictEqual(registered.sort(byName), registeredSchema.parse(wanted).sort(byName)))
      return false;
  } catch (error) {
    // A server that does not list commands is told them each time.
    if (discordFailure(error).status !== 404) throw error;
  }
  await call('put', route, z.unknown(), { body: wanted });
  return true;
};
