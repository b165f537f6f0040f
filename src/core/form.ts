import type { Message } from './message.ts';

/**
 * One field of a form. Its value comes back as text, whatever the kind. Discord's limits: 45 characters for the label, 100
 * for the hint, `maxValueLength` for the value, 25 options, and `maxFields` fields in a form.
 */
export type FormField = {
  name: string;
  label: string;
  kind: 'line' | 'text' | 'number' | 'choice';
  value?: string;
  hint?: string;
  required: boolean;
  options?: readonly { label: string; value: string }[];
};

/** Characters. Slack allows 3,000 in a field, Discord 4,000. */
export const maxValueLength = 3_000;

export const maxFields = 5;

/** Sending a form runs its command, of at most `maxActionLength` characters, with the values of the fields. */
export type Form = {
  /** At most 24 characters: Slack's limit. */
  title: string;
  /** Shown above the fields if the platform can, and instead of them on a platform without forms. */
  intro?: string;
  fields: readonly FormField[];
  submit: { label: string; command: string };
};

export type Answer = Message | { form: Form };

export const isForm = (answer: Answer): answer is { form: Form } => 'form' in answer;
