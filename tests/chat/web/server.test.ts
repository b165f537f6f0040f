import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serveWeb, startWebServer } from '../../../src/chat/web/server.ts';
import { createClock } from '../../../src/core/clock.ts';
import { ExternalError, UserError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import { saveDigest } from '../../fakes/digest.ts';
import { findSent } from '../../fakes/find-sent.ts';
import { paperOf } from '../../fakes/fixtures.ts';
import { createWeb, destination, startWeb } from '../../fakes/web.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('the web server', () => {
  it('serves at a free port until it closes', async () => {
    const web = await startWeb();
    expect(web.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(web.url)).text()).toContain('foundations');
    await web.close();
    await expect(fetch(web.url)).rejects.toThrow();
  });

  it('keeps people signed in over a restart, until the secret or the database changes', async () => {
    const [web, other] = [createWeb(), createWeb()];
    open.push(web, other);
    const serve = async (secret: string, { parts, stores }: typeof web = web) => {
      const guard = { secret: new Secret(secret), publicReading: false, trustedProxies: [], clock: createClock() };
      const server = await serveWeb({ host: '127.0.0.1', port: 0 }, { ...parts, stores, guard });
      open.push(server);
      return server.url;
    };
    const signIn = async (url: string) => {
      const answer = await fetch(`${url}sign-in`, {
        method: 'POST',
        body: new URLSearchParams({ secret: 'a secret for the page' }),
        headers: { 'sec-fetch-site': 'same-origin' },
        redirect: 'manual',
      });
      return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    };
    const statusOf = async (url: string, cookie: string) => (await fetch(url, { headers: { cookie } })).status;
    const cookie = await signIn(await serve('a secret for the page'));
    expect(await statusOf(await serve('a secret for the page'), cookie)).toBe(200);
    expect(await statusOf(await serve('another secret'), cookie)).toBe(401);
    expect(await statusOf(await serve('a secret for the page', other), cookie)).toBe(401);
    expect(await statusOf(await serve('a secret for the page'), cookie)).toBe(200);
  });

  it('closes while pages are open', async () => {
    const web = await startWeb();
    const page = await (await web.visitor()).follow('foundations/live');
    await expect.poll(() => page.states).toHaveLength(1);
    await web.close();
    await page.leave();
    expect(web.parts.watches.size()).toBe(0);
  });

  const raw = (url: string, head: string): Promise<string> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(url);
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer.split('\r\n', 1)[0] ?? ''));
      socket.write(head);
    });

  it.each([
    ['no host', '1.1', ''],
    ['no host in HTTP/1.0', '1.0', ''],
    ['an empty host', '1.1', 'Host: \r\n'],
    ['two hosts', '1.1', 'Host: localhost\r\nHost: evil.example\r\n'],
    ['a path', '1.1', 'Host: localhost/a\r\n'],
    ['a user', '1.1', 'Host: a@localhost\r\n'],
    ['two words', '1.1', 'Host: a b\r\n'],
    ['a list', '1.1', 'Host: a,b\r\n'],
    ['a quote', '1.1', 'Host: a"b\r\n'],
    ['only dots', '1.1', 'Host: ..\r\n'],
    ['a port that is no number', '1.1', 'Host: localhost:x\r\n'],
  ])('refuses a request that names %s', async (_, version, host) => {
    const web = await startWeb({ publicReading: true });
    open.push(web);
    const first = `GET /healthz HTTP/${version}\r\n`;
    expect(await raw(web.url, `${first}${host}Connection: close\r\n\r\n`)).toBe('HTTP/1.1 400 Bad Request');
    for (const one of ['localhost', 'my_host.local:3210', 'papers.example.', '[::1]:3210', '192.168.1.5'])
      expect(await raw(web.url, `${first}Host: ${one}\r\nConnection: close\r\n\r\n`)).toBe('HTTP/1.1 200 OK');
  });

  it.each([
    ['nothing', ''],
    ['a part of the headers', 'GET / HTTP/1.1\r\nHost: localhost\r\n'],
    ['a part of the body', 'POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nsecret='],
  ])('closes a connection that sends %s and then waits', async (_, head) => {
    const web = createWeb({ secret: 'a secret for the page' });
    const patience = {
      headersTimeout: 20,
      requestTimeout: 40,
      keepAliveTimeout: 20,
      connectionsCheckingInterval: 10,
    };
    const server = await startWebServer({ host: '127.0.0.1', port: 0 }, web.parts, patience);
    open.push(server, web);
    expect(await raw(server.url, head)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('says what to do if another process has the port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const web = createWeb();
    open.push(other, web);
    const error = await startWebServer({ host: '127.0.0.1', port }, web.parts).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ExternalError);
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('PAPERBOY_HTTP') });
  });
});

describe('the web page as a platform', () => {
  it('resolves only the destinations of channels', async () => {
    const web = createWeb();
    open.push(web);
    expect(await web.platform.resolve('web:foundations')).toBe('web:foundations');
    for (const address of ['web', 'web:', 'web:a b', 'web:../a', 'slack:C1', ''])
      await expect(web.platform.resolve(address)).rejects.toThrow(UserError);
  });

  it('stores and lists votes on a digest of an earlier version, which has no messages', async () => {
    const web = createWeb();
    open.push(web);
    const { outbox } = web.stores;
    const digest = await saveDigest(web.stores, [paperOf('2507.00001')]);
    await outbox.enqueue(digest, [destination]);
    const [thread, paper] = (await outbox.list(digest.digestId, destination)).map(({ deliveryId, key }) => {
      return { deliveryId, ref: { destination, messageId: key } };
    });
    if (!thread || !paper) throw new Error('nothing to send');
    for (const { deliveryId, ref } of [thread, paper]) await outbox.sent(deliveryId, ref, Date.now());
    const vote = { message: paper.ref, person: 'web:local:ada', emoji: '👍' };
    await web.platform.vote(paper.ref, vote.person, 'up');
    expect(await web.platform.reactions(thread.ref)).toEqual([vote]);
    await web.platform.vote(paper.ref, vote.person, undefined);
    expect(await web.platform.reactions(thread.ref)).toEqual([]);
  });

  it('neither votes on nor finds messages of another destination or thread', async () => {
    const web = createWeb();
    open.push(web);
    const { messageId } = await web.platform.send({
      destination,
      message: { summary: '', blocks: [] },
      key: 'k',
    });
    const elsewhere = { destination: 'web:reading', messageId };
    await expect(web.platform.vote(elsewhere, 'web:local:ada', 'up')).rejects.toThrow(UserError);
    const found = { key: 'k', since: 0 };
    expect(await findSent(web.platform, { ...found, destination })).toEqual({ destination, messageId });
    for (const where of [{ destination: 'web:reading' }, { destination, thread: { destination, messageId } }])
      expect(await findSent(web.platform, { ...found, ...where })).toBeUndefined();
  });
});
