import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Command, type CommandEntry, isGroup, listedCommands, type Option } from '../../core/command.ts';
import { shorten } from '../../core/paper-text.ts';
import type { DiscordCall } from './api.ts';
import { discordFailure } from './errors.ts';

export const commandName = 'arxiv';

/** https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type */
const types = { subcommand: 1, group: 2, text: 3, integer: 4 } as const;
const chatInput = 1;
/** In servers, and in direct messages with the bot. */
const contexts = [0, 1];
/** Installed to a server, not to a person. */
const installations = [0];

/** Longest description, and most choices that an option can list. */
const descriptionLength = 100;
const mostChoices = 25;

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
const optionName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const described = (description: string): string => shorten(description, descriptionLength);

const optionOf = ([key, option]: [string, Option]): DiscordOption => {
  const common = { name: optionName(key), description: described(option.description) };
  switch (option.type) {
    case 'integer':
      return { ...common, type: types.integer, min_value: option.minimum, max_value: option.maximum };
    case 'date':
      return { ...common, type: types.text, autocomplete: true };
    case 'word': {
      if (option.values.length > mostChoices) return { ...common, type: types.text, autocomplete: true };
      return { ...common, type: types.text, choices: option.values.map((value) => ({ name: value, value })) };
    }
    case 'text':
      return {
        ...common,
        type: types.text,
        ...(option.required && { required: true }),
        ...(option.offers && { autocomplete: true }),
      };
  }
};

const subcommand = ({ name, summary, options }: Command): DiscordOption => {
  const all = Object.entries(options).map(optionOf);
  // Discord wants the required ones first.
  const ordered = [...all.filter(({ required }) => required), ...all.filter(({ required }) => !required)];
  return { type: types.subcommand, name, description: described(summary), options: ordered };
};

/** `/arxiv` with a subcommand for each command, and a group for each group, as Discord registers it. */
export const arxivCommand = (commands: readonly CommandEntry[]) => ({
  type: chatInput,
  name: commandName,
  description: 'The papers that Paperboy has read for you on arXiv',
  contexts,
  integration_types: installations,
  options: commands.map((entry): DiscordOption => {
    if (!isGroup(entry)) return subcommand(entry);
    const options = entry.commands.map(subcommand);
    return { type: types.group, name: entry.name, description: described(entry.summary), options };
  }),
});

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
    description: z.string(),
    contexts: numbers,
    integration_types: numbers,
    options: z.array(optionSchema).default([]),
  }),
);

/**
 * Registers `/arxiv` where what is registered differs. It is registered for all servers at once, by one request: so it is
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
  const wanted = [arxivCommand(commands)];
  try {
    const registered = registeredSchema.safeParse(await call('get', route, z.unknown())).data;
    if (registered && isDeepStrictEqual(registered, registeredSchema.parse(wanted))) return false;
  } catch (error) {
    // A server that does not list commands is told them each time.
    if (discordFailure(error).status !== 404) throw error;
  }
  await call('put', route, z.unknown(), { body: wanted });
  return true;
};

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-application-command-interaction-data-option-structure */
type Typed = {
  name: string;
  type: number;
  value?: string | number | boolean;
  focused?: boolean;
  options?: Typed[];
};
const typedSchema: z.ZodType<Typed> = z.looseObject({
  name: z.string(),
  type: z.number(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
  get options() {
    return z.array(typedSchema).optional();
  },
});
export const typedCommandSchema = z.looseObject({ name: z.string(), options: z.array(typedSchema).default([]) });

/** What somebody typed into a command's fields. */
export type TypedCommand = {
  /** `top`, `topics show`. */
  path: string;
  /** The command as a text, such as `top 5 2025-07-08`. */
  text: string;
  /** The option that is being typed, by its name in the command. */
  focused: { option: string; typed: string } | undefined;
};

/** Reads what was typed. A command that is not ours, from an earlier registration, is taken as it stands. */
export const readTyped = (
  { options }: z.infer<typeof typedCommandSchema>,
  commands: readonly CommandEntry[],
): TypedCommand => {
  const names: string[] = [];
  let given = options;
  for (let [first] = given; first && first.value === undefined; [first] = given) {
    names.push(first.name);
    given = first.options ?? [];
  }
  const path = names.join(' ');
  const spec = listedCommands(commands).find((one) => one.path === path)?.command.options ?? {};
  const keys = Object.keys(spec);
  const keyOf = ({ name }: Typed): string => keys.find((key) => optionName(key) === name) ?? name;
  // In the command's own order, since a text is read by it.
  const inOrder = given.toSorted((a, b) => keys.indexOf(keyOf(a)) - keys.indexOf(keyOf(b)));
  const focused = given.find((one) => one.focused);
  return {
    path,
    text: [...names, ...inOrder.map(({ value }) => String(value ?? '').trim())].filter(Boolean).join(' '),
    focused: focused && { option: keyOf(focused), typed: String(focused.value ?? '') },
  };
};
