import { z } from 'zod';

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
  .min(1)
  .max(10)
  .refine(
    (all) =>
      all.reduce((sum, { description = '', footer }) => sum + description.length + (footer?.text.length ?? 0), 0) <=
      6000,
    'more than 6,000 characters',
  );
const noMentions = z.strictObject({ parse: z.array(z.string()).max(0) });

/** What Discord takes of a message that the bot posts: only what is used, within every documented limit. */
export const discordPostSchema = z.strictObject({
  embeds,
  allowed_mentions: noMentions,
  nonce: z.string().min(1).max(25),
  enforce_nonce: z.literal(true),
});

/** The same of an answer to a command. `flags` is what makes it seen by one person only. */
export const discordAnswerSchema = z.strictObject({
  embeds,
  allowed_mentions: noMentions,
  flags: z.literal(64).optional(),
});

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

/** What Discord takes of commands that are registered for all servers. */
export const discordCommandsSchema = z.array(
  z.strictObject({
    type: z.literal(1),
    name,
    description,
    contexts: z.array(z.int()),
    integration_types: z.array(z.int()),
    options: z.array(z.union([subcommand, group])).max(25),
  }),
);

export const discordChoicesSchema = z.array(choice).max(25);
