import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { TokenCount } from '../../../src/core/score.ts';
import type { ModelAnswer } from './answers.ts';
import { createLimiter, type Limits } from './limits.ts';
import { createPrefixCache } from './prefix-cache.ts';
import { type ChatRequest, chatRequestSchema, countTokens, promptTokens } from './tokens.ts';

/** An answered call. Times are milliseconds of `performance.now()`. */
export type ModelCall = { tokens: TokenCount; kind: ModelAnswer['kind']; startedAt: number; endedAt: number };

export type ModelServerOptions = {
  answer(request: ChatRequest): ModelAnswer;
  /** Milliseconds per token of an answer. */
  tokenMs?: number | undefined;
  limits?: Limits | undefined;
};

export type ModelServer = {
  /** Base URL, `/v1` included. */
  url: string;
  /**
   * Returns the calls since the last time and empties the cache of prompts, as after a night.
   * @throws the first error if a request could not be answered.
   */
  take(): { calls: ModelCall[]; refused: number; maxOpen: number };
  /** Changes the speed and the limits for the next calls. */
  set(options: Pick<ModelServerOptions, 'tokenMs' | 'limits'>): void;
  close(): Promise<void>;
};

/** Models read tokens faster than they write them. */
const readingShare = 1 / 240;

/** Keeps calls that are made together from finding each other's prompts in the cache. */
const minLatencyMs = 40;

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

/**
 * An OpenAI-compatible chat server on loopback that counts the tokens of what is really sent and answered. A prompt's
 * prefix counts as cached once a call with it has been answered.
 */
export const startModelServer = async (options: ModelServerOptions): Promise<ModelServer> => {
  const cache = createPrefixCache();
  const now = (): number => performance.now();
  const limiterOf = (limits: Limits | undefined) => limits && createLimiter(limits, now);
  let { tokenMs = 0 } = options;
  let limiter = limiterOf(options.limits);
  let calls: ModelCall[] = [];
  let refused = 0;
  let open = 0;
  let maxOpen = 0;
  let failure: unknown;

  const chat = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { data: request } = chatRequestSchema.safeParse(JSON.parse(await text(incoming)));
    // As `doctor` sends, to check a server at no cost.
    if (!request) return send(response, 400, { error: { message: 'This is not a chat request' } });
    const startedAt = now();
    const prompt = promptTokens(request);
    const { text: content, kind } = options.answer(request);
    const completion = countTokens(content);
    const admittedBy = limiter;
    const { isAdmitted = true, headers = {} } = admittedBy?.admit(prompt.length + completion) ?? {};
    if (!isAdmitted) {
      refused += 1;
      const error = { message: 'Rate limit reached', type: 'tokens', code: 'rate_limit_exceeded' };
      return send(response, 429, { error }, headers);
    }
    open += 1;
    maxOpen = Math.max(maxOpen, open);
    const tokens = { prompt: prompt.length, cached: cache.cached(request.model, prompt), completion };
    const latencyMs = Math.max(minLatencyMs, tokenMs * (completion + prompt.length * readingShare));
    await delay(Math.max(0, latencyMs - (now() - startedAt)));
    cache.add(request.model, prompt);
    open -= 1;
    admittedBy?.ended();
    calls.push({ tokens, kind, startedAt, endedAt: now() });
    send(
      response,
      200,
      {
        ...{ id: `chatcmpl-${calls.length}`, object: 'chat.completion', created: 0, model: request.model },
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: tokens.prompt,
          completion_tokens: completion,
          total_tokens: tokens.prompt + completion,
          prompt_tokens_details: { cached_tokens: tokens.cached },
        },
      },
      headers,
    );
  };

  const server = createServer((incoming, response) => {
    if (incoming.method !== 'POST' || incoming.url !== '/v1/chat/completions')
      return send(response, 404, { error: { message: 'Not found' } });
    chat(incoming, response).catch((error: unknown) => {
      failure ??= error;
      send(response, 400, { error: { message: String(error) } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    take() {
      if (failure) throw failure;
      const taken = { calls, refused, maxOpen };
      calls = [];
      refused = 0;
      maxOpen = 0;
      cache.clear();
      return taken;
    },
    set({ tokenMs: ms = 0, limits }) {
      tokenMs = ms;
      limiter = limiterOf(limits);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
