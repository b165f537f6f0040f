import type { AnswerForm } from './prompt.ts';

/** What a server and its model accept. Starts at OpenAI's own and gives way where a request is refused. */
export type Dialect = {
  form: AnswerForm;
  limit: 'max_completion_tokens' | 'max_tokens';
  temperature: boolean;
};

export const firstDialect: Dialect = { form: 'schema', limit: 'max_completion_tokens', temperature: true };

type Concession = {
  /** What a refusal says: its message, with the name of the parameter where the server gives one. */
  says: RegExp;
  /** True while there is something to give up. */
  applies(dialect: Dialect): boolean;
  become: Partial<Dialect>;
};

/** Asked from the top; the first that fits is made. */
const concessions: readonly Concession[] = [
  {
    says: /response_format|json_schema|structured output|guided_json|grammar/i,
    applies: (dialect) => dialect.form === 'schema',
    become: { form: 'lines' },
  },
  {
    // A limit that is too large is another matter: it names the parameter too, but the name is not what is refused.
    says: /^(?!.*(too large|at most|maximum|context)).*max_completion_tokens/is,
    applies: (dialect) => dialect.limit === 'max_completion_tokens',
    become: { limit: 'max_tokens' },
  },
  {
    says: /temperature/i,
    applies: (dialect) => dialect.temperature,
    become: { temperature: false },
  },
];

/** What to give up after a refusal (HTTP 400 or 422); undefined where the refusal is about something else. */
export const concessionFor = (asked: Dialect, refusal: string): Partial<Dialect> | undefined =>
  concessions.find(({ says, applies }) => applies(asked) && says.test(refusal))?.become;
