import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenCount } from '../../src/core/score.ts';
import { createFakeBatches, type FakeBatches, type FakeBatchPlans } from './openai-batches.ts';

/** The fake model's scores for a paper; undefined if it leaves the paper out. */
export type FakeVerdict = { relevance: unknown; novelty: unknown; comment: unknown } | undefined;

export type Fault =
  | {
      kind: 'status';
      status: number;
      code?: string;
      param?: string;
      message?: string;
      headers?: Record<string, string>;
    }
  /** Cuts the answer after this share of its text. */
  | { kind: 'truncated'; share: number }
  | { kind: 'text'; content: string }
  /** Leaves out the last paper. */
  | { kind: 'missing' }
  /** Replaces the first paper's id by one that is not in the batch. */
  | { kind: 'hallucinate' }
  /** Never answers; `head` sends the response's head first. */
  | { kind: 'hang'; head?: boolean }
  | { kind: 'reset' }
  | { kind: 'notJson' }
  /** Spends all tokens on thinking. */
  | { kind: 'thinking'; content?: string }
  | { kind: 'noUsage' };

/** The parts of a request that tests read. */
export type FakeRequest = {
  model: string;
  messages: { role: string; content: string }[];
  response_format?: {
    type: string;
    json_schema?: { schema: { properties?: { papers?: { items: { required: string[] } } } } };
  };
  temperature?: number;
  max_tokens?: number;
  max_completion_tokens?: number;
  ids: string[];
  authorization: string | undefined;
};

export type FakeBatchOptions = FakeBatchPlans & {
  /** The fault of a request in a batch, counted from 0 over all batches. */
  fault?(call: number, request: FakeRequest): Fault | undefined;
};

export type FakeOpenAiOptions = {
  verdict?(id: string): FakeVerdict;
  /** The summary of a paper; undefined if it leaves the paper out. */
  summary?(id: string): unknown;
  /** The fault of a call, counted from 0. */
  fault?(call: number, request: FakeRequest): Fault | undefined;
  /** Refuses `response_format`, like older servers. */
  refusesSchema?: boolean;
  latencyMs?: number;
  /** Added to the latency for each token of the answer. */
  msPerToken?: number;
  /** Calls at a time; further ones are refused with 429. */
  slots?: number;
  /**
   * Refuses calls once the last minute's calls have used so many tokens, and says so in headers.
   * @param now milliseconds
   */
  tokenLimit?: { perMinute: number; now: () => number };
  /** Holds the answer to a call, counted from 0. */
  hold?(call: number): Promise<unknown>;
  /** Reported token counts; by default estimated from the text. */
  tokens?(request: FakeRequest): TokenCount;
  /** Has the Batch API. Without it, its addresses are not found. */
  batches?: FakeBatchOptions;
};

export type FakeOpenAi = {
  /** Base URL, `/v1` included. */
  url: string;
  requests: FakeRequest[];
  /** The requests in batches that were answered, and what was asked of the Batch API. */
  batched: FakeRequest[];
  batches: FakeBatches;
  /** The highest number of calls open at once. */
  maxConcurrent(): number;
  /** Number of calls refused for lack of slots or tokens. */
  refused(): number;
  close(): Promise<void>;
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

type RequestBody = Omit<FakeRequest, 'ids' | 'authorization'>;

const textOf = ({ messages }: Pick<FakeRequest, 'messages'>): string =>
  messages.map(({ content }) => content).join('\n');

/** About four characters per token. */
const tokens = (text: string): number => Math.ceil(text.length / 4);

export const isAboutSummaries = ({ messages }: Pick<FakeRequest, 'messages'>): boolean =>
  messages.at(-1)?.content.includes('Summarize each paper above.') ?? false;

const summaryFields = (summary: unknown) => (summary === undefined ? undefined : { summary });

const answerOf = (
  request: FakeRequest,
  { verdict, summary }: Required<Pick<FakeOpenAiOptions, 'verdict' | 'summary'>>,
  fault: Fault | undefined,
): string => {
  if (fault?.kind === 'text') return fault.content;
  if (fault?.kind === 'thinking') return fault.content ?? '';
  const ids = fault?.kind === 'missing' ? request.ids.slice(0, -1) : request.ids;
  const papers = ids.flatMap((id, index) => {
    const given = isAboutSummaries(request) ? summaryFields(summary(id)) : verdict(id);
    return given ? [{ id: fault?.kind === 'hallucinate' && index === 0 ? 'x-0' : id, ...given }] : [];
  });
  // As strict mode does, with no field besides those of the schema.
  const fields = request.response_format?.json_schema?.schema.properties?.papers?.items.required;
  const wanted = papers.map((paper) =>
    Object.fromEntries(Object.entries(paper).filter(([name]) => fields?.includes(name) ?? true)),
  );
  const whole = request.response_format
    ? JSON.stringify({ papers: wanted })
    : papers
        .map(({ id, ...fields }) =>
          JSON.stringify({
            ARXIVID: id,
            ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toUpperCase(), value])),
          }),
        )
        .join('\n');
  return fault?.kind === 'truncated' ? whole.slice(0, Math.floor(whole.length * fault.share)) : whole;
};

/** Counts the tokens of the last minute. */
const createTokenLimit = (limit: FakeOpenAiOptions['tokenLimit']) => {
  let spent: { at: number; count: number }[] = [];
  const left = (): number => {
    if (!limit) return Number.POSITIVE_INFINITY;
    spent = spent.filter(({ at }) => at > limit.now() - 60_000);
    return Math.max(0, limit.perMinute - spent.reduce((sum, { count }) => sum + count, 0));
  };
  return {
    left,
    spend: (count: number): void => void (limit && spent.push({ at: limit.now(), count })),
    headers: (): Record<string, string> => {
      const remaining = String(left());
      if (!limit) return {};
      const resetMs = spent[0] ? spent[0].at + 60_000 - limit.now() : 0;
      return {
        'x-ratelimit-limit-tokens': String(limit.perMinute),
        'x-ratelimit-remaining-tokens': remaining,
        'x-ratelimit-reset-tokens': `${Math.round(resetMs)}ms`,
      };
    },
  };
};

/** An OpenAI-compatible chat server on loopback with scripted scores and faults. */
export const startFakeOpenAi = async (options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> => {
  const verdict = options.verdict ?? ((id: string) => ({ relevance: 5, novelty: 5, comment: `Comment on ${id}.` }));
  const summary = options.summary ?? ((id: string) => `Summary of ${id}.`);
  const requests: FakeRequest[] = [];
  const tokenLimit = createTokenLimit(options.tokenLimit);
  let open = 0;
  let maxConcurrent = 0;
  let refused = 0;

  const requestOf = (body: RequestBody, authorization?: string): FakeRequest => {
    const text = textOf(body);
    const ids = [...text.matchAll(/^=== ((?:\d|sample\.)\S*)/gm)].map((match) => match[1] ?? '');
    return { ...body, ids, authorization };
  };

  const completionOf = (call: number, request: FakeRequest, fault: Fault | undefined) => {
    const content = answerOf(request, { verdict, summary }, fault);
    const bound = request.max_completion_tokens ?? request.max_tokens ?? 0;
    const thought = fault?.kind === 'thinking';
    const counted = options.tokens?.(request) ?? {
      prompt: tokens(textOf(request)),
      cached: call === 0 ? 0 : tokens(request.messages[0]?.content ?? ''),
      completion: thought ? bound : tokens(content),
    };
    const answer = {
      id: `chatcmpl-${call}`,
      object: 'chat.completion',
      created: 0,
      model: request.model,
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: thought ? 'length' : 'stop' }],
      ...(fault?.kind === 'noUsage'
        ? {}
        : {
            usage: {
              prompt_tokens: counted.prompt,
              completion_tokens: counted.completion,
              total_tokens: counted.prompt + counted.completion,
              prompt_tokens_details: { cached_tokens: counted.cached },
            },
          }),
    };
    return { answer, counted };
  };

  const chat = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = JSON.parse(String(await bodyOf(incoming))) as RequestBody;
    const request = requestOf(body, incoming.headers.authorization);
    if ((options.slots && open > options.slots) || tokenLimit.left() === 0) {
      refused += 1;
      const error = { message: 'Rate limit reached', type: 'tokens', code: 'rate_limit_exceeded', param: null };
      return send(response, 429, { error }, tokenLimit.headers());
    }
    const call = requests.push(request) - 1;
    const fault = options.fault?.(call, request);
    if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
    await options.hold?.(call);
    if (options.refusesSchema && body.response_format)
      return send(response, 400, {
        error: { message: 'response_format is not supported', type: 'invalid_request_error' },
      });
    if (fault?.kind === 'status') {
      const { status, code = null, param = null, message = 'It failed.' } = fault;
      return send(response, status, { error: { message, type: 'error', code, param } }, fault.headers);
    }
    if (fault?.kind === 'reset') return incoming.socket.destroy();
    if (fault?.kind === 'hang') {
      if (fault.head) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"id":');
      }
      return;
    }
    if (fault?.kind === 'notJson') {
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end('<html>Bad gateway</html>');
    }
    const { answer, counted } = completionOf(call, request, fault);
    tokenLimit.spend(counted.prompt + counted.completion);
    if (options.msPerToken)
      await new Promise((resolve) => setTimeout(resolve, counted.completion * (options.msPerToken ?? 0)));
    send(response, 200, answer, tokenLimit.headers());
  };

  const batched: FakeRequest[] = [];
  const batches = createFakeBatches(options.batches, (body) => {
    const request = requestOf(body as RequestBody);
    const call = batched.push(request) - 1;
    const fault = options.batches?.fault?.(call, request);
    if (fault?.kind === 'status')
      return { status: fault.status, body: { error: { message: fault.message ?? 'It failed.' } } };
    return { status: 200, body: completionOf(call, request, fault).answer };
  });

  const server = createServer((incoming, response) => {
    if (options.batches && /^\/v1\/(?:files|batches)/.test(incoming.url ?? ''))
      return void bodyOf(incoming).then((body) => batches.answer(incoming, body, response));
    if (incoming.method !== 'POST' || incoming.url !== '/v1/chat/completions')
      return send(response, 404, { error: { message: 'Not found' } });
    open += 1;
    maxConcurrent = Math.max(maxConcurrent, open);
    response.on('close', () => {
      open -= 1;
    });
    // As servers do, for a request without messages.
    chat(incoming, response).catch(() =>
      response.headersSent ? response.destroy() : send(response, 400, { error: { message: 'Bad request' } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    batched,
    batches,
    maxConcurrent: () => maxConcurrent,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
