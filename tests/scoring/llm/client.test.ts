import { describe, expect, test } from 'vitest';
import { ExternalError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import {
  createOpenAiClient,
  mayBeCharged,
  type OpenAiClientOptions,
  retryAfterOf,
} from '../../../src/scoring/llm/client.ts';
import { promptMessages } from '../../../src/scoring/llm/prompt.ts';
import type { FakeOpenAi, FakeOpenAiOptions } from '../../fakes/openai.ts';
import { papersOf, rubric, startServer } from './setup.ts';

const start = async (options: FakeOpenAiOptions = {}, clientOptions: Partial<OpenAiClientOptions> = {}) => {
  const server = await startServer(options);
  const client = createOpenAiClient({ baseUrl: server.url, model: 'gears-1', ...clientOptions });
  const ask = (signal = new AbortController().signal) =>
    client.complete({ messages: (form) => promptMessages(rubric, papersOf(2), form), maxTokens: 720, signal });
  return { server, client, ask };
};

const failureOf = async (call: Promise<unknown>): Promise<ExternalError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ExternalError)) throw new Error(`no ExternalError but ${error}`);
  return error;
};

describe('a call', () => {
  test('asks for JSON of the schema, bounded, at temperature 0, with the key', async () => {
    const { server, ask } = await start({}, { apiKey: new Secret('sk-test') });
    await ask();
    expect(server.requests[0]).toMatchObject({
      model: 'gears-1',
      temperature: 0,
      max_completion_tokens: 720,
      response_format: { type: 'json_schema', json_schema: { strict: true, schema: { required: ['papers'] } } },
      authorization: 'Bearer sk-test',
    });
    expect(server.requests[0]).not.toHaveProperty('max_tokens');
  });

  test('returns the text and the tokens, with cached tokens apart', async () => {
    const { ask } = await start();
    await ask();
    const completion = await ask();
    expect(JSON.parse(completion.text).papers).toHaveLength(2);
    expect(completion.cutOff).toBe(false);
    expect(completion.tokens?.cached).toBeGreaterThan(0);
    expect(completion.tokens?.prompt).toBeGreaterThan(completion.tokens?.cached ?? 0);
  });

  test('has no token counts if the server does not count them', async () => {
    const { ask } = await start({ fault: () => ({ kind: 'noUsage' }) });
    expect((await ask()).tokens).toBeUndefined();
  });

  test('reports that the model reached its limit', async () => {
    const { ask } = await start({ fault: () => ({ kind: 'thinking' }) });
    expect(await ask()).toMatchObject({ text: '', cutOff: true, tokens: { completion: 720 } });
  });

  test('is made once if it fails', async () => {
    const { server, ask } = await start({ fault: () => ({ kind: 'status', status: 500 }) });
    await failureOf(ask());
    expect(server.requests).toHaveLength(1);
  });
});

describe('a parameter that the server refuses', () => {
  const refusing = (
    parameter: keyof FakeOpenAi['requests'][number],
    status: number,
    message: string,
  ): FakeOpenAiOptions => ({
    fault: (_, request) => (request[parameter] === undefined ? undefined : { kind: 'status', status, message }),
  });

  test.each([
    [400, 'response_format is not supported'],
    [422, "Extra inputs are not permitted: 'response_format'"],
    [400, 'Invalid parameter: json_schema'],
  ])('is left out from then on: a schema, with JSON lines instead (%i, %s)', async (status, message) => {
    const { server, ask } = await start(refusing('response_format', status, message));
    const { text } = await ask();
    expect(text.split('\n').map((line) => JSON.parse(line).ARXIVID)).toEqual(['2401.00001', '2401.00002']);
    await ask();
    expect(server.requests.map((request) => request.response_format !== undefined)).toEqual([true, false, false]);
    expect(server.requests[1]?.messages[1]?.content).toContain('JSONL');
    expect(server.requests[0]?.messages[0]).toEqual(server.requests[1]?.messages[0]);
  });

  test('is left out from then on: the newer name of the limit', async () => {
    const { server, ask } = await start(
      refusing('max_completion_tokens', 400, 'Unrecognized request argument supplied: max_completion_tokens'),
    );
    await ask();
    expect(server.requests[1]).toMatchObject({ max_tokens: 720 });
    expect(server.requests[1]).not.toHaveProperty('max_completion_tokens');
  });

  test('is left out from then on: a temperature', async () => {
    const message = "Unsupported value: 'temperature' does not support 0 with this model.";
    const { server, ask } = await start(refusing('temperature', 400, message));
    await ask();
    await ask();
    expect(server.requests.map(({ temperature }) => temperature)).toEqual([0, undefined, undefined]);
  });

  test('is left out from then on: each in turn, for parallel calls too', async () => {
    const { server, ask } = await start({
      latencyMs: 5,
      fault: (_, request) => {
        if (request.temperature !== undefined) return { kind: 'status', status: 400, param: 'temperature' };
        if (request.response_format) return { kind: 'status', status: 400, param: 'response_format' };
        if (request.max_completion_tokens) return { kind: 'status', status: 400, param: 'max_completion_tokens' };
        return undefined;
      },
    });
    const completions = await Promise.all([ask(), ask(), ask()]);
    expect(completions.every(({ text }) => text.includes('2401.00002'))).toBe(true);
    // Each call is refused at most once per parameter. Later calls skip the parameters that others tried.
    expect(server.requests.length).toBeLessThanOrEqual(12);
    expect((await ask()).text).toContain('2401.00002');
    expect(server.requests.at(-1)).not.toHaveProperty('max_completion_tokens');
  });

  test('is kept if the refusal has another reason', async () => {
    const { server, ask } = await start({
      fault: () => ({ kind: 'status', status: 400, message: 'max_completion_tokens is too large: 99' }),
    });
    expect(await failureOf(ask())).toMatchObject({ status: 400, retryable: false });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a failure', () => {
  test.each([
    [401, undefined, false, /rejected the key/],
    [403, undefined, false, /refused access/],
    [404, undefined, false, /has no model "gears-1"/],
    [400, undefined, false, /refused the request/],
    [429, 'insufficient_quota', false, /no quota left/],
    [429, 'rate_limit_exceeded', true, /fewer requests/],
    [408, undefined, true, /408/],
    [500, undefined, true, /failed \(500\)/],
    [503, undefined, true, /failed \(503\)/],
  ])('of status %i %s may be retried: %s', async (status, code, retryable, message) => {
    const { client, ask } = await start({
      fault: () => ({ kind: 'status', status, message: 'Bad key sk-secret', ...(code ? { code } : {}) }),
    });
    const error = await failureOf(ask());
    expect(error).toMatchObject({ service: client.service, status, retryable });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ /);
    expect(error.message).not.toContain('sk-secret');
  });

  test('has the pause that the server requested', async () => {
    const { ask } = await start({
      fault: (call) => ({
        kind: 'status',
        status: 429,
        headers: { 'retry-after': '7', ...(call === 0 ? { 'retry-after-ms': '250' } : undefined) },
      }),
    });
    expect((await failureOf(ask())).retryAfterMs).toBe(250);
    expect((await failureOf(ask())).retryAfterMs).toBe(7000);
  });

  test.each([false, true])('ends a call that takes too long (head sent: %s)', async (head) => {
    const { ask } = await start({ fault: () => ({ kind: 'hang', head }) }, { timeoutMs: 100 });
    const error = await failureOf(ask());
    expect(error.message).toMatch(/did not answer within 0\.1 seconds/);
    expect(error.retryable).toBe(true);
  });

  test.each([
    [{ kind: 'reset' } as const, /closed the connection/],
    [{ kind: 'notJson' } as const, /not JSON/],
  ])('without a readable answer describes it: %j', async (fault, message) => {
    const { ask } = await start({ fault: () => fault });
    const error = await failureOf(ask());
    expect(error.message).toMatch(message);
    expect(error.retryable).toBe(true);
  });

  test('names an answer that is not a completion', async () => {
    const { ask } = await start({}, { fetch: async () => Response.json({ choices: [] }) });
    expect((await failureOf(ask())).message).toMatch(/not a chat completion/);
  });

  test('is the reason of the signal after an abort', async () => {
    const { ask } = await start({ fault: () => ({ kind: 'hang' }) });
    const aborter = new AbortController();
    const call = ask(aborter.signal);
    aborter.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });
});

describe('the charge for a failed call', () => {
  test.each([
    ['is impossible if the call was refused', { kind: 'status', status: 429 } as const, false],
    ['is impossible on a server error', { kind: 'status', status: 500 } as const, false],
    ['is possible if a gateway timed out', { kind: 'status', status: 504 } as const, true],
    ['is possible if the call was never answered', { kind: 'hang' } as const, true],
    ['is possible if the connection broke', { kind: 'reset' } as const, true],
    ['is possible if the answer was unreadable', { kind: 'notJson' } as const, true],
  ])('%s', async (_, fault, charged) => {
    const { ask } = await start({ fault: () => fault }, { timeoutMs: 100 });
    expect(mayBeCharged(await failureOf(ask()))).toBe(charged);
  });

  test('is impossible if the server is not running', async () => {
    const { server, ask } = await start();
    await server.close();
    const error = await failureOf(ask());
    expect(error.message).toMatch(/could not be reached \(ECONNREFUSED\)/);
    expect(mayBeCharged(error)).toBe(false);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2024-01-08T12:00:00Z');
  test.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': 'Mon, 08 Jan 2024 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 08 Jan 2024 11:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '12.5', 'retry-after': '3' }, 12.5],
    [{ 'retry-after-ms': '-1', 'retry-after': '3' }, 3000],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%j is read as %s milliseconds', (headers, expected) => {
    expect(retryAfterOf(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });
});
