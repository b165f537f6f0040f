import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createWebPlatform } from '../../../src/chat/web/index.ts';
import { createWebApp, startWebServer } from '../../../src/chat/web/server.ts';
import { ExternalError, UserError } from '../../../src/core/errors.ts';
import type { Site } from '../../../src/core/site.ts';
import { keepingLogger, quietLogger } from '../slack/quiet.ts';

const files: Record<string, { type: string; body: string | Uint8Array<ArrayBuffer> }> = {
  'index.html': { type: 'text/html; charset=utf-8', body: '<h1>All channels</h1>' },
  'foundations/index.html': { type: 'text/html; charset=utf-8', body: '<h1>foundations</h1>' },
  'foundations/2025-07-08.json': { type: 'application/json', body: '{"version":1}' },
  'assets/fonts/a.woff2': { type: 'font/woff2', body: new Uint8Array([1, 2, 255]) },
};
const site: Site = { file: async (path) => files[path], paths: async () => Object.keys(files) };

const get = async (path: string, parts: { site?: Site; logger?: typeof quietLogger } = {}) => {
  const answer = await createWebApp({ site, logger: quietLogger, ...parts }).request(path);
  return { status: answer.status, headers: answer.headers, text: await answer.clone().text(), answer };
};

describe('the web app', () => {
  it.each([
    ['/', '<h1>All channels</h1>'],
    ['/index.html', '<h1>All channels</h1>'],
    ['/foundations/', '<h1>foundations</h1>'],
  ])('serves the page at %s', async (path, body) => {
    const { status, text, headers } = await get(path);
    expect([status, text]).toEqual([200, body]);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('leads from a folder without its slash to its first page', async () => {
    const { status, headers } = await get('/foundations');
    expect([status, headers.get('location')]).toEqual([308, '/foundations/']);
  });

  it('serves data and assets as what they are, byte by byte', async () => {
    expect((await get('/foundations/2025-07-08.json')).headers.get('content-type')).toBe('application/json');
    const { answer, headers } = await get('/assets/fonts/a.woff2');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array([1, 2, 255]));
    expect(headers.get('content-type')).toBe('font/woff2');
    expect(headers.get('cache-control')).toContain('max-age');
  });

  it.each(['/elsewhere', '/../package.json', '/%2e%2e/package.json', '/foundations//'])(
    'answers %s with 404 and where the pages begin',
    async (path) => {
      const { status, text } = await get(path);
      expect(status).toBe(404);
      expect(text).toContain('The pages begin at /');
    },
  );

  it.each(['/', '/elsewhere'])(
    'lets %s load nothing from elsewhere, run nothing and be framed by nobody',
    async (path) => {
      const { headers } = await get(path);
      const policy = headers.get('content-security-policy')?.split('; ');
      expect(policy?.toSorted()).toEqual([
        "base-uri 'none'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
      ]);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    },
  );

  it('leaves the address of a webhook to it, whatever is asked and sent there, and no other', async () => {
    const heard: string[] = [];
    const handle = async (request: Request) => {
      heard.push(`${request.method} ${await request.text()}`);
      return new Response('heard', { status: 202 });
    };
    const app = createWebApp({ site, logger: quietLogger, webhooks: [{ path: '/chat/events', handle }] });
    expect((await app.request('/chat/events')).status).toBe(202);
    const answer = await app.request('/chat/events?x=1', { method: 'POST', body: '{"a":"é"}' });
    expect([answer.status, await answer.text()]).toEqual([202, 'heard']);
    for (const path of ['/chat', '/chat/events/', '/chat/events/more', '/'])
      expect((await app.request(path, { method: 'POST', body: 'x' })).status).toBe(404);
    expect((await app.request('/')).status).toBe(200);
    expect(heard).toEqual(['GET ', 'POST {"a":"é"}']);
  });

  it('logs a bug and shows none of it', async () => {
    const { lines, logger } = keepingLogger();
    const broken: Site = { ...site, file: () => Promise.reject(new Error('secret detail')) };
    const { status, text } = await get('/', { site: broken, logger });
    expect(status).toBe(500);
    expect(text).toContain('the log says why');
    expect(text).not.toContain('secret detail');
    expect(lines).toMatchObject([{ level: 'error', message: 'page failed' }]);
  });
});

describe('the web server', () => {
  const parts = { site, logger: quietLogger };

  it('serves at a free port and is gone when closed', async () => {
    const server = await startWebServer({ host: '127.0.0.1', port: 0 }, parts);
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(server.url)).text()).toContain('All channels');
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('says what to do where another process has the port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const error = await startWebServer({ host: '127.0.0.1', port }, parts).catch((error: unknown) => error);
    other.close();
    expect(error).toBeInstanceOf(ExternalError);
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('PAPERBOY_HTTP') });
  });
});

describe('the web page as a platform', () => {
  it('has one place, and takes every message as sent', async () => {
    const web = createWebPlatform();
    expect(await web.resolve('web')).toBe('web');
    for (const address of ['web:1', 'slack:C1', '']) await expect(web.resolve(address)).rejects.toThrow(UserError);
    const message = { summary: '', blocks: [] };
    expect(await web.send({ destination: 'web', message, key: 'k' })).toEqual({ destination: 'web', messageId: 'k' });
  });
});
