import { z } from 'zod';
import { type CommandEntry, listedCommands, type Option, type Options } from '../../core/command.ts';
import { moreGroup, optionName } from './commands.ts';

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

const isFreeText = (option: Option | undefined): boolean => option?.type === 'text' && option.keyword === undefined;

/**
 * A value as the parser reads it back: after its keyword where it has one, a text then in quotes; a date, word or paper
 * without spaces, so that no part of it is taken for another option.
 */
const worded = ({ value = '' }: Typed, option: Option | undefined): string => {
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
  if (names[0] === moreGroup && !commands.some(({ name }) => name === moreGroup)) names.shift();
  const path = names.join(' ');
  const spec: Options = listedCommands(commands).find((one) => one.path === path)?.command.options ?? {};
  const keys = Object.keys(spec);
  const keyOf = ({ name }: Typed): string => keys.find((key) => optionName(key) === name) ?? name;
  // In the command's own order, since a text is read by it; a free text is what is left at the end.
  const order = (one: Typed): number => (isFreeText(spec[keyOf(one)]) ? keys.length : keys.indexOf(keyOf(one)));
  const inOrder = given.toSorted((a, b) => order(a) - order(b));
  const focused = given.find((one) => one.focused);
  return {
    path,
    text: [path, ...inOrder.map((one) => worded(one, spec[keyOf(one)]))].filter(Boolean).join(' '),
    focused: focused && { option: keyOf(focused), typed: String(focused.value ?? '') },
  };
};
