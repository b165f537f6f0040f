import type OpenAI from 'openai';
import type { APIError } from 'openai';
import { z } from 'zod';
import { ExternalError } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/http.ts';
import type { TokenCount } from '../../core/price.ts';
import type { Secret } from '../../core/secret.ts';
import { answerSchema } from './answer.ts';
import type { AnswerForm, PromptMessage } from './prompt.ts';

/** Socket errors that arise before a request is sent, so that the provider cannot have charged for it. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Codes along an error's causes, the members of an AggregateError included. */
const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...code, ...inner, ...codesOf(error.cause)];
};

/**
 * Whether the provider may have charged for a call that failed. An answer with an error status is not charged, save
 * where a gateway gave up waiting for a model that was at work; without any answer it depends on whether the request
 * was sent.
 */
export const mayBeCharged = (error: ExternalError): boolean => {
  if (error.status !== undefined) return [200, 408, 504, 524].includes(error.status);
  return !codesOf(error).some((code) => beforeSending.has(code));
};

/** Milliseconds that a response asks to be left alone: `retry-after-ms`, more exact, before the standard's header. */
export const retryAfterOf = (headers: Headers | undefined, now: number): number | undefined => {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  return retryAfterMs(headers?.get('retry-after'), now);
};

const outOfQuota = (error: APIError): boolean =>
  [error.code, error.type].some((word) => word === 'insufficient_quota' || word === 'billing_hard_limit_reached');

/** What happened, as a phrase for people. Never the remote's own words: some servers repeat the key in them. */
const phraseFor = (error: APIError, model: string): string => {
  if (outOfQuota(error)) return 'has no quota left for this key';
  switch (error.status) {
    case 401:
      return 'refused the key (401)';
    case 403:
      return 'refused access (403)';
    case 404:
      return `does not know the model "${model}" or the address (404)`;
    case 429:
      return 'asked to slow down (429)';
    default:
      return error.status && error.status < 500 ? `refused the request (${error.status})` : `failed (${error.status})`;
  }
};

/** Statuses that asking again can help. */
const passing = (status: number): boolean =>
  status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;

/** The ExternalError for a response with an error status. */
const statusFailure = (error: APIError, service: string, model: string, now: number): ExternalError =>
  new ExternalError({
    service,
    message: `${service} ${phraseFor(error, model)}`,
    status: error.status,
    retryAfterMs: retryAfterOf(error.headers, now),
    retryable: !outOfQuota(error) && error.status !== undefined && passing(error.status),
    cause: error,
  });

/** The ExternalError where a whole answer did not come in time. */
const timeoutFailure = (cause: unknown, service: string, timeoutMs: number): ExternalError =>
  new ExternalError({ service, message: `${service} did not answer within ${timeoutMs / 1000} seconds`, cause });

/** The ExternalError where there was no response, or none that could be read. */
const connectionFailure = (cause: unknown, service: string): ExternalError => {
  if (cause instanceof SyntaxError)
    return new ExternalError({ service, message: `${service} gave an answer that is no JSON`, status: 200, cause });
  const codes = codesOf(cause);
  const unsent = codes.some((code) => beforeSending.has(code));
  const code = codes[0] ? ` (${codes[0]})` : '';
  const phrase = unsent ? `could not be reached${code}` : `broke off the connection${code}`;
  return new ExternalError({ service, message: `${service} ${phrase}`, cause });
};

/** What a server and its model accept. Starts at OpenAI's own and gives way where a request is refused. */
type Dialect = {
  form: AnswerForm;
  limit: 'max_completion_tokens' | 'max_tokens';
  temperature: boolean;
};

const firstDialect: Dialect = { form: 'schema', limit: 'max_completion_tokens', temperature: true };

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
const concessionFor = (asked: Dialect, refusal: string): Partial<Dialect> | undefined =>
  concessions.find(({ says, applies }) => applies(asked) && says.test(refusal))?.become;

type CompletionRequest = {
  /** The messages for an answer of the given form. */
  messages(form: AnswerForm): PromptMessage[];
  /** Bound of the completion, in tokens. */
  maxTokens: number;
  signal: AbortSignal;
  /** What the answer is held to where the server can; that of scores unless given. */
  schema?: AnswerSchema;
};

/** A JSON schema in OpenAI's strict form: every field required and no other. */
type AnswerSchema = { name: string; strict: boolean; schema: Record<string, unknown> };

export type Completion = {
  /** Empty where the model refused or said nothing. */
  text: string;
  /** True where the model was cut off at `maxTokens`. */
  cutOff: boolean;
  /** As the server counted them; undefined where it did not. */
  tokens: TokenCount | undefined;
};

/** One model behind an OpenAI-compatible server. */
export type ChatClient = {
  model: string;
  /** Who answers, as a reader knows it. */
  service: string;
  /** One call, never retried save where the server refuses a parameter. @throws ExternalError, or the signal's reason. */
  complete(request: CompletionRequest): Promise<Completion>;
};

export type OpenAiClientOptions = {
  /** Base of the API, `/v1` included; OpenAI's own by default. */
  baseUrl?: string | undefined;
  /** A server of one's own may want none. */
  apiKey?: Secret | undefined;
  model: string;
  /** Milliseconds until a call without a whole answer is given up; two minutes by default. */
  timeoutMs?: number;
  fetch?: typeof fetch;
};

const openAiUrl = 'https://api.openai.com/v1';

/** The parts of a chat completion that are used; compatible servers leave out or null much of the rest. */
const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.number().nonnegative(),
      completion_tokens: z.number().nonnegative(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nonnegative().nullish() }).nullish(),
    })
    .nullish()
    .catch(undefined),
});

const completionOf = (json: unknown, service: string): Completion => {
  const read = completionSchema.safeParse(json);
  const choice = read.data?.choices[0];
  if (!read.success || !choice)
    throw new ExternalError({
      service,
      message: `${service} gave an answer that is no chat completion`,
      status: 200,
      cause: read.error,
    });
  const { usage } = read.data;
  return {
    text: choice.message.content ?? '',
    cutOff: choice.finish_reason === 'length',
    tokens: usage
      ? {
          prompt: usage.prompt_tokens,
          cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
          completion: usage.completion_tokens,
        }
      : undefined,
  };
};

const serviceOf = (baseUrl: string): string => {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
  return host === 'api.openai.com' ? 'OpenAI' : host;
};

const bodyOf = (model: string, dialect: Dialect, request: CompletionRequest) => ({
  model,
  messages: request.messages(dialect.form),
  [dialect.limit]: request.maxTokens,
  ...(dialect.temperature ? { temperature: 0 } : {}),
  ...(dialect.form === 'schema'
    ? { response_format: { type: 'json_schema' as const, json_schema: request.schema ?? answerSchema } }
    : {}),
});

/**
 * A client for one model. What a server refuses to accept (a schema, a parameter's name, a temperature) is given up for
 * as long as the client lives. The `openai` package is loaded at the first call: it takes 30 MB.
 */
export const createOpenAiClient = (options: OpenAiClientOptions): ChatClient => {
  const { model, baseUrl = openAiUrl, timeoutMs = 120_000 } = options;
  const service = serviceOf(baseUrl);
  let dialect = firstDialect;

  const connect = async () => {
    const { OpenAI, APIError, APIConnectionTimeoutError } = await import('openai');
    // What the package would otherwise take from the environment is given: settings come from the config alone.
    const sdk: OpenAI = new OpenAI({
      baseURL: baseUrl,
      apiKey: options.apiKey?.reveal() || 'none',
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
      maxRetries: 0,
      // Covers the response's body too.
      timeout: timeoutMs,
      fetch: options.fetch,
    });
    return { sdk, APIError, APIConnectionTimeoutError };
  };
  let connected: ReturnType<typeof connect> | undefined;

  const complete = async (request: CompletionRequest): Promise<Completion> => {
    connected ??= connect();
    const { sdk, APIError, APIConnectionTimeoutError } = await connected;
    request.signal.throwIfAborted();
    const asked = dialect;
    const body = bodyOf(model, asked, request);
    try {
      return completionOf(await sdk.chat.completions.create(body, { signal: request.signal }), service);
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof ExternalError) throw error;
      if (error instanceof APIConnectionTimeoutError) throw timeoutFailure(error, service, timeoutMs);
      if (!(error instanceof APIError) || error.status === undefined) throw connectionFailure(error, service);
      const concession =
        [400, 422].includes(error.status) && concessionFor(asked, `${error.param ?? ''} ${error.message}`);
      if (!concession) throw statusFailure(error, service, model, Date.now());
      // Added to what calls beside this one have learnt meanwhile.
      dialect = { ...dialect, ...concession };
      return complete(request);
    }
  };

  return { model, service, complete };
};
