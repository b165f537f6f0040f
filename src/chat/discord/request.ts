import { ApplicationCommandType, InteractionType } from 'discord.js';
import { z } from 'zod';
import { type CommandEntry, listedCommands, type Options } from '../../core/command.ts';
import type { CommandInput, CommandRequest, OptionInputs } from '../../core/platform.ts';
import { addressOf, noGuild, personOf } from './address.ts';
import { channelRefOf, channelSchema } from './channels.ts';
import { commandName, menuCommand, moreGroup, optionName } from './commands.ts';
import { actionIn, fieldsIn, filledFormSchema, isMenu } from './forms.ts';

const userSchema = z.looseObject({ id: z.string() });

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object */
export const interactionSchema = z.looseObject({
  id: z.string(),
  application_id: z.string(),
  type: z.number(),
  token: z.string(),
  guild_id: z.string().optional(),
  channel_id: z.string(),
  channel: channelSchema.optional(),
  member: z.looseObject({ user: userSchema }).optional(),
  user: userSchema.optional(),
  data: z.unknown(),
});
export type Interaction = z.infer<typeof interactionSchema>;

type OptionInput = {
  name: string;
  type: number;
  value?: string | number | boolean;
  focused?: boolean;
  options?: OptionInput[];
};
const optionSchema: z.ZodType<OptionInput> = z.looseObject({
  name: z.string(),
  type: z.number(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
  get options() {
    return z.array(optionSchema).optional();
  },
});
export const slashCommandSchema = z.looseObject({
  name: z.literal(commandName),
  options: z.array(optionSchema).default([]),
});
const menuSchema = z.looseObject({
  type: z.literal(ApplicationCommandType.Message),
  name: z.string(),
  target_id: z.string(),
});
const componentSchema = z.looseObject({ custom_id: z.string(), values: z.array(z.string()).default([]) });

export const originOf = ({ guild_id, channel_id, channel, member, user }: Interaction) => {
  const guild = guild_id ?? noGuild;
  const ref = channelRefOf({ type: 0, ...channel, id: channel_id, guild_id: guild });
  const id = member?.user.id ?? user?.id;
  if (!id) return undefined;
  const destination = addressOf(ref);
  // A thread has the id of the message that it was started from.
  const thread = channel_id === ref.channel ? undefined : { destination, messageId: channel_id };
  return { person: personOf(guild, id), destination, ...(thread && { thread }) };
};

/**
 * Reads the options of `/arxiv`, by their names in the command. Unknown options, from an earlier registration, keep
 * Discord's names.
 */
export const readOptions = ({ options }: z.infer<typeof slashCommandSchema>, commands: readonly CommandEntry[]) => {
  const names: string[] = [];
  let given = options;
  for (let [first] = given; first && first.value === undefined; [first] = given) {
    names.push(first.name);
    given = first.options ?? [];
  }
  if (names[0] === moreGroup && !commands.some(({ name }) => name === moreGroup)) names.shift();
  const command = names.join(' ');
  const spec: Options = listedCommands(commands).find(({ path }) => path === command)?.command.options ?? {};
  const keyOf = ({ name }: OptionInput): string => Object.keys(spec).find((key) => optionName(key) === name) ?? name;
  const values: OptionInputs = Object.fromEntries(given.map((one) => [keyOf(one), one.value ?? '']));
  const words = Object.entries(spec).flatMap(([key, { keyword }]) => (key in values ? [keyword, values[key]] : []));
  const focused = given.find((one) => one.focused);
  return {
    command,
    values,
    text: [command, ...words].filter((word) => word !== undefined && word !== '').join(' '),
    focused: focused && { option: keyOf(focused), input: String(focused.value ?? '') },
  };
};

/** A command with the text that repeats it, or a command to run on the paper of a message. */
type Asked = { input: CommandInput & Pick<CommandRequest, 'fields'>; text: string } | { menu: string; message: string };

/** Reads a command, a button, a form or a menu entry; undefined if it is from another app. */
export const readAsked = ({ type, data }: Interaction, commands: readonly CommandEntry[]): Asked | undefined => {
  switch (type) {
    case InteractionType.ApplicationCommand: {
      const entry = menuSchema.safeParse(data).data;
      const menu = entry && menuCommand(entry.name);
      if (menu) return { menu, message: entry.target_id };
      const slash = slashCommandSchema.safeParse(data).data;
      if (!slash) return undefined;
      const { command, values, text } = readOptions(slash, commands);
      return { input: { command, values }, text };
    }
    case InteractionType.MessageComponent: {
      const { custom_id: id = '', values = [] } = componentSchema.safeParse(data).data ?? {};
      const text = isMenu(id) ? values[0] : actionIn(id);
      return text === undefined ? undefined : { input: { text }, text };
    }
    case InteractionType.ModalSubmit: {
      const filled = filledFormSchema.safeParse(data).data;
      const text = actionIn(filled?.custom_id ?? '');
      return filled && text !== undefined ? { input: { text, fields: fieldsIn(filled) }, text } : undefined;
    }
    default:
      return undefined;
  }
};
