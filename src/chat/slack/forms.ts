import { z } from 'zod';
import { type Form, type FormField, maxValueLength } from '../../core/message.ts';
import { type PlainText, plain } from './blocks.ts';

export const formCallback = 'paperboy_form';
const action = 'value';

/** https://docs.slack.dev/reference/views/modal-views */
const titleLength = 24;
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const optionLength = 75;
/** Longer hints push the fields out of view. */
const hintLength = 150;

type Choice = { text: PlainText; value: string };
type Element =
  | {
      type: 'plain_text_input';
      action_id: string;
      multiline: boolean;
      max_length: number;
      initial_value?: string;
    }
  | {
      type: 'number_input';
      action_id: string;
      is_decimal_allowed: boolean;
      min_value?: string;
      max_value?: string;
      initial_value?: string;
    }
  | { type: 'static_select'; action_id: string; options: Choice[]; initial_option?: Choice };

type ModalBlock =
  | { type: 'section'; text: PlainText }
  | {
      type: 'input';
      block_id: string;
      optional: boolean;
      label: PlainText;
      element: Element;
      hint?: PlainText;
    };

export type ModalView = {
  type: 'modal';
  callback_id: string;
  private_metadata: string;
  title: PlainText;
  submit: PlainText;
  close: PlainText;
  blocks: ModalBlock[];
};

const element = ({ kind, value, options = [], range }: FormField): Element => {
  const initial = value ? { initial_value: value.toWellFormed().slice(0, maxValueLength) } : {};
  switch (kind) {
    case 'number': {
      // Slack rejects a form whose number field holds something else.
      const isNumber = value !== undefined && /^-?\d+(\.\d+)?$/.test(value.trim());
      const limits = range && { min_value: String(range.min), max_value: String(range.max) };
      return {
        type: 'number_input',
        action_id: action,
        is_decimal_allowed: range === undefined,
        ...limits,
        ...(isNumber && initial),
      };
    }
    case 'choice': {
      const choices = options.map((option) => ({ text: plain(option.label, optionLength), value: option.value }));
      const chosen = choices.find((choice) => choice.value === value);
      return {
        type: 'static_select',
        action_id: action,
        options: choices,
        ...(chosen && { initial_option: chosen }),
      };
    }
    default:
      return {
        type: 'plain_text_input',
        action_id: action,
        multiline: kind === 'text',
        max_length: maxValueLength,
        ...initial,
      };
  }
};

/**
 * A form as a modal.
 * @param metadata Returned with the values.
 * @param nonce Part of the fields' ids. When one form replaces another, Slack keeps the values of fields with equal
 *   ids.
 */
export const modalOf = (form: Form, metadata: string, nonce: string): ModalView => ({
  type: 'modal',
  callback_id: formCallback,
  private_metadata: metadata,
  title: plain(form.title, titleLength),
  submit: plain(form.submit.label, titleLength),
  close: plain('Cancel'),
  blocks: [
    ...(form.intro?.trim() ? [{ type: 'section' as const, text: plain(form.intro) }] : []),
    ...form.fields.map((field): ModalBlock => {
      return {
        type: 'input',
        block_id: `${nonce}:${field.name}`,
        optional: !field.required,
        label: plain(field.label),
        element: element(field),
        ...(field.hint && { hint: plain(field.hint, hintLength) }),
      };
    }),
  ],
});

const valueSchema = z.looseObject({
  value: z.string().nullish(),
  selected_option: z.looseObject({ value: z.string() }).nullish(),
});

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export const stateSchema = z.looseObject({ values: z.record(z.string(), z.record(z.string(), valueSchema)) });

export const filledIn = ({ values }: z.infer<typeof stateSchema>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([block, actions]) => {
      const given = actions[action];
      return [block.slice(block.indexOf(':') + 1), given?.value ?? given?.selected_option?.value ?? ''];
    }),
  );
