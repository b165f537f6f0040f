import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { platforms } from '../../src/chat/platforms.ts';
import { checkProxies } from '../../src/cli/proxy-checks.ts';
import { useProxies } from '../../src/core/proxy.ts';
import { Secret } from '../../src/core/secret.ts';
import { startProxy } from '../fakes/proxy.ts';

let server: Server;
let port: number;
let ends: (() => unknown)[];
beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  server.close();
});

const open = async (refuses?: (host: string) => number | undefined) => {
  const proxy = await startProxy({ port, ...(refuses && { refuses }) });
  ends.push(proxy.close);
  return proxy;
};

const use = (https: string | undefined, { http = https, except = '' } = {}): void => {
  ends.push(useProxies({ http, https, except }));
};

const token = new Secret('secret');

/** The parts of the app that the check reads. It has a language model and two platforms. */
const app = {
  config: {
    env: {
      arxiv: { webUrl: 'https://a.invalid', rssUrl: 'http://rss.invalid', apiUrl: 'https://a.invalid' },
      s2: { apiUrl: 'https://s2.invalid' },
      openai: { baseUrl: 'http://localhost:1/v1' },
      platforms: { slack: { botToken: token }, discord: { token }, console: {} },
    },
  },
  engines: { llm: {} },
  descriptors: platforms,
  platforms: new Map(['slack', 'discord', 'console'].map((name) => [name, {}])),
} as unknown as App;

const checksOf = async () => (await checkProxies(app, 5_000)).checks;

const remote = 'slack.com, discord.com and gateway.discord.gg';

describe('the check of the proxy', () => {
  it('is left out without a proxy', async () => {
    expect(await checksOf()).toEqual([]);
  });

  it('shows which hosts go through it, without its password', async () => {
    const proxy = await open();
    use(proxy.url.replace('//', '//user:p%40ss@'), { except: '.s2.invalid' });
    expect(await checksOf()).toEqual([
      { name: 'proxy', ok: true, detail: `${proxy.url} for a.invalid, rss.invalid, ${remote}` },
      { name: 'proxy', ok: true, detail: 'none for s2.invalid and localhost:1' },
    ]);
    expect(proxy.asked.toSorted()).toEqual([
      ...['a.invalid:443', 'discord.com:443', 'gateway.discord.gg:443', 'rss.invalid:80', 'slack.com:443'],
    ]);
  });

  it('tells two proxies apart', async () => {
    const [http, https] = [await open(), await open()];
    use(https.url, { http: http.url });
    expect((await checksOf()).map(({ detail }) => detail)).toEqual([
      `${https.url} for a.invalid, s2.invalid, ${remote}`,
      `${http.url} for rss.invalid`,
      'none for localhost:1',
    ]);
  });

  it('fails if it does not answer', async () => {
    const proxy = await startProxy({ port });
    await proxy.close();
    use(proxy.url);
    const [check] = await checksOf();
    expect(check).toMatchObject({ ok: false, fix: expect.stringContaining('check HTTPS_PROXY and HTTP_PROXY') });
    expect(check?.detail).toMatch(/gateway\.discord\.gg; it does not answer \(connection refused\)$/);
  });

  it.each([
    ['', 'requires a user name and a password'],
    ['user:p%40ss@', 'rejects the user name or the password'],
  ])('fails if it refuses %j', async (user, text) => {
    const proxy = await open(() => 407);
    use(proxy.url.replace('//', `//${user}`));
    const [check] = await checksOf();
    expect(check).toMatchObject({ ok: false, detail: expect.stringContaining(`it ${text}`) });
    expect(JSON.stringify(check)).not.toContain('p%40ss');
  });

  it('names the hosts that it does not connect to', async () => {
    const proxy = await open((host) => (host.startsWith('slack') ? 403 : undefined));
    use(proxy.url);
    const [check] = await checksOf();
    expect(check).toMatchObject({ ok: false, fix: expect.stringContaining('NO_PROXY') });
    expect(check?.detail).toContain('; it does not connect to slack.com (status 403)');
  });
});
