import type OpenAI from 'openai';
import type { APIError } from 'openai';
import { z } from 'zod';
import { ExternalError } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/http.ts';
import type { TokenCount } from '../../core/score.ts';
import type { Secret } from '../../core/secret.ts';
import { type AnswerForm, answerSchema, type PromptMessage } from './prompt.ts';

export const retryDelays = { minDelayMs: 1_250, maxDelayMs: 10_000 };

const errorsBeforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...code, ...inner, ...codesOf(error.cause)];
};

/**
 * True if the provider may have charged for a failed call. Responses with an error status are free, unless a gateway
 * timed out while the model was working. Without a response, it depends on whether the request was sent.
 */
export const mayBeCharged = (error: ExternalError): boolean => {
  if (error.status !== undefined) return [200, 408, 504, 524].includes(error.status);
  return !codesOf(error).some((code) => errorsBeforeSending.has(code));
};

/** In milliseconds. `retry-after-ms` is more exact than the standard header, so it takes precedence. */
export const retryAfterOf = (headers: Headers | undefined, now: number): number | undefined => {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  return retryAfterMs(headers?.get('retry-after'), now);
};

const isOutOfQuota = (error: APIError): boolean =>
  [error.code, error.type].some((word) => word === 'insufficient_quota' || word === 'billing_hard_limit_reached');

/** Predicate of a sentence about the service. Never quotes the server, because some servers repeat the key. */
const describe = (error: APIError, model: string): string => {
  if (isOutOfQuota(error)) return 'has no quota left for this key';
  switch (error.status) {
    case 401:
      return 'rejected the key (401)';
    case 403:
      return 'refused access (403)';
    case 404:
      return `has no model "${model}", or the address is wrong (404)`;
    case 429:
      return 'asked for fewer requests (429)';
    default:
      return error.status && error.status < 500 ? `refused the request (${error.status})` : `failed (${error.status})`;
  }
};

const isTemporary = (status: number): boolean => [408, 409, 425, 429].includes(status) || status >= 500;

const statusFailure = (error: APIError, service: string, model: string, now: number): ExternalError =>
  new ExternalError({
    service,
    message: `${service} ${describe(error, model)}`,
    status: error.status,
    retryAfterMs: retryAfterOf(error.headers, now),
    retryable: !isOutOfQuota(error) && error.status !== undefined && isTemporary(error.status),
    cause: error,
  });

const timeoutFailure = (cause: unknown, service: string, timeoutMs: number): ExternalError =>
  new ExternalError({ service, message: `${service} did not answer within ${timeoutMs / 1000} seconds`, cause });

const connectionFailure = (cause: unknown, service: string): ExternalError => {
  if (cause instanceof SyntaxError)
    return new ExternalError({ service, message: `${service} sent an answer that is not JSON`, status: 200, cause });
  const codes = codesOf(cause);
  const isUnsent = codes.some((code) => errorsBeforeSending.has(code));
  const code = codes[0] ? ` (${codes[0]})` : '';
  const phrase = isUnsent ? `could not be reached${code}` : `closed the connection${code}`;
  return new ExternalError({ service, message: `${service} ${phrase}`, cause });
};

type Dialect = {
  form: AnswerForm;
  limit: 'max_completion_tokens' | 'max_tokens';
  temperature: boolean;
};

const firstDialect: Dialect = { form: 'schema', limit: 'max_completion_tokens', temperature: true };

type Concession = {
  /** Matches the text of a refusal: the name of the parameter, if the server gives one, then the message. */
  refusal: RegExp;
  applies(dialect: Dialect): boolean;
  change: Partial<Dialect>;
};

const concessions: readonly Concession[] = [
  {
    refusal: /response_format|json_schema|structured output|guided_json|grammar/i,
    applies: (dialect) => dialect.form === 'schema',
    change: { form: 'lines' },
  },
  {
    // The message about too large a limit also names the parameter, although the server supports it.
    refusal: /^(?!.*(too large|at most|maximum|context)).*max_completion_tokens/is,
    applies: (dialect) => dialect.limit === 'max_completion_tokens',
    change: { limit: 'max_tokens' },
  },
  {
    refusal: /temperature/i,
    applies: (dialect) => dialect.temperature,
    change: { temperature: false },
  },
];

type CompletionRequest = {
  messages(form: AnswerForm): PromptMessage[];
  maxTokens: number;
  signal: AbortSignal;
  schema?: AnswerSchema;
};

type AnswerSchema = { name: string; strict: boolean; schema: Record<string, unknown> };

export type ChatCompletion = {
  text: string;
  cutOff: boolean;
  tokens: TokenCount | undefined;
};

export type ChatClient = {
  model: string;
  /** Name of the server as shown to people: its host, or OpenAI. */
  service: string;
  /**
   * One call. Repeated only if the server refused a parameter, then without it. @throws ExternalError or the signal's
   * reason.
   */
  complete(request: CompletionRequest): Promise<ChatCompletion>;
};

export type OpenAiClientOptions = {
  /** Includes `/v1`. Default: OpenAI's. */
  baseUrl?: string | undefined;
  apiKey?: Secret | undefined;
  model: string;
  timeoutMs?: number;
  fetch?: typeof fetch;
};

const openAiUrl = 'https://api.openai.com/v1';

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

const completionOf = (json: unknown, service: string): ChatCompletion => {
  const read = completionSchema.safeParse(json);
  const choice = read.data?.choices[0];
  if (!read.success || !choice)
    throw new ExternalError({
      service,
      message: `${service} sent an answer that is not a chat completion`,
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
 * The client permanently omits what a server rejects (a schema, the name of a parameter, a temperature). The `openai`
 * package takes 30 MB, so it is loaded at the first call.
 */
export const createOpenAiClient = (options: OpenAiClientOptions): ChatClient => {
  const { model, baseUrl = openAiUrl, timeoutMs = 120_000 } = options;
  const service = serviceOf(baseUrl);
  let dialect = firstDialect;

  const connect = async () => {
    const { OpenAI, APIError, APIConnectionTimeoutError } = await import('openai');
    // The package reads omitted options from the environment, so all are set.
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

  const complete = async (request: CompletionRequest): Promise<ChatCompletion> => {
    connected ??= connect();
    const { sdk, APIError, APIConnectionTimeoutError } = await connected;
    request.signal.throwIfAborted();
    const used = dialect;
    const body = bodyOf(model, used, request);
    try {
      return completionOf(await sdk.chat.completions.create(body, { signal: request.signal }), service);
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof ExternalError) throw error;
      if (error instanceof APIConnectionTimeoutError) throw timeoutFailure(error, service, timeoutMs);
      if (!(error instanceof APIError) || error.status === undefined) throw connectionFailure(error, service);
      const text = `${error.param ?? ''} ${error.message}`;
      const concession = [400, 422].includes(error.status)
        ? concessions.find(({ refusal, applies }) => applies(used) && refusal.test(text))
        : undefined;
      if (!concession) throw statusFailure(error, service, model, Date.now());
      // Keeps changes that parallel calls have made meanwhile.
      dialect = { ...dialect, ...concession.change };
      return complete(request);
    }
  };

  return { model, service, complete };
};
