import { ApplicationCommandType, InteractionType } from 'discord.js';
import { z } from 'zod';
import { type CommandEntry, listedCommands, type Option, type Options } from '../../core/command.ts';
import type { CommandRequest } from '../../core/platform.ts';
import { addressOf, noGuild, personOf } from './address.ts';
import { channelRefOf, channelSchema } from './channels.ts';
import { commandName, menuCommand, moreGroup, optionName } from './commands.ts';
import { actionIn, fieldsIn, filledFormSchema } from './forms.ts';

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
const buttonSchema = z.looseObject({ custom_id: z.string() });

/** Who sent an interaction, and from which channel. A thread counts as its channel. */
export const originOf = ({ guild_id, channel_id, channel, member, user }: Interaction) => {
  const guild = guild_id ?? noGuild;
  const ref = channelRefOf({ type: 0, ...channel, id: channel_id, guild_id: guild });
  const id = member?.user.id ?? user?.id;
  return id ? { person: personOf(guild, id), destination: addressOf(ref) } : undefined;
};

const isFreeText = (option: Option | undefined): boolean => option?.type === 'text' && option.keyword === undefined;

const worded = ({ value = '' }: OptionInput, option: Option | undefined): string => {
  const text = String(value).trim();
  if (text === '' || !option || isFreeText(option)) return text;
  const after = (words: string): string => (option.keyword === undefined ? words : `${option.keyword} ${words}`);
  switch (option.type) {
    case 'text':
      return after(`"${text.replace(/["“”„]/g, "'")}"`);
    case 'papers':
      return after(text.replace(/[\s,;]+/g, ' ').trim());
    case 'paper':
      return after(text.replace(/\s+/g, ''));
    default:
      return after(text.replace(/\s+/g, '-'));
  }
};

/** Reads the options of `/arxiv`. Unknown ones, of an earlier registration, keep Discord's names. */
export const readOptions = ({ options }: z.infer<typeof slashCommandSchema>, commands: readonly CommandEntry[]) => {
  const names: string[] = [];
  let given = options;
  for (let [first] = given; first && first.value === undefined; [first] = given) {
    names.push(first.name);
    given = first.options ?? [];
  }
  if (names[0] === moreGroup && !commands.some(({ name }) => name === moreGroup)) names.shift();
  const path = names.join(' ');
  const spec: Options = listedCommands(commands).find((one) => one.path === path)?.command.options ?? {};
  const keys = Object.keys(spec);
  const keyOf = ({ name }: OptionInput): string => keys.find((key) => optionName(key) === name) ?? name;
  // In the command's own order, since a text is read by it; a free text is what is left at the end.
  const order = (one: OptionInput): number => (isFreeText(spec[keyOf(one)]) ? keys.length : keys.indexOf(keyOf(one)));
  const inOrder = given.toSorted((a, b) => order(a) - order(b));
  const focused = given.find((one) => one.focused);
  return {
    path,
    text: [path, ...inOrder.map((one) => worded(one, spec[keyOf(one)]))].filter(Boolean).join(' '),
    /** The option that the person is filling in, by its name in the command. */
    focused: focused && { option: keyOf(focused), typed: String(focused.value ?? '') },
  };
};

/** A command with the values of a form, or a command to run on the paper of a message. */
type Asked = Pick<CommandRequest, 'text' | 'fields'> | { menu: string; message: string };

/** Reads a command, a button, a form or a menu entry; undefined if it is not Paperboy's. */
export const readAsked = ({ type, data }: Interaction, commands: readonly CommandEntry[]): Asked | undefined => {
  switch (type) {
    case InteractionType.ApplicationCommand: {
      const entry = menuSchema.safeParse(data).data;
      const menu = entry && menuCommand(entry.name);
      if (menu) return { menu, message: entry.target_id };
      const input = slashCommandSchema.safeParse(data).data;
      return input && { text: readOptions(input, commands).text };
    }
    case InteractionType.MessageComponent: {
      const text = actionIn(buttonSchema.safeParse(data).data?.custom_id ?? '');
      return text === undefined ? undefined : { text };
    }
    case InteractionType.ModalSubmit: {
      const filled = filledFormSchema.safeParse(data).data;
      const text = actionIn(filled?.custom_id ?? '');
      return filled && text !== undefined ? { text, fields: fieldsIn(filled) } : undefined;
    }
    default:
      return undefined;
  }
};
