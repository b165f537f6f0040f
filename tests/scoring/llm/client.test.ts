import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { mayBeCharged, retryAfterOf } from '../../../src/scoring/llm/call-error.ts';
import { createOpenAiClient } from '../../../src/scoring/llm/client.ts';
import { failureOf, startClient } from './setup.ts';

describe('a call', () => {
  test('asks for JSON of the schema, bounded, at temperature 0, with the key', async () => {
    const { server, ask } = await startClient({}, { apiKey: new Secret('sk-test') });
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

  test('names the cache of its first message to OpenAI, and to no other server', async () => {
    const keyed = async (baseUrl: string | undefined, forms: readonly ('one' | 'other')[]): Promise<unknown[]> => {
      const { server } = await startClient();
      const keys: unknown[] = [];
      const client = createOpenAiClient({
        ...{ baseUrl, model: 'gears-1' },
        fetch: (_, init) => {
          keys.push(JSON.parse(String(init?.body)).prompt_cache_key);
          return fetch(`${server.url}/chat/completions`, init);
        },
      });
      for (const first of forms)
        await client.complete({
          messages: () => [
            { role: 'system', content: first },
            { role: 'user', content: `Call ${keys.length}` },
          ],
          ...{ maxTokens: 720, minTokens: 720, channel: 'gears', priority: 'digest' },
          signal: new AbortController().signal,
        });
      return keys;
    };
    const [one, again, other] = await keyed(undefined, ['one', 'one', 'other']);
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
    expect(await keyed('https://models.example/v1', ['one'])).toEqual([undefined]);
  });

  test('returns the text and the tokens, with cached tokens apart', async () => {
    const { ask } = await startClient();
    await ask();
    const completion = await ask();
    expect(JSON.parse(completion.text).papers).toHaveLength(2);
    expect(completion.cutOff).toBe(false);
    expect(completion.tokens?.cached).toBeGreaterThan(0);
    expect(completion.tokens?.prompt).toBeGreaterThan(completion.tokens?.cached ?? 0);
  });

  test('has no token counts if the server does not count them', async () => {
    const { ask } = await startClient({ fault: () => ({ kind: 'noUsage' }) });
    expect((await ask()).tokens).toBeUndefined();
  });

  test('reports that the model reached its limit', async () => {
    const { ask } = await startClient({ fault: () => ({ kind: 'thinking' }) });
    expect(await ask()).toMatchObject({ text: '', cutOff: true, tokens: { completion: 720 } });
  });

  test('is made once if it fails', async () => {
    const { server, ask } = await startClient({ fault: () => ({ kind: 'status', status: 503 }) });
    await failureOf(ask());
    expect(server.requests).toHaveLength(1);
  });
});

describe('a failure', () => {
  test.each([
    [401, undefined, false, /rejected the key/],
    [402, undefined, false, /has no credit left for this key \(402\)/],
    [403, undefined, false, /refused access/],
    [404, undefined, false, /has no such model or address \(404\)/],
    [400, undefined, false, /refused the request/],
    [429, 'insufficient_quota', false, /no quota left/],
    // After three minutes of attempts.
    [429, 'rate_limit_exceeded', false, /fewer requests/],
    [408, undefined, true, /408/],
    [500, undefined, true, /failed \(500\)/],
    [503, undefined, true, /failed \(503\)/],
  ])('of status %i %s may be retried: %s', async (status, code, retryable, message) => {
    const { client, ask } = await startClient({
      fault: () => ({ kind: 'status', status, message: 'Bad key sk-secret', ...(code ? { code } : {}) }),
    });
    const error = await failureOf(ask());
    expect(error).toMatchObject({ service: client.service, status, retryable });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ /);
    expect(error.message).not.toContain('sk-secret');
  });

  test('has the pause that the server requested', async () => {
    const { ask } = await startClient({
      fault: (call) => ({
        kind: 'status',
        status: 503,
        headers: { 'retry-after': '7', ...(call === 0 ? { 'retry-after-ms': '250' } : undefined) },
      }),
    });
    expect((await failureOf(ask())).retryAfterMs).toBe(250);
    expect((await failureOf(ask())).retryAfterMs).toBe(7000);
  });

  test.each([false, true])('ends a call that takes too long (head sent: %s)', async (head) => {
    const { ask } = await startClient({ fault: () => ({ kind: 'hang', head }) }, { timeoutMs: 100 });
    const error = await failureOf(ask());
    expect(error.message).toMatch(/did not answer within 0\.1 seconds/);
    expect(error.retryable).toBe(true);
  });

  test.each([
    [{ kind: 'reset' } as const, /closed the connection/],
    [{ kind: 'notJson' } as const, /not JSON/],
  ])('without a readable answer describes it: %j', async (fault, message) => {
    const { ask } = await startClient({ fault: () => fault });
    const error = await failureOf(ask());
    expect(error.message).toMatch(message);
    expect(error.retryable).toBe(true);
  });

  test('names an answer that is not a completion', async () => {
    const { ask } = await startClient({}, { fetch: async () => Response.json({ choices: [] }) });
    expect((await failureOf(ask())).message).toMatch(/not a chat completion/);
  });

  test.each([
    [{ error: { message: 'Rate limit exceeded: free models' } }, 429, false, /asked for fewer requests \(429\)/],
    [{ error: { message: 'Slow down', code: 429 } }, 429, false, /asked for fewer requests/],
    [{ error: { message: 'x', code: '503' } }, 503, true, /failed \(503\)/],
    [{ error: { message: 'Insufficient credits' }, choices: [] }, 402, false, /no credit left/],
    [{ error: 'The model `gears-9` does not exist' }, 404, false, /has no such model or address \(404\)/],
    [{ error: { message: 'Invalid API key sk-secret' } }, 401, false, /rejected the key/],
    [{ error: { message: 'Something else' } }, 500, true, /failed \(500\)/],
  ])('is read from an answer with status 200: %j', async (body, status, retryable, message) => {
    const { ask } = await startClient({}, { fetch: async () => Response.json(body) });
    const error = await failureOf(ask());
    expect(error).toMatchObject({ status, retryable });
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('sk-secret');
  });

  test('is the reason of the signal after an abort', async () => {
    const { ask } = await startClient({ fault: () => ({ kind: 'hang' }) });
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
    const { ask } = await startClient({ fault: () => fault }, { timeoutMs: 1_000 });
    expect(mayBeCharged(await failureOf(ask()))).toBe(charged);
  });

  test('is impossible if the server is not running', async () => {
    const { server, ask } = await startClient();
    await server.close();
    const error = await failureOf(ask());
    expect(error.message).toMatch(/could not be reached \(connection refused\)/);
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
