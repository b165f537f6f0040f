import { z } from 'zod';

/** Reads a value as JSON carries it: without undefined fields. */
const sent = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === undefined ? value : JSON.parse(JSON.stringify(value))), schema);

const footer = z.strictObject({ text: z.string().trim().min(1).max(2048) });
const embed = z
  .strictObject({
    description: z.string().trim().min(1).max(4096).optional(),
    footer: footer.optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .optional(),
  })
  .refine(({ description, footer }) => description !== undefined || footer !== undefined, 'an empty embed');

const embeds = z
  .array(embed)
  .max(10)
  .refine(
    (all) =>
      all.reduce((sum, { description = '', footer }) => sum + description.length + (footer?.text.length ?? 0), 0) <=
      6000,
    'more than 6,000 characters',
  );
const button = z.strictObject({
  type: z.literal(2),
  style: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  label: z.string().trim().min(1).max(80),
  custom_id: z.string().min(1).max(100),
});
const menu = z.strictObject({
  type: z.literal(3),
  custom_id: z.string().min(1).max(100),
  placeholder: z.string().min(1).max(150),
  options: z
    .array(z.strictObject({ label: z.string().trim().min(1).max(100), value: z.string().min(1).max(100) }))
    .min(1)
    .max(25),
});
const row = z.union([z.array(button).min(1).max(5), z.array(menu).length(1)]);
const components = z
  .array(z.strictObject({ type: z.literal(1), components: row }))
  .max(5)
  .refine((rows) => {
    const ids = rows.flatMap((row) => row.components.map((one) => one.custom_id));
    return new Set(ids).size === ids.length;
  }, 'a custom_id twice');
export type FakeRow = z.infer<typeof components>[number];

/** The button with this label, or the menu that has it with the value of its entry. */
export const findAction = (
  rows: readonly FakeRow[],
  label: string,
): { customId: string; value?: string } | undefined => {
  for (const one of rows.flatMap((row) => [...row.components])) {
    if (one.type === 2 && one.label === label) return { customId: one.custom_id };
    const entry = one.type === 3 ? one.options.find((option) => option.label === label) : undefined;
    if (entry) return { customId: one.custom_id, value: entry.value };
  }
  return undefined;
};

export const labelsOf = (rows: readonly FakeRow[]): string[] =>
  rows.flatMap((row) => row.components.flatMap((one) => (one.type === 2 ? [one.label] : [])));

const noMentions = z.strictObject({ parse: z.array(z.string()).max(0) });

const message = z.strictObject({ embeds, components: components.default([]), allowed_mentions: noMentions });
const isSomething = (one: { embeds: unknown[]; components: unknown[] }): boolean =>
  one.embeds.length + one.components.length > 0;

const reference = z.strictObject({ message_id: z.string(), fail_if_not_exists: z.literal(false) });

/** A message to post, with only the fields that Paperboy uses, within all documented limits. */
export const discordPostSchema = sent(
  message
    .extend({ nonce: z.string().min(1).max(25), enforce_nonce: z.literal(true) })
    .extend({ message_reference: reference.optional() })
    .refine(isSomething, 'an empty message'),
);

export const discordEditSchema = sent(message.refine(isSomething, 'an empty message'));

/** An answer to a command. With `flags`, only one person sees it. */
export const discordAnswerSchema = sent(
  message.extend({ flags: z.literal(64).optional() }).refine(isSomething, 'an empty message'),
);

const placeholder = z.string().min(1);
const input = z
  .strictObject({
    type: z.literal(4),
    custom_id: z.string().min(1).max(100),
    style: z.union([z.literal(1), z.literal(2)]),
    required: z.boolean(),
    value: z.string().max(4000).optional(),
    max_length: z.int().min(1).max(4000).optional(),
    placeholder: placeholder.max(100).optional(),
  })
  .refine(({ value = '', max_length = 4000 }) => value.length <= max_length, 'a value longer than its field');
const selectOption = z.strictObject({
  label: z.string().min(1).max(100),
  value: z.string().min(1).max(100),
  default: z.boolean().optional(),
});
const select = z
  .strictObject({
    type: z.literal(3),
    custom_id: z.string().min(1).max(100),
    required: z.boolean(),
    min_values: z.int().min(0).max(1).optional(),
    placeholder: placeholder.max(150).optional(),
    options: z.array(selectOption).min(1).max(25),
  })
  .refine((one) => !one.required || one.min_values !== 0, 'min_values of something required');
const label = z.strictObject({
  type: z.literal(18),
  label: z.string().min(1).max(45),
  description: z.string().min(1).max(100).optional(),
  component: z.union([input, select]),
});
const textDisplay = z.strictObject({ type: z.literal(10), content: z.string().min(1).max(4000) });

export const discordModalSchema = sent(
  z.strictObject({
    custom_id: z.string().min(1).max(100),
    title: z.string().min(1).max(45),
    components: z
      .array(z.union([label, textDisplay]))
      .min(1)
      .max(5),
  }),
);
export type FakeModal = z.infer<typeof discordModalSchema>;

const name = z.string().regex(/^[-_a-z0-9]{1,32}$/);
const description = z.string().min(1).max(100);
const choice = z.strictObject({ name: z.string().min(1).max(100), value: z.string().min(1).max(100) });

const option = z
  .strictObject({
    type: z.union([z.literal(3), z.literal(4)]),
    name,
    description,
    required: z.boolean().optional(),
    min_value: z.int().optional(),
    max_value: z.int().optional(),
    autocomplete: z.boolean().optional(),
    choices: z.array(choice).min(1).max(25).optional(),
  })
  .refine(({ autocomplete, choices }) => !(autocomplete && choices), 'choices and autocomplete');
const options = z
  .array(option)
  .max(25)
  .refine(
    (all) => all.every((one, index) => !one.required || all.slice(0, index).every(({ required }) => required)),
    'required options come first',
  )
  .refine((all) => new Set(all.map((one) => one.name)).size === all.length, 'an option twice');
const subcommand = z.strictObject({ type: z.literal(1), name, description, options });
const group = z.strictObject({ type: z.literal(2), name, description, options: z.array(subcommand).min(1).max(25) });

const slashCommand = z.strictObject({
  type: z.literal(1),
  name,
  description,
  contexts: z.array(z.int()),
  integration_types: z.array(z.int()),
  options: z.array(z.union([subcommand, group])).max(25),
});

type Counted = { name: string; description?: string; value?: string; choices?: Counted[]; options?: Counted[] };

/** Characters of names, descriptions and values; Discord's limit is 8,000 in a slash command. */
const countOf = ({ name, description = '', value = '', choices = [], options = [] }: Counted): number =>
  [...choices, ...options].reduce((sum, one) => sum + countOf(one), name.length + description.length + value.length);

const command = slashCommand.refine((one) => countOf(one as Counted) <= 8000, 'more than 8,000 characters');
export const discordCommandsSchema = sent(z.array(command));

/** An entry in the menu of a message: any letters and spaces, and no description. */
const menuEntry = z.strictObject({
  type: z.literal(3),
  name: z.string().min(1).max(32),
  contexts: z.array(z.int()),
  integration_types: z.array(z.int()),
});

/** All commands of an application, slash commands and menu entries. */
export const discordRegistrationSchema = sent(
  z
    .array(z.union([command, menuEntry]))
    .refine((all) => all.filter(({ type }) => type === 3).length <= 15, 'more than 15 entries in a menu'),
);

export const discordChoicesSchema = z.array(choice).max(25);
