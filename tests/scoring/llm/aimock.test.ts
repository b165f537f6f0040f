import { LLMock } from '@copilotkit/aimock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { collect, papersOf, scorerFor, taskOf } from './setup.ts';

/** An independent server, so that the tests do not only check our own reading of OpenAI's protocol. */
const mock = new LLMock({ port: 0 });

beforeAll(async () => {
  await mock.start();
});
afterAll(async () => {
  await mock.stop();
});
afterEach(() => {
  mock.reset();
});

const answerAll = () =>
  mock.on({ endpoint: 'chat' }, (request) => {
    const text = request.messages.map(({ content }) => (typeof content === 'string' ? content : '')).join('\n');
    const ids = [...text.matchAll(/^=== (\d\S+)/gm)].map((match) => match[1]);
    return {
      content: JSON.stringify({ papers: ids.map((id) => ({ id, relevance: 6, novelty: 6, comment: 'Gears.' })) }),
      usage: { prompt_tokens: 2000, completion_tokens: 100 },
    };
  });

describe('against aimock', () => {
  test('scores a day, with structured output and token counts', async () => {
    answerAll();
    const { scorer, ledger } = scorerFor(`${mock.url}/v1`, { model: 'priced' });
    const { ids, stop } = await collect(scorer, taskOf(papersOf(10)));
    expect(ids).toHaveLength(10);
    expect(stop).toBeUndefined();
    expect(mock.getLastRequest()?.body).toMatchObject({ response_format: { type: 'json_schema' } });
    expect(await ledger.usage('gears', '2024-01-08')).toMatchObject({
      promptTokens: 6000,
      completionTokens: 300,
    });
  });

  test.each([429, 502, 503])('retries a call that failed with %i', async (status) => {
    answerAll();
    mock.nextRequestError(status, { message: 'once', type: 'server_error' });
    const { scorer, clock } = scorerFor(`${mock.url}/v1`);
    expect((await collect(scorer, taskOf(papersOf(10)))).ids).toHaveLength(10);
    expect(clock.slept.length).toBeGreaterThan(0);
  });

  test('stops after a refused key', async () => {
    answerAll();
    mock.nextRequestError(401, {
      message: 'Incorrect API key provided',
      type: 'invalid_request_error',
      code: 'invalid_api_key',
    });
    const { stop } = await collect(scorerFor(`${mock.url}/v1`, { concurrency: 1 }).scorer, taskOf(papersOf(10)));
    expect(stop).toMatchObject({ kind: 'refused' });
  });

  test('loses no paper to malformed bodies and cut connections', async () => {
    const idsOf = (body: unknown) =>
      JSON.stringify(body)
        .match(/=== \d{4}\.\d+/g)
        ?.join() ?? '';
    // The first call of every second batch fails.
    const failing = (last: RegExp) => ({
      endpoint: 'chat' as const,
      predicate: (request: unknown) =>
        last.test(idsOf(request)) && !mock.getRequests().some(({ body }) => idsOf(body) === idsOf(request)),
    });
    mock.on(failing(/[26]$/), { content: '' }, { chaos: { malformedRate: 1 } });
    mock.on(failing(/[04]$/), { content: '' }, { chaos: { disconnectRate: 1 } });
    answerAll();
    const { scorer } = scorerFor(`${mock.url}/v1`, { batchSize: 2 });
    const { ids, stop } = await collect(scorer, taskOf(papersOf(40)));
    expect(stop).toBeUndefined();
    expect(ids).toHaveLength(40);
    expect(mock.getRequests().length).toBeGreaterThan(30);
  });
});
