import type { CallLimiter, CallPermit, CallPriority, RateLimits } from '../../core/call-limiter.ts';
import { createClock } from '../../core/clock.ts';
import type { ModelHabits } from '../../core/score.ts';
import { CallError, denialFailure, refusalOf, refusingFailure, unreadableFailure } from './call-error.ts';
import { createConnection, type ServerOptions } from './connection.ts';
import { concessionFor, mayBeAboutSchema } from './dialect.ts';
import { createHabits, type Habits } from './habits.ts';
import { createCallLimiter } from './limiter.ts';
import type { AnswerForm } from './prompt.ts';
import { readRateLimits } from './rate-limits.ts';
import { bodyOf, limitOf, type RequestContent, schemaOf } from './request-body.ts';
import { type ChatCompletion, readAnswer } from './response.ts';
import { type CallSize, createTokenEstimate } from './token-estimate.ts';

export const retryDelays = { minDelayMs: 1_250, maxDelayMs: 10_000 };

export type CompletionRequest = RequestContent & {
  /** Minimum tokens of an answer without thinking. */
  minTokens: number;
  /** In milliseconds. Default: the client's. */
  timeoutMs?: number | undefined;
  signal: AbortSignal;
  /** For the order in which calls are made. */
  channel: string;
  priority: CallPriority;
};

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

export type OpenAiClientOptions = ServerOptions & {
  model: string;
  habits?: Habits;
  /** Shared by all clients with the same key. */
  limiter?: CallLimiter;
};

const sizeOf = (request: CompletionRequest, { form }: Readonly<ModelHabits>): CallSize => {
  const schema = form === 'schema' ? JSON.stringify(schemaOf(request)).length : 0;
  const bytes = request.messages(form).reduce((sum, { content }) => sum + Buffer.byteLength(content), schema);
  return { bytes, minTokens: request.minTokens };
};

/** Too many requests, or no room for this one at the moment. Some servers send 529 for the latter. */
const overloaded = [429, 503, 529];

/** @returns what to throw; undefined if the call should be made again */
const reportFailure = (error: unknown, permit: CallPermit, service: string): unknown => {
  if (!(error instanceof CallError)) return error;
  const { status, retryAfterMs, problem, retryable, cause } = error;
  const { headers } = cause instanceof Error && 'headers' in cause ? cause : {};
  const limits = readRateLimits(headers instanceof Headers ? headers : undefined, Date.now());
  if (problem === 'timeout') permit.ranOutOfTime();
  else if (status !== undefined && overloaded.includes(status) && retryable && problem !== 'length') {
    if (permit.refused({ status, retryAfterMs, limits })) return undefined;
    return status === 429 ? refusingFailure(error, service) : error;
  } else if (status !== undefined) permit.failed(limits);
  return error;
};

/** Without this limit, a server could refuse one change after another forever. */
const maxChanges = 8;

/** How long a failed attempt without a schema counts. The server may have been down at that time. */
const trialMs = 600_000;

/**
 * The client changes what a server rejects (a schema, the name of a parameter, a temperature, a limit) and remembers
 * it. If a server fails without a reason before any answer with a schema, the client sends one request without the
 * schema.
 */
export const createOpenAiClient = (options: OpenAiClientOptions): ChatClient => {
  const { model, habits = createHabits() } = options;
  const connection = createConnection(options);
  const { service, timeoutMs } = connection;
  const limiter = options.limiter ?? createCallLimiter({ timeoutMs, clock: createClock() });
  const estimate = createTokenEstimate();
  let hasSchemaSucceeded = false;
  let triedAt = Number.NEGATIVE_INFINITY;

  type Answer = { completion: Omit<ChatCompletion, 'elapsedMs'>; limits: RateLimits };

  const send = async (request: CompletionRequest, used: Readonly<ModelHabits>): Promise<Answer> => {
    const { data, response } = await connection.request(
      (sdk, how) => sdk.chat.completions.create(bodyOf(connection.baseUrl, model, used, request), how).withResponse(),
      request,
    );
    const read = readAnswer(data);
    if (read.kind === 'completion') {
      const limits = readRateLimits(response.headers, Date.now());
      return { completion: { ...read.completion, form: used.form, limit: limitOf(request, used) }, limits };
    }
    if (read.kind === 'unreadable') throw unreadableFailure(service, read.reason, read.cause);
    throw await connection.failureIn(read.status, read.text, response.headers);
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
        const failure = reportFailure(error, permit, service);
        if (failure !== undefined) throw failure;
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
