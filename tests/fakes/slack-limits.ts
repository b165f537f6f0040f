import { z } from 'zod';

const plain = (limit: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(limit), emoji: z.literal(false) });
const style = z
  .strictObject({ bold: z.literal(true), italic: z.literal(true), code: z.literal(true) })
  .partial()
  .optional();
const text = z.strictObject({ type: z.literal('text'), text: z.string().min(1), style });
const url = z.string().regex(/^https?:\/\//);
const link = z.strictObject({ type: z.literal('link'), url, text: z.string().min(1), style });
const section = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(text.or(link)).min(1) });
const list = z.strictObject({
  type: z.literal('rich_text_list'),
  style: z.enum(['ordered', 'bullet']),
  offset: z.int().min(1).optional(),
  elements: z.array(section).min(1),
});
const code = z.strictObject({ type: z.literal('rich_text_preformatted'), elements: z.array(text).min(1) });
const block_id = z.string().max(255).optional();
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150), block_id }),
  z.strictObject({ type: z.literal('context'), elements: z.array(plain(3000)).min(1).max(10), block_id }),
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(z.union([section, list, code])).min(1), block_id }),
]);

/**
 * What real Slack takes of a message, as far as it is documented or was met; the local one takes anything. Blocks that
 * could hold markup, mentions or emoji names are no part of it.
 */
export const slackMessageSchema = z.looseObject({
  text: z
    .string()
    .min(1)
    .max(3000)
    .regex(/^([^<>&]|&(amp|lt|gt);)*$/),
  blocks: z
    .array(block)
    .min(1)
    .max(50)
    .refine((blocks) => JSON.stringify(blocks).length <= 12_300, 'more than 12,000 characters'),
});
