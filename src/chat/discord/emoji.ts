import { z } from 'zod';

/** https://docs.discord.com/developers/resources/emoji#emoji-object */
export const emojiSchema = z.looseObject({ id: z.string().nullish(), name: z.string().nullish() });
type Emoji = z.infer<typeof emojiSchema>;

/**
 * An emoji as Discord names it: the characters themselves (`👍`, `👎🏽`), or `NAME:ID` for one that a server made, so that
 * none of those is taken for another by its name.
 */
export const emojiName = ({ id, name }: Emoji): string => (id ? `${name ?? ''}:${id}` : (name ?? ''));
