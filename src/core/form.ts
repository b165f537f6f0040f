import type { Message } from './message.ts';

/** One field of a form. Its value comes back as text, whatever the kind. The limits are Discord's. */
export type FormField = {
  name: string;
  /** At most 45 characters. */
  label: string;
  kind: 'line' | 'text' | 'number' | 'choice';
  /** The value at first, at most `maxValueLength` characters. */
  value?: string;
  /** An example or an instruction, at most 100 characters. */
  hint?: string;
  required: boolean;
  /** Of a choice; at most 25. */
  options?: readonly { label: string; value: string }[];
};

/** Characters. Slack allows 3,000 in a field, Discord 4,000. */
export const maxValueLength = 3_000;

/** Discord's limit. */
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
