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
const option = z.strictObject({ text: plain(75), value: z.string().min(1).max(150) });
const button = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().min(1).max(255),
  text: plain(75),
  value: z.string().min(1).max(2000),
  style: z.enum(['primary', 'danger']).optional(),
});
const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: z.string().min(1).max(255),
  options: z.array(option).min(1).max(5),
});
const block_id = z.string().max(255).optional();
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150), block_id }),
  z.strictObject({ type: z.literal('context'), elements: z.array(plain(3000)).min(1).max(10), block_id }),
  z.strictObject({ type: z.literal('rich_text'), elements: z.array(z.union([section, list, code])).min(1), block_id }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z
      .array(z.union([button, overflow]))
      .min(1)
      .max(25),
    block_id,
  }),
]);

const action_id = z.string().min(1).max(255);
const initial_value = z.string().min(1).max(3000).optional();
const element = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('plain_text_input'),
    action_id,
    multiline: z.boolean(),
    max_length: z.int().min(1).max(3000),
    initial_value,
  }),
  z.strictObject({
    type: z.literal('number_input'),
    action_id,
    is_decimal_allowed: z.boolean(),
    min_value: z
      .string()
      .regex(/^-?\d+$/)
      .optional(),
    max_value: z
      .string()
      .regex(/^-?\d+$/)
      .optional(),
    initial_value: z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .optional(),
  }),
  z.strictObject({
    type: z.literal('static_select'),
    action_id,
    options: z.array(option).min(1).max(100),
    initial_option: option.optional(),
  }),
]);

/** Slack's limits of a modal: https://docs.slack.dev/reference/views/modal-views */
export const slackModalSchema = z.looseObject({
  type: z.literal('modal'),
  callback_id: z.string().min(1).max(255),
  private_metadata: z.string().max(3000),
  title: plain(24),
  submit: plain(24),
  close: plain(24),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('section'), text: plain(3000) }),
        z.strictObject({
          type: z.literal('input'),
          block_id: z.string().min(1).max(255),
          optional: z.boolean(),
          label: plain(2000),
          element,
          hint: plain(2000).optional(),
        }),
      ]),
    )
    .min(1)
    .max(100)
    .refine((blocks) => {
      const ids = blocks.flatMap((one) => (one.type === 'input' ? one.block_id : []));
      return new Set(ids).size === ids.length;
    }, 'a block_id twice'),
});

/**
 * Slack's documented and observed limits of a message; the local server accepts anything. Blocks that could hold markup,
 * mentions or emoji names are refused.
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
    .refine((blocks) => {
      const ids = blocks.flatMap((one) =>
        one.type === 'actions' ? one.elements.map((button) => button.action_id) : [],
      );
      return new Set(ids).size === ids.length;
    }, 'an action_id twice')
    .refine((blocks) => JSON.stringify(blocks).length <= 12_300, 'more than 12,000 characters'),
});
