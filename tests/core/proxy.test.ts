import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isReachable } from '../../src/core/http.ts';
import { proxyOf, useProxies } from '../../src/core/proxy.ts';
import { startProxy } from '../fakes/proxy.ts';

let server: Server;
let port: number;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let restore = () => {};
beforeEach(async () => {
  server = createServer((request, response) => response.end(`${request.headers.host}${request.url}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  proxy = await startProxy({ port });
});
afterEach(async () => {
  restore();
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

const use = (except = '') => {
  restore = useProxies({ http: proxy.url, https: proxy.url, except });
};
const text = async (url: string) => (await fetch(url)).text();

describe('a proxy', () => {
  it('is used by fetch and by Node’s client, for any host', async () => {
    use();
    expect(await text('http://papers.invalid/list')).toBe('papers.invalid/list');
    const status = await new Promise((resolve) =>
      get('http://papers.invalid:8080/feed', (response) => resolve(response.resume().statusCode)),
    );
    expect(status).toBe(200);
    expect(proxy.asked).toEqual(['papers.invalid:80', expect.stringContaining('papers.invalid:8080')]);
  });

  it('is not used for this machine, nor after it is given up', async () => {
    use();
    for (const host of ['127.0.0.1', 'localhost']) expect(await text(`http://${host}:${port}/x`)).toContain('/x');
    restore();
    restore = () => {};
    await expect(fetch('http://papers.invalid/')).rejects.toThrow();
    // Another process may still ask for the page of a server that had this port before.
    expect(proxy.asked.filter((what) => what !== '/')).toEqual([]);
  });

  it('is not used for the hosts in NO_PROXY', async () => {
    use('papers.invalid, .other.invalid');
    await expect(fetch('http://papers.invalid/')).rejects.toThrow();
    await expect(fetch('http://a.other.invalid/')).rejects.toThrow();
    expect(proxy.asked).toEqual([]);
  });

  it('counts as the way to a host', async () => {
    expect(await isReachable('https://papers.invalid')).toBe(false);
    use();
    expect(await isReachable('https://papers.invalid')).toBe(true);
  });
});

describe('proxyOf', () => {
  it.each([
    ['https://papers.example', '', true],
    ['wss://chat.example', '', true],
    ['http://127.0.0.1:3000', '', false],
    ['http://localhost', '', false],
    ['http://[::1]:80', '', false],
    ['https://papers.example', '*', false],
    ['https://papers.example', 'example', false],
    ['https://papers.example', 'apers.example', true],
    ['https://a.papers.example', '*.papers.example', false],
    ['https://papers.example', 'papers.example:8443', true],
    ['https://papers.example:8443', 'papers.example:8443', false],
    ['https://[fe80::1]/', '[fe80::1]:443', false],
  ])('%s with NO_PROXY=%s: %s', (url, except, isProxied) => {
    use(except);
    expect(proxyOf(new URL(url))?.origin).toBe(isProxied ? proxy.url : undefined);
  });
});
