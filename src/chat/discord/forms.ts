import { z } from 'zod';
import { type Form, type FormField, maxFields, maxValueLength } from '../../core/form.ts';
import { shorten } from '../../core/paper-text.ts';
import { actionId } from './buttons.ts';
import { escaped } from './markdown.ts';

/** https://docs.discord.com/developers/components/reference#component-object-component-types */
const types = { select: 3, input: 4, text: 10, label: 18 } as const;
const styles = { line: 1, paragraph: 2 } as const;

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal */
const titleLength = 45;
const labelLength = 45;
const hintLength = 100;
const maxOptions = 25;
const optionLength = 100;

const inputOf = ({ name, kind, value, hint, required }: FormField) => ({
  type: types.input,
  custom_id: name,
  style: kind === 'text' ? styles.paragraph : styles.line,
  required,
  // Discord would take more, but the form may be shown again on Slack.
  max_length: maxValueLength,
  ...(value && { value: value.slice(0, maxValueLength).toWellFormed() }),
  ...(hint && { placeholder: shorten(hint, hintLength) }),
});

const selectOf = ({ name, value, hint, required, options = [] }: FormField) => ({
  type: types.select,
  custom_id: name,
  required,
  // Discord takes none of less than one where something must be chosen.
  ...(!required && { min_values: 0 }),
  ...(hint && { placeholder: shorten(hint, hintLength) }),
  options: options.slice(0, maxOptions).map((option) => ({
    label: shorten(option.label, optionLength),
    value: option.value,
    ...(option.value === value && { default: true }),
  })),
});

const labelled = (field: FormField) => ({
  type: types.label,
  label: shorten(field.label, labelLength),
  // What already has a value shows no placeholder.
  ...(field.value && field.hint && { description: shorten(field.hint, hintLength) }),
  component: field.kind === 'choice' && field.options?.length ? selectOf(field) : inputOf(field),
});

/** A form as Discord opens it. Its introduction takes the place of a field, so five fields have none. */
export const modalOf = ({ title, intro, fields, submit }: Form) => ({
  custom_id: actionId(submit.command),
  title: shorten(title, titleLength),
  components: [
    ...(intro && fields.length < maxFields ? [{ type: types.text, content: escaped(intro) }] : []),
    ...fields.slice(0, maxFields).map(labelled),
  ],
});

const filledSchema = z.looseObject({
  custom_id: z.string(),
  value: z.string().nullish(),
  values: z.array(z.string()).optional(),
});
/** Fields come in labels; in rows where another server than Discord's still does so. */
export const filledFormSchema = z.looseObject({
  custom_id: z.string(),
  components: z.array(
    z.looseObject({ component: filledSchema.optional(), components: z.array(filledSchema).optional() }),
  ),
});

/** What was filled in, by the names of the fields; nothing chosen is an empty text. */
export const fieldsIn = ({ components }: z.infer<typeof filledFormSchema>): Record<string, string> =>
  Object.fromEntries(
    components
      .flatMap(({ component, components: inRow = [] }) => [...(component ? [component] : []), ...inRow])
      .map(({ custom_id, value, values }) => [custom_id, value ?? values?.[0] ?? '']),
  );
