import { isDeepStrictEqual } from 'node:util';
import {
  type ApplicationCommandOptionBase,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ContextMenuCommandBuilder,
  InteractionContextType,
  SlashCommandBuilder,
  type SlashCommandSubcommandBuilder,
} from 'discord.js';
import { z } from 'zod';
import {
  type Command,
  type CommandEntry,
  isGroup,
  isRequired,
  type Option,
  shownCommands,
  shownOptions,
} from '../../core/command.ts';
import { shorten } from '../../core/paper.ts';
import { messageMenu } from '../kit/replies.ts';
import type { DiscordCall } from './api.ts';
import { discordFailure } from './errors.ts';

export const commandName = 'arxiv';

const contexts = [InteractionContextType.Guild, InteractionContextType.BotDM];
const installations = [ApplicationIntegrationType.GuildInstall];

/** https://docs.discord.com/developers/interactions/application-commands#application-command-object */
const maxDescriptionLength = 100;
const maxChoices = 25;
const maxEntries = 25;

/** Discord's limit in characters for the names, descriptions and values of one command together. */
const maxCommandLength = 8_000;

/** Name of the group for the last entries if there are more than the 25 that Discord lists. */
export const moreGroup = 'more';

/** Clients may still show an entry under the name that an older version registered. */
const formerEntries: Readonly<Record<string, string>> = { 'More like this': 'similar' };

export const menuCommand = (entry: string): string | undefined =>
  messageMenu.find(({ label }) => label === entry)?.command ??
  (Object.hasOwn(formerEntries, entry) ? formerEntries[entry] : undefined);

/** Discord allows no capitals: `minHIndex` becomes `min-h-index`. */
export const optionName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

type Describe = (description: string) => string;

const addOption = (command: SlashCommandSubcommandBuilder, key: string, option: Option, describe: Describe): void => {
  const named = <Builder extends ApplicationCommandOptionBase>(builder: Builder): Builder =>
    builder.setName(optionName(key)).setDescription(describe(option.description)).setRequired(isRequired(option));
  switch (option.type) {
    case 'integer':
      command.addIntegerOption((builder) => named(builder).setMinValue(option.minimum).setMaxValue(option.maximum));
      break;
    case 'word':
      command.addStringOption((builder) =>
        option.values.length > maxChoices
          ? named(builder).setAutocomplete(true)
          : named(builder).setChoices(option.values.map((value) => ({ name: value, value }))),
      );
      break;
    case 'date':
    case 'period':
      command.addStringOption((builder) => named(builder).setAutocomplete(true));
      break;
    case 'paper':
    case 'papers':
    case 'code':
      command.addStringOption(named);
      break;
    case 'text':
      command.addStringOption((builder) => (option.offers ? named(builder).setAutocomplete(true) : named(builder)));
  }
};

const describeCommand = (builder: SlashCommandSubcommandBuilder, command: Command, describe: Describe) => {
  builder.setName(command.name).setDescription(describe(command.summary));
  const options = shownOptions(command);
  // Discord requires that required options come first.
  const required = options.filter(([, option]) => isRequired(option));
  const others = options.filter(([, option]) => !isRequired(option));
  for (const [key, option] of [...required, ...others]) addOption(builder, key, option, describe);
  return builder;
};

const isShown = ({ isHidden }: Command): boolean => !isHidden;

const entriesFor = (commands: readonly CommandEntry[]): CommandEntry[] => {
  const shown = commands.flatMap((entry): CommandEntry[] => {
    if (!isGroup(entry)) return isShown(entry) ? [entry] : [];
    const members = entry.commands.filter(isShown);
    return members.length > 0 ? [{ ...entry, commands: members }] : [];
  });
  if (shown.length <= maxEntries) return shown;
  const single = shown.flatMap((entry) => (isGroup(entry) ? [] : [entry]));
  // The group itself is an entry too.
  const last = single.slice(-(shown.length - maxEntries + 1));
  const others = shown.filter((entry) => isGroup(entry) || !last.includes(entry));
  return [...others, { name: moreGroup, summary: 'more commands', commands: last }];
};

const commandWith = (entries: readonly CommandEntry[], describe: Describe) => {
  const command = new SlashCommandBuilder()
    .setName(commandName)
    .setDescription('Show papers, scores and settings, or change them')
    .setContexts(contexts)
    .setIntegrationTypes(installations);
  for (const entry of entries) {
    if (!isGroup(entry)) command.addSubcommand((builder) => describeCommand(builder, entry, describe));
    else
      command.addSubcommandGroup((group) => {
        group.setName(entry.name).setDescription(describe(entry.summary));
        for (const member of entry.commands)
          group.addSubcommand((builder) => describeCommand(builder, member, describe));
        return group;
      });
  }
  return command.toJSON();
};

type RegisteredOption = {
  type: number;
  name: string;
  description: string;
  required: boolean;
  min_value?: number | undefined;
  max_value?: number | undefined;
  autocomplete: boolean;
  choices: { name: string; value: string }[];
  options: RegisteredOption[];
};
const optionSchema: z.ZodType<RegisteredOption> = z.object({
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
const commandSchema = z.object({
  type: z.number().default(ApplicationCommandType.ChatInput),
  name: z.string(),
  // Empty for a menu entry.
  description: z.string().default(''),
  contexts: numbers,
  integration_types: numbers,
  options: z.array(optionSchema).default([]),
});
const registeredSchema = z.array(commandSchema);

const lengthOf = ({
  name,
  description,
  choices,
  options,
}: Omit<RegisteredOption, 'type' | 'required' | 'autocomplete'>): number =>
  name.length +
  description.length +
  choices.reduce((sum, choice) => sum + choice.name.length + choice.value.length, 0) +
  options.reduce((sum, option) => sum + lengthOf(option), 0);

/**
 * `/arxiv` with its subcommands and groups, as Discord registers it. If the descriptions exceed the total limit, the
 * longest are truncated.
 */
export const arxivCommand = (commands: readonly CommandEntry[]) => {
  const entries = entriesFor(commands);
  for (let length = maxDescriptionLength; ; length -= 10) {
    const command = commandWith(entries, (description) => shorten(description, length));
    const whole = { choices: [], ...commandSchema.parse(command) };
    if (lengthOf(whole) <= maxCommandLength || length <= 20) return command;
  }
};

const menuEntries = (commands: readonly CommandEntry[]) => {
  const known = new Set(shownCommands(commands).map(({ path }) => path));
  return messageMenu
    .filter(({ command }) => known.has(command))
    .map(({ label }) =>
      new ContextMenuCommandBuilder()
        .setType(ApplicationCommandType.Message)
        .setName(label)
        .setContexts(contexts)
        .setIntegrationTypes(installations)
        .toJSON(),
    );
};

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

/**
 * Registers `/arxiv` and the message menu if they have changed. One request covers all servers, including future ones,
 * and direct messages.
 * @returns true if something was registered
 * @throws ExternalError
 */
export const registerCommands = async (
  call: DiscordCall,
  application: string,
  commands: readonly CommandEntry[],
): Promise<boolean> => {
  const route = `/applications/${application}/commands` as const;
  const wanted = [arxivCommand(commands), ...menuEntries(commands)];
  try {
    const registered = registeredSchema.safeParse(await call('get', route, z.unknown())).data;
    // Discord lists them in its own order.
    if (registered && isDeepStrictEqual(registered.sort(byName), registeredSchema.parse(wanted).sort(byName)))
      return false;
  } catch (error) {
    // On a server that cannot list commands, they are registered at each start.
    if (discordFailure(error).status !== 404) throw error;
  }
  await call('put', route, z.unknown(), { body: wanted });
  return true;
};
