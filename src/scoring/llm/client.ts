import type OpenAI from 'openai';
import type { APIError } from 'openai';
import { BodyTooLargeError } from '../../core/body.ts';
import { ExternalError } from '../../core/errors.ts';
import { retryAfterMs } from '../../core/http.ts';
import { networkReason } from '../../core/network.ts';
import type { ModelHabits } from '../../core/score.ts';
import type { Secret } from '../../core/secret.ts';
import { concessionFor, isLengthRefusal, mayBeAboutSchema, type Refusal } from './dialect.ts';
import { createHabits, type Habits } from './habits.ts';
import { type AnswerForm, answerSchema, type PromptMessage } from './prompt.ts';
import { type ChatCompletion, readAnswer, withReadableAnswers } from './response.ts';

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
const describe = (error: APIError): string => {
  if (isOutOfQuota(error)) return 'has no quota left for this key';
  switch (error.status) {
    case 401:
      return 'rejected the key (401)';
    case 402:
      return 'has no credit left for this key (402)';
    case 403:
      return 'refused access (403)';
    case 404:
      return 'has no such model or address (404)';
    case 429:
      return 'asked for fewer requests (429)';
    default:
      return error.status && error.status < 500 ? `refused the request (${error.status})` : `failed (${error.status})`;
  }
};

const isTemporary = (status: number): boolean => [408, 409, 425, 429].includes(status) || status >= 500;

/** What a failed call says about the next one. */
export type CallProblem = 'timeout' | 'length' | 'unreadable';

export class CallError extends ExternalError {
  override name = 'CallError';
  readonly problem: CallProblem | undefined;
  /** What an admin can do, as a sentence. */
  readonly remedy: string;

  constructor({ problem, remedy, ...failure }: FailureOf) {
    super(failure);
    this.problem = problem;
    this.remedy = remedy;
  }
}

type FailureOf = ConstructorParameters<typeof ExternalError>[0] & { problem?: CallProblem | undefined; remedy: string };

const remedyOf = (status: number | undefined, isQuotaSpent: boolean): string => {
  if (isQuotaSpent || status === 402) return 'Add credit at the provider.';
  if (status === 401 || status === 403) return 'Check OPENAI_API_KEY and its access to the model.';
  if (status === 404) return 'Check scorer.model and OPENAI_BASE_URL.';
  if (status === 429) return 'Lower scorer.concurrency, or ask the provider for a higher rate limit.';
  if (status !== undefined && status >= 500) return "Check the server's status.";
  return 'See the log for the answer of the server.';
};

/** The SDK puts the status before the message. */
const refusalOf = (error: APIError): Refusal => ({
  status: error.status ?? 0,
  text: `${error.param ?? ''} ${error.message.replace(/^\d{3} /, '')}`,
});

const statusFailure = (error: APIError, service: string, now: number): CallError =>
  new CallError({
    service,
    message: `${service} ${describe(error)}`,
    status: error.status,
    retryAfterMs: retryAfterOf(error.headers, now),
    retryable: !isOutOfQuota(error) && error.status !== undefined && isTemporary(error.status),
    problem: isLengthRefusal(refusalOf(error)) ? 'length' : undefined,
    remedy: remedyOf(error.status, isOutOfQuota(error)),
    cause: error,
  });

const timeoutFailure = (cause: unknown, service: string, timeoutMs: number): CallError =>
  new CallError({
    service,
    message: `${service} did not answer within ${timeoutMs / 1000} seconds`,
    problem: 'timeout',
    remedy: 'Lower scorer.batchSize, raise scorer.timeoutSeconds, or choose a faster model.',
    cause,
  });

const unreadableFailure = (service: string, what: string, cause?: unknown): CallError =>
  new CallError({
    service,
    message: `${service} sent ${what}`,
    status: 200,
    problem: 'unreadable',
    remedy: 'Check that OPENAI_BASE_URL is the base of an OpenAI-compatible server; most end in /v1.',
    cause,
  });

/** The SDK wraps the errors of its fetch. */
const isTooLarge = (error: unknown): error is Error =>
  error instanceof Error && (error instanceof BodyTooLargeError || isTooLarge(error.cause));

const connectionFailure = (cause: unknown, service: string, baseUrl: string): CallError => {
  if (isTooLarge(cause)) return unreadableFailure(service, 'an answer that is too long', cause);
  const codes = codesOf(cause);
  const isUnsent = codes.some((code) => errorsBeforeSending.has(code));
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const phrase = isUnsent ? `could not be reached (${networkReason(cause, { url })})` : 'closed the connection';
  const remedy = isUnsent ? 'Check the network and OPENAI_BASE_URL.' : "Check the server's log.";
  return new CallError({ service, message: `${service} ${phrase}`, remedy, cause });
};

export type CompletionRequest = {
  messages(form: AnswerForm): PromptMessage[];
  maxTokens: number;
  /** Minimum tokens of an answer without thinking. */
  minTokens: number;
  signal: AbortSignal;
  /** That of scores by default; null for an answer in plain text. */
  schema?: AnswerSchema | null;
};

type AnswerSchema = { name: string; strict: boolean; schema: Record<string, unknown> };

export type ChatClient = {
  model: string;
  /** Name of the server as shown to people: its host, or OpenAI. */
  service: string;
  timeoutMs: number;
  habits: Habits;
  /**
   * One call. Repeated only if the server refused part of the request, then with that part changed. @throws CallError
   * or the signal's reason.
   */
  complete(request: CompletionRequest): Promise<ChatCompletion>;
};

export type OpenAiClientOptions = {
  /** Includes `/v1`. Default: OpenAI's. */
  baseUrl?: string | undefined;
  apiKey?: Secret | undefined;
  model: string;
  timeoutMs?: number;
  habits?: Habits;
  fetch?: typeof fetch;
};

export const openAiUrl = 'https://api.openai.com/v1';

const serviceOf = (baseUrl: string): string => {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
  return host === 'api.openai.com' ? 'OpenAI' : host;
};

const limitOf = ({ maxTokens }: CompletionRequest, habits: Readonly<ModelHabits>): number =>
  Math.min(maxTokens, habits.maxTokens ?? maxTokens);

const bodyOf = (model: string, habits: Readonly<ModelHabits>, request: CompletionRequest) => ({
  model,
  messages: request.messages(habits.form),
  [habits.limit]: limitOf(request, habits),
  ...(habits.temperature ? { temperature: 0 } : {}),
  ...(habits.form === 'schema'
    ? { response_format: { type: 'json_schema' as const, json_schema: request.schema ?? answerSchema('scores') } }
    : {}),
});

/** Without this limit, a server could refuse one change after another forever. */
const maxChanges = 8;

/** How long a failed attempt without a schema counts. The server may have been down at that time. */
const trialMs = 600_000;

/**
 * The client changes what a server rejects (a schema, the name of a parameter, a temperature, a limit) and remembers
 * it. If a server fails without a reason before any answer with a schema, the client sends one request without the
 * schema. The `openai` package takes 30 MB, so it is loaded at the first call.
 */
export const createOpenAiClient = (options: OpenAiClientOptions): ChatClient => {
  const { model, baseUrl = openAiUrl, timeoutMs = 120_000, habits = createHabits() } = options;
  const service = serviceOf(baseUrl);
  let hasSchemaSucceeded = false;
  let triedAt = Number.NEGATIVE_INFINITY;

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
      timeout: timeoutMs,
      fetch: withReadableAnswers(options.fetch ?? fetch),
    });
    return { sdk, APIError, APIConnectionTimeoutError };
  };
  let connected: ReturnType<typeof connect> | undefined;

  const call = async (request: CompletionRequest, used: Readonly<ModelHabits>): Promise<ChatCompletion> => {
    connected ??= connect();
    const { sdk, APIError, APIConnectionTimeoutError } = await connected;
    request.signal.throwIfAborted();
    let answer: unknown;
    try {
      answer = await sdk.chat.completions.create(bodyOf(model, used, request), { signal: request.signal });
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof APIConnectionTimeoutError) throw timeoutFailure(error, service, timeoutMs);
      if (!(error instanceof APIError) || error.status === undefined) throw connectionFailure(error, service, baseUrl);
      throw statusFailure(error, service, Date.now());
    }
    const read = readAnswer(answer);
    if (read.kind === 'completion') return { ...read.completion, form: used.form, limit: limitOf(request, used) };
    if (read.kind === 'unreadable') throw unreadableFailure(service, read.reason, read.cause);
    const error = APIError.generate(read.status, { error: { message: read.text } }, undefined, new Headers());
    throw statusFailure(error, service, Date.now());
  };

  const attempt = async (request: CompletionRequest, changes: number, form?: AnswerForm): Promise<ChatCompletion> => {
    const isText = request.schema === null;
    const used = { ...habits.current(), ...(isText && { form: 'lines' as const }), ...(form && { form }) };
    try {
      const completion = await call(request, used);
      // An answer in plain text says nothing about schemas.
      if (used.form === 'schema') hasSchemaSucceeded = true;
      else if (!isText) habits.change({ form: 'lines' });
      return completion;
    } catch (error) {
      const { APIError } = await import('openai');
      if (!(error instanceof CallError) || !(error.cause instanceof APIError) || changes === maxChanges) throw error;
      const refusal = refusalOf(error.cause);
      const change = concessionFor(refusal, used, { ...request, maxTokens: limitOf(request, used) });
      if (change) {
        habits.change(change);
        return attempt(request, changes + 1, form);
      }
      const isUntried = used.form === 'schema' && !hasSchemaSucceeded && Date.now() - triedAt > trialMs;
      if (!isUntried || !mayBeAboutSchema(refusal)) throw error;
      triedAt = Date.now();
      return attempt(request, changes + 1, 'lines').catch((other: unknown) => {
        // Running out of time means that the server took the request; another failure leaves the question open.
        if (other instanceof CallError && other.problem === 'timeout') habits.change({ form: 'lines' });
        else if (other instanceof CallError && other.status !== error.status) triedAt = Number.NEGATIVE_INFINITY;
        throw other;
      });
    }
  };

  return {
    model,
    service,
    timeoutMs,
    habits,
    complete: async (request) => {
      await habits.load();
      const completion = await attempt(request, 0);
      await habits.save();
      return completion;
    },
  };
};
