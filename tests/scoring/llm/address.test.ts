import { describe, expect, it } from 'vitest';
import { completingFetch } from '../../../src/scoring/llm/address.ts';

/** A server with these paths. */
const serverOf = (...paths: string[]) => {
  const calls: string[] = [];
  const request: typeof fetch = async (input, init) => {
    const { pathname } = new URL(String(input));
    calls.push(`${init?.method} ${pathname} ${init?.body}`);
    return new Response(pathname, { status: paths.includes(pathname) ? 200 : 404 });
  };
  return { calls, request };
};

const post = { method: 'POST', body: '{}' };

describe('completing a base URL', () => {
  it('adds /v1 once the server has nothing without it, and keeps to that', async () => {
    const { calls, request } = serverOf('/v1/chat/completions');
    const completing = completingFetch('http://host', request);
    for (const _ of [1, 2]) expect((await completing('http://host/chat/completions', post)).status).toBe(200);
    expect(calls).toEqual([
      'POST /chat/completions {}',
      'POST /v1/chat/completions {}',
      'POST /v1/chat/completions {}',
    ]);
  });

  it('leaves a base alone that works without a version', async () => {
    const { calls, request } = serverOf('/chat/completions');
    await completingFetch('http://host', request)('http://host/chat/completions', post);
    expect(calls).toHaveLength(1);
  });

  it('returns the first answer if neither exists', async () => {
    const { request } = serverOf();
    const response = await completingFetch('http://host', request)('http://host/chat/completions', post);
    expect([response.status, await response.text()]).toEqual([404, '/chat/completions']);
  });

  it.each(['http://host/v1', 'http://host/v1beta/openai', 'http://host/api/paas/v4'])(
    'adds nothing to %s, which has a version',
    (base) => {
      const { request } = serverOf();
      expect(completingFetch(base, request)).toBe(request);
    },
  );
});
