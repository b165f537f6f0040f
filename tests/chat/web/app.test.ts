import { afterEach, describe, expect, it } from 'vitest';
import { createWebApp } from '../../../src/chat/web/app.ts';
import type { LiveSite, Reader } from '../../../src/core/site.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { paperOf } from '../../fakes/fixtures.ts';
import { keepingLogger } from '../../fakes/logger.ts';
import { createWeb, siteOf, type WebOptions } from '../../fakes/web.ts';
import { parsePage, textOf } from '../../pages/page.ts';

const files: Record<string, { type: string; body: string | Uint8Array<ArrayBuffer> }> = {
  'index.html': { type: 'text/html; charset=utf-8', body: '<h1>All channels</h1>' },
  'foundations/index.html': { type: 'text/html; charset=utf-8', body: '<h1>foundations</h1>' },
  'foundations/2025-07-08.json': { type: 'application/json', body: '{"version":1}' },
  'assets/fonts/a.woff2': { type: 'font/woff2', body: new Uint8Array([1, 2, 255]) },
};

const open: { close(): void }[] = [];
afterEach(() => {
  for (const web of open.splice(0)) web.close();
});

const appOf = (options: WebOptions = {}) => {
  const web = createWeb({ site: siteOf(async (path) => files[path]), ...options });
  open.push(web);
  return createWebApp(web.parts);
};

const get = async (path: string, options: WebOptions = {}, headers: Record<string, string> = {}) => {
  const answer = await appOf(options).request(path, { headers });
  return { status: answer.status, headers: answer.headers, text: await answer.clone().text(), answer };
};

describe('the web app', () => {
  it.each([
    ['/', '<h1>All channels</h1>'],
    ['/index.html', '<h1>All channels</h1>'],
    ['/foundations/', '<h1>foundations</h1>'],
  ])('serves the page at %s, which caches may not share', async (path, body) => {
    const { status, text, headers } = await get(path);
    expect([status, text]).toEqual([200, body]);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('private, no-cache');
  });

  it('redirects from a folder without a slash to the folder', async () => {
    const { status, headers } = await get('/foundations');
    expect([status, headers.get('location')]).toEqual([308, '/foundations/']);
  });

  it('redirects from a day to its page, and names a date only if a day has no digest', async () => {
    const web = createWeb();
    open.push(web);
    const app = createWebApp(web.parts);
    await saveDigest(web.stores, [paperOf('2507.00001')]);
    for (const typed of ['/foundations/2025-07-08', '/foundations/2025-07-08/', '/foundations/2025-07']) {
      const answer = await app.request(typed);
      const page = `${typed.replace(/\/$/, '')}.html`;
      expect([typed, answer.status, answer.headers.get('location')]).toEqual([typed, 308, page]);
    }
    for (const [typed, text] of [
      ['/foundations/2025-07-07', 'foundations has no digest for Monday, 7 July 2025.'],
      ['/foundations/2025-07-08//', 'foundations has no page at this address.'],
      ['//foundations/2025-07-08', 'There is no page at this address. Start at /'],
    ] as const) {
      const answer = await app.request(`http://localhost${typed}`);
      expect([typed, answer.status, await answer.text()]).toEqual([typed, 404, text]);
    }
  });

  it('serves data and assets unchanged with their types', async () => {
    expect((await get('/foundations/2025-07-08.json')).headers.get('content-type')).toBe('application/json');
    const { answer, headers } = await get('/assets/fonts/a.woff2');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array([1, 2, 255]));
    expect(headers.get('content-type')).toBe('font/woff2');
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
  });

  it('gives a new visitor who may act an identity, once, and only with a page', async () => {
    const { headers } = await get('/');
    const [cookie = ''] = headers.get('set-cookie')?.split(';') ?? [];
    expect(cookie).toMatch(/^paperboy=[\w-]{43}$/);
    expect((await get('/', {}, { cookie })).headers.get('set-cookie')).toBeNull();
    for (const path of ['/foundations/2025-07-08.json', '/assets/fonts/a.woff2', '/elsewhere'])
      expect((await get(path)).headers.get('set-cookie')).toBeNull();
    expect((await get('/', { publicReading: true, isLoopback: false })).headers.get('set-cookie')).toBeNull();
  });

  it.each(['/elsewhere', '/../package.json', '/%2e%2e/package.json', '/foundations//', '//evil.example', '/%ff'])(
    'answers %s with 404 and a link to the start',
    async (path) => {
      const { status, text } = await get(`http://localhost${path}`);
      expect(status).toBe(404);
      expect(text).toContain('Start at /');
    },
  );

  it('shows browsers a page of the site at an unknown address, with links to others', async () => {
    const web = createWeb();
    const app = createWebApp(web.parts);
    const value = { date: '2025-07-07' };
    await web.stores.changes.add({
      ...{ at: '2025-07-08T12:00:00.000Z', person: 'slack:T1:U2', channel: 'foundations', action: 'retract', value },
    });
    const shown = async (path: string) => {
      const answer = await app.request(`http://localhost${path}`, {
        headers: { accept: 'text/html,*/*', host: 'localhost' },
      });
      const page = parsePage(await answer.text());
      const ways = page.querySelectorAll('.problem a').map((link) => link.getAttribute('href'));
      return [answer.status, textOf(page.querySelector('h1')), textOf(page.querySelector('.problem p')), ways];
    };
    expect(await shown('/foundations/2025-07-07.html')).toEqual([
      404,
      'Digest retracted',
      'The digest of Monday, 7 July 2025 was retracted on 8 July 2025 at 08:00 (America/New_York). Managers and admins can remake it with /arxiv digest 2025-07-07',
      ['/foundations/', '/'],
    ]);
    expect((await shown('/foundations/2025-07-06.html')).slice(1, 3)).toEqual([
      'No digest',
      'foundations has no digest for Sunday, 6 July 2025.',
    ]);
    expect(await shown('/foundations/x/y.html')).toEqual([
      404,
      'Page not found',
      'foundations has no page at this address.',
      ['/foundations/', '/'],
    ]);
    expect(await shown('/a/b/<b>')).toEqual([404, 'Page not found', 'There is no page at this address.', ['/']]);
    web.close();
  });

  it.each(['/', '/elsewhere', '/assets/fonts/a.woff2', '/sign-in', '/healthz'])(
    'lets %s load from and send to no other site, and not be framed',
    async (path) => {
      const { headers } = await get(path);
      const policy = headers.get('content-security-policy')?.split('; ');
      expect(policy?.toSorted()).toEqual([
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
      ]);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('strict-transport-security')).toBeNull();
    },
  );

  it('passes every request at the address of a webhook to it, and no others', async () => {
    const received: string[] = [];
    const handle = async (request: Request) => {
      received.push(`${request.method} ${await request.text()}`);
      return new Response('accepted', { status: 202 });
    };
    const app = appOf({ webhooks: [{ path: '/chat/events', handle }], secret: 'a secret for the page' });
    expect((await app.request('/chat/events')).status).toBe(202);
    const answer = await app.request('/chat/events?x=1', { method: 'POST', body: '{"a":"é"}' });
    expect([answer.status, await answer.text()]).toEqual([202, 'accepted']);
    for (const path of ['/chat', '/chat/events/', '/chat/events/more', '/']) {
      expect((await app.request(path, { method: 'POST', body: 'x' })).status).toBe(403);
      const headers = { 'sec-fetch-site': 'same-origin' };
      expect((await app.request(path, { method: 'POST', body: 'x', headers })).status).toBe(404);
    }
    expect(received).toEqual(['GET ', 'POST {"a":"é"}']);
  });

  it('shows errors as a page to browsers and as plain text to scripts', async () => {
    const web = createWeb({ isLoopback: false });
    open.push(web);
    const app = createWebApp(web.parts);
    const answer = await app.request('/foundations/', { headers: { accept: 'text/html' } });
    const page = parsePage(await answer.text());
    expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(textOf(page.querySelector('h1'))).toBe('Not allowed');
    expect(textOf(page.querySelector('.problem p'))).toMatch(/^Other machines can reach this page .* sign in/);
    expect(page.querySelector('link[rel=stylesheet]')?.getAttribute('href')).toBe('/assets/style.css');
    const form = { accept: 'text/html,*/*;q=0.8', 'sec-fetch-site': 'cross-site' };
    const posted = await app.request('/foundations/commands', { method: 'POST', body: 'text=top', headers: form });
    expect([posted.status, (await posted.text()).includes('so it was ignored')]).toEqual([403, true]);
    expect(posted.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const accept of ['application/json', 'text/html-fragment', '*/*'])
      expect((await app.request('/foundations/', { headers: { accept } })).headers.get('content-type')).toMatch(
        /^text\/plain/,
      );
    const broken = siteOf(() => Promise.reject(new Error('secret detail')));
    const failed = await get('/', { site: broken, logger: keepingLogger().logger }, { accept: 'text/html' });
    expect([failed.status, failed.text]).toEqual([
      500,
      'Something went wrong: This page could not be loaded. Ask your Paperboy admin to check the log.',
    ]);
  });

  it('logs a bug and does not show it', async () => {
    const { lines, logger } = keepingLogger();
    const broken = siteOf(() => Promise.reject(new Error('secret detail')));
    const { status, text } = await get('/', { site: broken, logger });
    expect(status).toBe(500);
    expect(text).toContain('to check the log');
    expect(text).not.toContain('secret detail');
    expect(lines).toMatchObject([{ level: 'error', message: 'page failed' }]);
  });
});

describe('the reader of a page', () => {
  const seenBy = async (options: WebOptions, headers: Record<string, string> = {}) => {
    const readers: Reader[] = [];
    const file: LiveSite['file'] = async (path, reader) => {
      readers.push(reader);
      return files[path];
    };
    const answer = await appOf({ site: siteOf(file), ...options }).request('/foundations/?a=1', { headers });
    return { status: answer.status, readers, location: answer.headers.get('location') };
  };

  it('is the person of the cookie, or a new visitor who may act, on this machine', async () => {
    expect((await seenBy({})).readers).toEqual([
      { person: 'web:local:newcomer', isSignedIn: false, query: { a: '1' } },
    ]);
    const cookie = `paperboy=${'a'.repeat(43)}`;
    const [reader] = (await seenBy({}, { cookie })).readers;
    expect(reader?.person).toMatch(/^web:local:[0-9a-f]{16}$/);
  });

  it('is unknown if reading is public, and sees a sign-in link if there is a secret', async () => {
    const there = { publicReading: true, isLoopback: false };
    expect((await seenBy(there)).readers).toEqual([{ person: undefined, signIn: undefined, query: { a: '1' } }]);
    expect((await seenBy({ ...there, secret: 'a secret for the page' })).readers).toEqual([
      { person: undefined, signIn: '/sign-in?to=%2Ffoundations%2F%3Fa%3D1', query: { a: '1' } },
    ]);
  });

  it('is redirected to the sign-in if reading is not public, before any page is made', async () => {
    const { status, readers, location } = await seenBy({ secret: 'a secret for the page' }, { accept: 'text/html' });
    expect([status, location]).toEqual([303, '/sign-in?to=%2Ffoundations%2F%3Fa%3D1']);
    expect(readers).toEqual([]);
  });
});

describe('monitoring', () => {
  const refused = { isLoopback: false };

  it('shows all details to people who may read, and only the status to others', async () => {
    expect(JSON.parse((await get('/healthz')).text)).toEqual({ status: 'ready', channels: [] });
    const { status, text, headers } = await get('/healthz', refused);
    expect([status, JSON.parse(text)]).toEqual([200, { status: 'ready' }]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers 503 if the bot is not ready, or if reading its health fails', async () => {
    const health = async () => ({ isReady: false, full: {}, brief: { status: 'starting' } });
    expect((await get('/healthz', { health })).status).toBe(503);
    const { lines, logger } = keepingLogger();
    const failing = () => Promise.reject(new Error('secret detail'));
    const { status, text } = await get('/healthz', { health: failing, logger });
    expect([status, JSON.parse(text)]).toEqual([503, { status: 'failing' }]);
    expect(lines).toMatchObject([{ level: 'error', message: 'not healthy' }]);
  });

  it('shows metrics only to people who may read and scrapers with the secret', async () => {
    const { status, text, headers } = await get('/metrics');
    expect([status, text, headers.get('content-type')]).toEqual([200, 'papers 1\n', 'text/plain; version=0.0.4']);
    expect((await get('/metrics', refused)).status).toBe(403);
    const secret = 'a secret for the page';
    expect((await get('/metrics', { secret })).status).toBe(401);
    expect((await get('/metrics', { secret }, { authorization: `Bearer ${secret}` })).status).toBe(200);
  });
});
