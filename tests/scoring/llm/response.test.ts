import { describe, expect, test } from 'vitest';
import { failureOf, startClient } from './setup.ts';

describe('an answer', () => {
  const completion = (message: object, more: object = {}) => ({
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...more }],
  });
  const textOf = async (body: string | object, headers: Record<string, string> = {}): Promise<string> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const { ask } = await startClient(
      {},
      { fetch: async () => new Response(new TextEncoder().encode(text), { headers }) },
    );
    return (await ask()).text;
  };
  const whole = completion({ content: '{"papers":[]}' });

  test.each([
    ['text/plain', { 'content-type': 'text/plain; charset=utf-8' }],
    ['no type', {} as Record<string, string>],
    ['application/octet-stream', { 'content-type': 'application/octet-stream' }],
  ])('is read under the type %s', async (_, headers) => {
    expect(await textOf(whole, headers)).toBe('{"papers":[]}');
    expect(await textOf(`\uFEFF\n\n${JSON.stringify(whole)}`, headers)).toBe('{"papers":[]}');
  });

  test('in parts is joined, without those with thinking', async () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: '{"papers"' },
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: ':[]}' },
      null,
    ];
    expect(await textOf(completion({ content: parts }))).toBe('{"papers":[]}');
  });

  test.each(['reasoning_content', 'reasoning'])('in the field %s counts if there is no other', async (field) => {
    const answer = '{"papers":[{"id":"2401.00001"}]}';
    expect(await textOf(completion({ content: null, [field]: answer }))).toBe(answer);
    expect(await textOf(completion({ content: ' ', [field]: answer }))).toBe(answer);
    expect(await textOf(completion({ content: 'No.', [field]: answer }))).toBe('No.');
    expect(await textOf(completion({ content: '', [field]: 'Let me think.' }))).toBe('');
    expect(await textOf(completion({ content: '', [field]: answer }, { finish_reason: 'length' }))).toBe('');
  });

  test.each([
    [{ error: { code: 429, message: 'Slow down' } }, { status: 429, problem: 'refusing' }],
    [{ error: { code: 502, message: 'Provider returned error' } }, { status: 502, retryable: true }],
    [{ error: { code: 400, type: 'exceed_context_size_error', message: 'x' } }, { status: 400, problem: 'length' }],
    [completion({ content: '' }, { error: { code: 502, message: 'x' } }), { status: 502, retryable: true }],
  ])('that is an error with status 200 is a failure: %j', async (body, expected) => {
    const { ask } = await startClient({}, { fetch: async () => Response.json(body) });
    expect(await failureOf(ask())).toMatchObject(expected);
  });

  test.each([
    [JSON.stringify([{ error: { code: 400, message: 'response_format is unknown' } }])],
    [JSON.stringify({ error: 'response_format is unknown' })],
    [JSON.stringify({ object: 'error', message: 'response_format is unknown', code: 400 })],
    [JSON.stringify({ detail: [{ loc: ['body', 'response_format'], msg: 'Extra inputs are not permitted' }] })],
    ['response_format is unknown'],
  ])('that refuses a parameter is understood in any shape: %s', async (refusal) => {
    const bodies: string[] = [];
    const { ask } = await startClient(
      {},
      {
        fetch: async (_, init) => {
          bodies.push(String(init?.body));
          return bodies.length === 1 ? new Response(refusal, { status: 400 }) : Response.json(whole);
        },
      },
    );
    await ask();
    expect(bodies.map((body) => body.includes('response_format'))).toEqual([true, false]);
  });
});
