import { describe, expect, test } from 'vitest';
import { createOpenAiClient } from '../../../src/scoring/llm/client.ts';
import { promptMessages } from '../../../src/scoring/llm/prompt.ts';
import type { FakeOpenAi, FakeOpenAiOptions } from '../../fakes/openai.ts';
import { digestCaller, failureOf, papersOf, rubric, startClient, startServer } from './setup.ts';

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
    const { server, ask } = await startClient(refusing('response_format', status, message));
    const { text } = await ask();
    expect(text.split('\n').map((line) => JSON.parse(line).ARXIVID)).toEqual(['2401.00001', '2401.00002']);
    await ask();
    expect(server.requests.map((request) => request.response_format !== undefined)).toEqual([true, false, false]);
    expect(server.requests[1]?.messages[1]?.content).toContain('JSONL');
    expect(server.requests[0]?.messages[0]).toEqual(server.requests[1]?.messages[0]);
  });

  test('is left out from then on: the newer name of the limit', async () => {
    const { server, ask } = await startClient(
      refusing('max_completion_tokens', 400, 'Unrecognized request argument supplied: max_completion_tokens'),
    );
    await ask();
    expect(server.requests[1]).toMatchObject({ max_tokens: 720 });
    expect(server.requests[1]).not.toHaveProperty('max_completion_tokens');
  });

  test('is left out from then on: a temperature', async () => {
    const message = "Unsupported value: 'temperature' does not support 0 with this model.";
    const { server, ask } = await startClient(refusing('temperature', 400, message));
    await ask();
    await ask();
    expect(server.requests.map(({ temperature }) => temperature)).toEqual([0, undefined, undefined]);
  });

  test('is left out from then on: each in turn, for parallel calls too', async () => {
    const { server, ask } = await startClient({
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

  test.each([
    [400, 'json_validate_failed', 'Failed to generate JSON. Please adjust your prompt.'],
    [400, undefined, "'response_format.type' must be 'json_object' or 'text'"],
    [400, undefined, 'This response_format type is unavailable now'],
    [500, undefined, 'Failed to initialize samplers: failed to parse grammar'],
    [404, undefined, 'No endpoints found that can handle the requested parameters.'],
    [400, undefined, 'Something is wrong with your request.'],
    [500, undefined, 'Internal server error'],
  ])('is a schema if other words refuse it (%i %s %s)', async (status, code, message) => {
    const { server, ask } = await startClient({
      fault: (_, { response_format }) =>
        response_format ? { kind: 'status', status, message, ...(code ? { code } : {}) } : undefined,
    });
    await ask();
    await ask();
    expect(server.requests.map((request) => request.response_format !== undefined)).toEqual([true, false, false]);
  });

  test('is not the schema if a failure without a reason follows an answer', async () => {
    const { server, ask } = await startClient({
      fault: (call) => (call === 1 ? { kind: 'status', status: 500 } : undefined),
    });
    await ask();
    await failureOf(ask());
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    [400, undefined, 'The model `gears-1` does not exist'],
    [400, 'content_filter', 'The response was filtered by the content management policy.'],
    [503, undefined, 'Loading model'],
  ])('is none if the refusal has another reason (%i %s %s)', async (status, code, message) => {
    const { server, ask } = await startClient({
      fault: () => ({ kind: 'status', status, message, ...(code ? { code } : {}) }),
    });
    await failureOf(ask());
    expect(server.requests).toHaveLength(1);
  });
});

describe('a limit that a server refuses', () => {
  const upTo = (most: number, message: string): FakeOpenAiOptions => ({
    fault: (_, { max_completion_tokens, max_tokens }) =>
      Math.max(max_completion_tokens ?? 0, max_tokens ?? 0) > most
        ? { kind: 'status', status: 400, message }
        : undefined,
  });
  const limitsOf = ({ requests }: FakeOpenAi) => requests.map((one) => one.max_completion_tokens ?? one.max_tokens);

  test.each([
    'Invalid max_tokens value, the valid range of max_tokens is [1, 600]',
    'max_tokens is too large: 720. This model supports at most 600 completion tokens, whereas you provided 720.',
    '`max_completion_tokens` must be less than or equal to `600`',
    'the maxOutputTokens value of 720 is out of the supported range from 1 (inclusive) to 601 (exclusive).',
  ])('is replaced by the one that the refusal names, from then on (%s)', async (message) => {
    const { server, ask } = await startClient(upTo(600, message));
    await ask();
    await ask();
    expect(limitsOf(server)).toEqual([720, 600, 600]);
  });

  test('is halved if the refusal names none', async () => {
    const { server, ask } = await startClient(upTo(400, 'max_completion_tokens is too large: 720'));
    await ask();
    expect(limitsOf(server)).toEqual([720, 360]);
  });

  test('leaves room for the prompt if the refusal names the context', async () => {
    const message =
      "This model's maximum context length is 4,000 tokens. However, you requested 8720 tokens (2000 in the messages, 6720 in the completion).";
    const server = await startServer(upTo(2000, message.replace(',', '')));
    const client = createOpenAiClient({ baseUrl: server.url, model: 'gears-1' });
    const messages = () => promptMessages(rubric, papersOf(2), 'schema');
    await client.complete({ messages, maxTokens: 6720, minTokens: 720, ...digestCaller() });
    expect(limitsOf(server)).toEqual([6720, 1800]);
  });

  test.each([
    [400, 'request (42947 tokens) exceeds the available context size (8192 tokens), try increasing it'],
    [400, 'max_tokens must be at least 1, got -186.'],
    [413, 'Request too large'],
  ])('is not the reason if the prompt is too long (%i %s)', async (status, message) => {
    const { server, ask } = await startClient({ fault: () => ({ kind: 'status', status, message }) });
    expect(await failureOf(ask())).toMatchObject({ problem: 'length' });
    expect(server.requests).toHaveLength(1);
  });
});
