import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { checkServer } from '../../../src/scoring/llm/server-check.ts';

type Reply = { status?: number; type?: string; body?: unknown };

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server with these routes, such as `GET /v1/models`; any other is a 404. */
const serve = async (routes: Record<string, Reply>) => {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const route = `${request.method} ${request.url}`;
    calls.push(route);
    const {
      status = 200,
      type = 'application/json',
      body = {},
    } = routes[route] ?? {
      status: 404,
      body: { error: { message: 'no such route' } },
    };
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
};

const listOf = (...ids: string[]): Reply => ({ body: { object: 'list', data: ids.map((id) => ({ id })) } });
const page: Reply = { type: 'text/html', body: '<!DOCTYPE html><html><body>Sign in to the network</body></html>' };
const check = (baseUrl: string, model = 'tiny-1b') => checkServer({ baseUrl, apiKey: new Secret('sk-hush'), model });

describe('the check of a model server', () => {
  it.each<[string, string[], string]>([
    ['as it is', ['tiny-1b', 'large-70b'], 'tiny-1b'],
    ['with the tag of its newest version', ['tiny-1b:latest'], 'tiny-1b'],
    ['with a prefix', ['models/tiny-1b'], 'tiny-1b'],
    ['without its variant', ['maker/tiny-1b'], 'maker/tiny-1b:free'],
    ['as a pattern', ['maker/*'], 'maker/tiny-1b'],
  ])('passes if the model is listed %s, and asks only once', async (_, ids, model) => {
    const { origin, calls } = await serve({ 'GET /v1/models': listOf(...ids) });
    expect(await check(`${origin}/v1`, model)).toEqual({
      name: 'scorer',
      ok: true,
      detail: `${model} at ${origin}/v1`,
    });
    expect(calls).toEqual(['GET /v1/models']);
  });

  it('passes if the model is not listed, but found by its name', async () => {
    const { origin } = await serve({ 'GET /v1/models': listOf('other'), 'GET /v1/models/tiny-1b': { body: {} } });
    expect(await check(`${origin}/v1`)).toMatchObject({ ok: true });
  });

  it('fails if the server does not have the model, and names the nearest', async () => {
    const { origin } = await serve({ 'GET /v1/models': listOf('large-70b', 'tiny-2b') });
    const found = await check(`${origin}/v1`, 'tinny-2b');
    expect(found).toMatchObject({ ok: false, detail: expect.stringContaining('no model "tinny-2b"') });
    expect(found.fix).toMatch(/such as tiny-2b, large-70b$/);
  });

  it('fails if the server has no models at all', async () => {
    const { origin } = await serve({ 'GET /v1/models': { body: { object: 'list', data: null } } });
    expect(await check(`${origin}/v1`)).toMatchObject({ ok: false, detail: expect.stringMatching(/has no models$/) });
  });

  it.each(['/api', '/v2', '/api/chat'])('names the right address if the base ends in "%s"', async (path) => {
    const { origin } = await serve({ 'GET /v1/models': listOf('tiny-1b') });
    expect(await check(`${origin}${path}`)).toMatchObject({
      ok: false,
      fix: expect.stringContaining(`set OPENAI_BASE_URL to ${origin}/v1,`),
    });
  });

  it('passes with a note if the base lacks /v1, which the client adds', async () => {
    const { origin } = await serve({ 'GET /v1/models': listOf('tiny-1b') });
    const found = await check(origin);
    expect(found).toMatchObject({ ok: true, detail: expect.stringContaining(`tiny-1b at ${origin}/v1; `) });
    expect(found.detail).toMatch(/OPENAI_BASE_URL lacks \/v1/);
  });

  it('fails if the base lacks /v1 and the server does not have the model', async () => {
    const { origin } = await serve({ 'GET /v1/models': listOf('large-70b') });
    expect(await check(origin)).toMatchObject({ ok: false, detail: expect.stringContaining('no model "tiny-1b"') });
  });

  it('says how the address usually ends if the host answers nowhere', async () => {
    const { origin } = await serve({});
    expect(await check(`${origin}/llm`)).toMatchObject({ ok: false, fix: expect.stringContaining('ends in /v1') });
  });

  it('fails on a web page with status 200, without quoting it', async () => {
    const { origin } = await serve({ 'GET /v1/models': page });
    const found = await check(`${origin}/v1`);
    expect(found).toMatchObject({ ok: false, detail: expect.stringContaining('web page') });
    expect(JSON.stringify(found)).not.toContain('Sign in to');
  });

  it('fails on JSON that is no list', async () => {
    const { origin } = await serve({ 'GET /v1/models': { body: { error: 'sk-hush is unknown' } } });
    const found = await check(`${origin}/v1`);
    expect(found).toMatchObject({ ok: false, detail: expect.stringContaining('other than a list of models') });
    expect(JSON.stringify(found)).not.toContain('sk-hush');
  });

  it('passes if the server only has completions, which an empty request shows', async () => {
    const refused = { status: 400, body: { error: { message: 'messages is required' } } };
    const { origin, calls } = await serve({ 'POST /v1/chat/completions': refused });
    expect(await check(`${origin}/v1`)).toMatchObject({ ok: true, detail: expect.stringContaining('doctor --ask') });
    expect(calls).toEqual(['GET /v1/models', 'POST /v1/chat/completions']);
  });

  it.each([
    [401, /rejects the key \(401\)/, /OPENAI_API_KEY/],
    [402, /no balance/, /credit/],
    [503, /status 503/, /status page/],
  ])('says what to do about status %i', async (status, detail, fix) => {
    const { origin } = await serve({ 'GET /v1/models': { status } });
    expect(await check(`${origin}/v1`)).toMatchObject({
      ...{ ok: false, detail: expect.stringMatching(detail), fix: expect.stringMatching(fix) },
    });
  });

  it('fails if nothing listens at the address', async () => {
    const found = await check('http://127.0.0.1:1/v1');
    expect(found).toMatchObject({ ok: false, detail: expect.stringContaining('cannot be reached') });
  });
});
