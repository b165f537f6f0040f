import type { Message } from './message.ts';

/** One thing to fill in. Its value comes back as text, whatever the kind. */
export type FormField = {
  name: string;
  /** At most 45 characters: Discord's limit. */
  label: string;
  kind: 'line' | 'text' | 'number' | 'choice';
  /** What stands in it at first, at most `maxValueLength` characters. */
  value?: string;
  /** An example, or what may be written, at most 100 characters. */
  hint?: string;
  required: boolean;
  /** Only of a choice, at most 25. */
  options?: readonly { label: string; value: string }[];
};

/** Slack takes 3,000 characters in a field, Discord 4,000. */
export const maxValueLength = 3_000;

/** Discord shows five fields. */
export const maxFields = 5;

/** Something to fill in. Sending it says its command, with what was filled in. */
export type Form = {
  /** At most 24 characters: Slack's limit. */
  title: string;
  /** Shown above the fields where the platform can, and in place of them where it has no forms. */
  intro?: string;
  fields: readonly FormField[];
  submit: { label: string /** At most `maxActionLength` characters. */; command: string };
};

/** What a command answers: something to read, or a form to fill in. */
export type Answer = Message | { form: Form };

export const isForm = (answer: Answer): answer is { form: Form } => 'form' in answer;
