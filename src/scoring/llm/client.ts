import { createHash } from 'node:crypto';
import type OpenAI from 'openai';
import type { CallLimiter, CallPermit, CallPriority, RateLimits } from '../../core/call-limiter.ts';
import { createClock } from '../../core/clock.ts';
import type { ModelHabits } from '../../core/score.ts';
import type { Secret } from '../../core/secret.ts';
import {
  CallError,
  connectionFailure,
  denialFailure,
  refusalOf,
  statusFailure,
  timeoutFailure,
  unreadableFailure,
} from './call-error.ts';
import { concessionFor, mayBeAboutSchema } from './dialect.ts';
import { createHabits, type Habits } from './habits.ts';
import { createCallLimiter } from './limiter.ts';
import { type AnswerForm, answerSchema, type PromptMessage } from './prompt.ts';
import { readRateLimits } from './rate-limits.ts';
import { type ChatCompletion, readAnswer, withReadableAnswers } from './response.ts';
import { type CallSize, createTokenEstimate } from './token-estimate.ts';

export const retryDelays = { minDelayMs: 1_250, maxDelayMs: 10_000 };

export type CompletionRequest = {
  messages(form: AnswerForm): PromptMessage[];
  maxTokens: number;
  /** Minimum tokens of an answer without thinking. */
  minTokens: number;
  /** In milliseconds. Default: the client's. */
  timeoutMs?: number | undefined;
  signal: AbortSignal;
  /** That of scores by default; null for an answer in plain text. */
  schema?: AnswerSchema | null;
  /** For the order in which calls are made. */
  channel: string;
  priority: CallPriority;
};

type AnswerSchema = { name: string; strict: boolean; schema: Record<string, unknown> };

export type ChatClient = {
  model: string;
  /** Name of the server as shown to people: its host, or OpenAI. */
  service: string;
  timeoutMs: number;
  habits: Habits;
  limiter: CallLimiter;
  /**
   * One call, made once the limiter permits it, and again if the server had no room for it. Repeated only if the server refused part of the request, then with that part changed. @throws CallError
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
  /** Shared by all clients with the same key. */
  limiter?: CallLimiter;
  fetch?: typeof fetch;
};

export const openAiUrl = 'https://api.openai.com/v1';

const serviceOf = (baseUrl: string): string => {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
  return host === 'api.openai.com' ? 'OpenAI' : host;
};

const limitOf = ({ maxTokens }: CompletionRequest, habits: Readonly<ModelHabits>): number =>
  Math.min(maxTokens, habits.maxTokens ?? maxTokens);

const schemaOf = ({ schema }: CompletionRequest): AnswerSchema => schema ?? answerSchema('scores');

/**
 * Calls with the same first message have the same key, so that OpenAI sends them to the same cache
 * (https://platform.openai.com/docs/guides/prompt-caching). Other servers may refuse a field that they do not have.
 */
const cacheKeyOf = ([first]: readonly PromptMessage[], baseUrl: string): { prompt_cache_key?: string } =>
  baseUrl === openAiUrl && first
    ? { prompt_cache_key: createHash('sha256').update(first.content).digest('hex').slice(0, 32) }
    : {};

const bodyOf = (baseUrl: string, model: string, habits: Readonly<ModelHabits>, request: CompletionRequest) => {
  const messages = request.messages(habits.form);
  return {
    ...{ model, messages, [habits.limit]: limitOf(request, habits), ...cacheKeyOf(messages, baseUrl) },
    ...(habits.temperature ? { temperature: 0 } : {}),
    ...(habits.form === 'schema'
      ? { response_format: { type: 'json_schema' as const, json_schema: schemaOf(request) } }
      : {}),
  };
};

const sizeOf = (request: CompletionRequest, { form }: Readonly<ModelHabits>): CallSize => {
  const schema = form === 'schema' ? JSON.stringify(schemaOf(request)).length : 0;
  const bytes = request.messages(form).reduce((sum, { content }) => sum + Buffer.byteLength(content), schema);
  return { bytes, minTokens: request.minTokens };
};

/** Too many requests, or no room for this one at the moment. Some servers send 529 for the latter. */
const overloaded = [429, 503, 529];

/** @returns true if the call should be made again */
const reportFailure = (error: unknown, permit: CallPermit): boolean => {
  if (!(error instanceof CallError)) return false;
  const { status, retryAfterMs, problem, retryable, cause } = error;
  const { headers } = cause instanceof Error && 'headers' in cause ? cause : {};
  const limits = readRateLimits(headers instanceof Headers ? headers : undefined, Date.now());
  if (problem === 'timeout') permit.ranOutOfTime();
  else if (status !== undefined && overloaded.includes(status) && retryable && problem !== 'length')
    return permit.refused({ status, retryAfterMs, limits });
  else if (status !== undefined) permit.failed(limits);
  return false;
};

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
  const limiter = options.limiter ?? createCallLimiter({ timeoutMs, clock: createClock() });
  const estimate = createTokenEstimate();
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

  type Answer = { completion: Omit<ChatCompletion, 'elapsedMs'>; limits: RateLimits };

  const send = async (request: CompletionRequest, used: Readonly<ModelHabits>): Promise<Answer> => {
    connected ??= connect();
    const { sdk, APIError, APIConnectionTimeoutError } = await connected;
    request.signal.throwIfAborted();
    const limitMs = request.timeoutMs ?? timeoutMs;
    const sent = sdk.chat.completions.create(bodyOf(baseUrl, model, used, request), {
      ...{ signal: request.signal, timeout: limitMs },
    });
    const { data, response } = await sent.withResponse().catch((error: unknown) => {
      request.signal.throwIfAborted();
      if (error instanceof APIConnectionTimeoutError) throw timeoutFailure(error, service, limitMs);
      if (!(error instanceof APIError) || error.status === undefined) throw connectionFailure(error, service, baseUrl);
      throw statusFailure(error, service, Date.now());
    });
    const read = readAnswer(data);
    if (read.kind === 'completion') {
      const limits = readRateLimits(response.headers, Date.now());
      return { completion: { ...read.completion, form: used.form, limit: limitOf(request, used) }, limits };
    }
    if (read.kind === 'unreadable') throw unreadableFailure(service, read.reason, read.cause);
    const error = APIError.generate(read.status, { error: { message: read.text } }, undefined, response.headers);
    throw statusFailure(error, service, Date.now());
  };

  const call = async (request: CompletionRequest, used: Readonly<ModelHabits>): Promise<ChatCompletion> => {
    const { channel, priority, signal } = request;
    const size = sizeOf(request, used);
    for (;;) {
      const permit = await limiter.acquire({ tokens: estimate.of(size), channel, priority, signal });
      if ('denied' in permit) throw denialFailure(permit, service, timeoutMs);
      try {
        const { completion, limits } = await send(request, used);
        permit.answered(completion.tokens, limits);
        if (completion.tokens) estimate.learn(size, completion.tokens);
        return { ...completion, elapsedMs: permit.elapsedMs() };
      } catch (error) {
        if (!reportFailure(error, permit)) throw error;
      } finally {
        permit.release();
      }
    }
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
    limiter,
    complete: async (request) => {
      await habits.load();
      limiter.resume(habits.current().concurrency);
      const completion = await attempt(request, 0);
      habits.change({ isProven: true, concurrency: limiter.learned() });
      await habits.save();
      return completion;
    },
  };
};
