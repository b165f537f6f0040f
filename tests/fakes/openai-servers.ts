import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The parts of a request that these servers read. */
type Request = {
  model: string;
  messages: { role: string; content: string }[];
  response_format?: { type: string };
  temperature?: number;
  max_tokens?: number;
  max_completion_tokens?: number;
};

type Answer = { status: number; body: unknown; headers?: Record<string, string>; prefix?: string };
type Message = Record<string, unknown>;

/** How a server differs from the others, by its documentation and its users' reports. */
type Traits = {
  /** What it refuses, or answers instead of the model, by the number of earlier calls. */
  refuses?(request: Request, call: number, isThinking: boolean): Answer | undefined;
  /** Where it puts the model's thoughts. */
  thinks(thought: string, answer: string, request: Request): Message;
  /** Tokens of prompt and answer together; the answer is cut off there. */
  context?: number;
  more?: Record<string, unknown>;
  headers?: Record<string, string>;
  prefix?: string;
  usage?(prompt: number): Record<string, unknown>;
};

const limitOf = (request: Request): number => request.max_completion_tokens ?? request.max_tokens ?? 1_000_000;
const openAiError = (status: number, message: string, param: string | null, code: string | null): Answer => ({
  status,
  body: { error: { message, type: 'invalid_request_error', param, code } },
});

const noTemperature = (request: Request, isThinking: boolean): Answer | undefined =>
  isThinking && request.temperature !== undefined
    ? openAiError(
        400,
        "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
        'temperature',
        'unsupported_value',
      )
    : undefined;

export const compatibleServers = {
  OpenAI: {
    refuses: (request, _, isThinking) => noTemperature(request, isThinking),
    thinks: (_, answer) => ({ content: answer, refusal: null, annotations: [] }),
  },
  Azure: {
    refuses: (request, _, isThinking) =>
      !isThinking && request.max_completion_tokens !== undefined
        ? {
            status: 400,
            body: {
              requestid: '1b7cfa98',
              code: 400,
              message: 'Validation error at #/max_completion_tokens: Extra inputs are not permitted',
            },
          }
        : noTemperature(request, isThinking),
    thinks: (_, answer) => ({ content: answer }),
    more: { prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
  },
  Ollama: {
    thinks: (thought, answer) => ({ content: answer, reasoning: thought }),
    context: 4096,
    more: { system_fingerprint: 'fp_ollama' },
  },
  vLLM: {
    refuses: (request) => {
      const prompt = promptTokens(request);
      const room = 12_288 - prompt;
      const message = `'max_tokens' or 'max_completion_tokens' is too large: ${limitOf(request)}. This model's maximum context length is 12288 tokens and your request has ${prompt} input tokens (${limitOf(request)} > 12288 - ${prompt}).`;
      return limitOf(request) > room
        ? { status: 400, body: { object: 'error', message, type: 'BadRequestError', param: null, code: 400 } }
        : undefined;
    },
    // Without a reasoning parser, the chat template has already opened the block.
    thinks: (thought, answer) => ({ content: `${thought}\n</think>\n\n${answer}` }),
    more: { kv_transfer_params: null },
  },
  'llama.cpp': {
    refuses: (request) => {
      const prompt = promptTokens(request);
      const message = `request (${prompt} tokens) exceeds the available context size (1536 tokens), try increasing it`;
      return prompt > 1536
        ? {
            status: 400,
            body: {
              error: { code: 400, message, type: 'exceed_context_size_error', n_prompt_tokens: prompt, n_ctx: 1536 },
            },
          }
        : undefined;
    },
    thinks: (thought, answer) => ({ content: answer, reasoning_content: thought }),
    headers: { 'content-type': 'application/json; charset=utf-8' },
    more: { timings: { prompt_n: 1, predicted_n: 1 } },
  },
  'LM Studio': {
    refuses: (_, call) => (call === 0 ? { status: 503, body: { error: 'Model is loading' } } : undefined),
    // Under a schema the answer is taken for the thoughts.
    thinks: (thought, answer, request) =>
      request.response_format
        ? { content: '', reasoning_content: answer }
        : { content: answer, reasoning_content: thought },
  },
  DeepSeek: {
    refuses: (request) => {
      if (request.response_format?.type === 'json_schema')
        return openAiError(400, 'This response_format type is unavailable now', null, 'invalid_request_error');
      return limitOf(request) > 8192
        ? openAiError(400, 'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', null, null)
        : undefined;
    },
    thinks: (thought, answer) => ({ content: answer, reasoning_content: thought }),
    // Empty lines keep the connection open.
    prefix: '\n\n\n',
    usage: (prompt) => ({ prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: prompt - 64 }),
  },
  OpenRouter: {
    refuses: (request, call) => {
      if (request.response_format)
        return {
          status: 404,
          body: { error: { message: 'No endpoints found that can handle the requested parameters.', code: 404 } },
        };
      return call === 1
        ? { status: 200, body: { error: { message: 'Provider returned error', code: 502, metadata: { raw: 'x' } } } }
        : undefined;
    },
    thinks: (thought, answer) => ({
      content: answer,
      reasoning: thought,
      reasoning_details: [{ type: 'reasoning.text', text: thought }],
    }),
    more: { provider: 'Somebody' },
  },
  Groq: {
    refuses: (request, call) => {
      if (request.response_format)
        return openAiError(
          400,
          'This model does not support response format `json_schema`. See supported models in the docs.',
          'response_format',
          null,
        );
      return call === 1
        ? {
            status: 429,
            body: { error: { message: 'Rate limit reached. Please try again in 20ms.', code: 'rate_limit_exceeded' } },
            headers: { 'retry-after': '1' },
          }
        : undefined;
    },
    thinks: (thought, answer) => ({ content: `<think>\n${thought}\n</think>\n\n${answer}` }),
    more: { x_groq: { id: 'req_1' }, usage_breakdown: null },
  },
  Gemini: {
    refuses: (request) => {
      const value = limitOf(request);
      const message = `Unable to submit request because it has a maxOutputTokens value of ${value} but the supported range is from 1 (inclusive) to 8193 (exclusive).`;
      if (request.response_format)
        return {
          status: 400,
          body: [
            { error: { code: 400, message: 'Request contains an invalid argument.', status: 'INVALID_ARGUMENT' } },
          ],
        };
      return value > 8192
        ? { status: 400, body: [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }] }
        : undefined;
    },
    thinks: (thought, answer) => ({ content: `<thought>${thought}</thought>${answer}` }),
    headers: { 'content-type': 'application/json; charset=UTF-8' },
  },
} satisfies Record<string, Traits>;

export type CompatibleServer = keyof typeof compatibleServers;

/** About four characters per token. */
const tokensOf = (text: string): number => Math.ceil(text.length / 4);
const promptTokens = ({ messages }: Request): number => tokensOf(messages.map(({ content }) => content).join(''));

/** Drafts of wrong scores, as thinking models write them, and a stray brace. */
const thoughtOn = (ids: readonly string[]): string =>
  `Let me see { first.\n${ids.map((id) => `Maybe {"id":"${id}","comment":"draft","relevance":1,"novelty":1}`).join('\n')}\n${'So. '.repeat(2_500)}`;

/** Imitates an OpenAI-compatible server on loopback. Its model scores 8 and 7. */
export const startCompatibleServer = async (
  name: CompatibleServer,
  { isThinking = false }: { isThinking?: boolean } = {},
): Promise<{ url: string; batches: number[]; close(): Promise<void> }> => {
  const traits: Traits = compatibleServers[name];
  const batches: number[] = [];

  const answer = (request: Request, call: number): Answer => {
    const text = request.messages.map(({ content }) => content).join('\n');
    const ids = [...text.matchAll(/^=== (\d\S+)/gm)].map((match) => match[1] ?? '');
    batches.push(ids.length);
    const refusal = traits.refuses?.(request, call, isThinking);
    if (refusal) return refusal;
    const papers = ids.map((id) => ({ id, comment: `On ${id}.`, relevance: 8, novelty: 7 }));
    const said = request.response_format
      ? JSON.stringify({ papers })
      : papers.map((paper) => JSON.stringify(paper)).join('\n');
    const thought = isThinking ? thoughtOn(ids) : '';
    const prompt = promptTokens(request);
    const room = Math.min(limitOf(request), (traits.context ?? Number.POSITIVE_INFINITY) - prompt);
    const wanted = tokensOf(thought) + tokensOf(said);
    const isCut = wanted > room;
    const kept = isCut ? Math.max(0, room - tokensOf(thought)) * 4 : said.length;
    const message = isThinking
      ? traits.thinks(isCut ? thought.slice(0, room * 4) : thought, said.slice(0, kept), request)
      : { content: said.slice(0, kept) };
    const usage = { prompt_tokens: prompt, completion_tokens: Math.min(wanted, room), ...traits.usage?.(prompt) };
    const choice = { index: 0, message: { role: 'assistant', ...message }, finish_reason: isCut ? 'length' : 'stop' };
    const body = { id: `chatcmpl-${call}`, object: 'chat.completion', model: request.model, choices: [choice], usage };
    return {
      status: 200,
      body: { ...body, ...traits.more },
      headers: traits.headers ?? {},
      prefix: traits.prefix ?? '',
    };
  };

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const found = answer(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Request, batches.length);
      response.writeHead(found.status, { 'content-type': 'application/json', ...found.headers });
      response.end(`${found.prefix ?? ''}${JSON.stringify(found.body)}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    batches,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
