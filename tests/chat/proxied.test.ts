import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { discord } from '../../src/chat/discord/descriptor.ts';
import { slack } from '../../src/chat/slack/descriptor.ts';
import { createClock } from '../../src/core/clock.ts';
import type { PlatformDescriptor, PlatformHandlers, PlatformParts } from '../../src/core/platform.ts';
import { useProxies } from '../../src/core/proxy.ts';
import { Secret } from '../../src/core/secret.ts';
import { quietLogger } from '../fakes/logger.ts';
import { startProxy } from '../fakes/proxy.ts';

/** Answers of both platforms, Slack's with a socket on a host that only the proxy can reach. */
const answers: Readonly<Record<string, object>> = {
  '/api/auth.test': { ok: true, team_id: 'T01', user_id: 'U0BOT', bot_id: 'B0BOT' },
  '/api/apps.connections.open': { ok: true, url: 'wss://socket.invalid/link' },
  '/v10/users/@me': { id: '1', username: 'paperboy' },
  '/v10/applications/@me': { id: '1' },
  '/v10/oauth2/applications/@me': { id: '1' },
};

let server: Server;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let restore = () => {};
beforeEach(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[new URL(request.url ?? '', 'http://x').pathname] ?? {}));
  });
  // On a slow machine, a connection would end between two calls.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startProxy(server.address() as AddressInfo);
  restore = useProxies({ http: proxy.url, https: proxy.url, except: '' });
});
afterEach(async () => {
  restore();
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

const parts = { clock: createClock(), logger: quietLogger, commands: [] } as unknown as PlatformParts;
const handlers = {} as PlatformHandlers;

it('Slack is called and heard through a proxy', async () => {
  const tokens = { botToken: new Secret('xoxb-1'), appToken: new Secret('xapp-1') };
  const descriptor = slack as PlatformDescriptor;
  const platform = await descriptor.create({ ...tokens, apiUrl: 'http://api.invalid/api/' }, parts);
  await platform.connect();
  expect(proxy.asked).toContain('api.invalid:80');
  const failures: unknown[] = [];
  const listening = platform.listen(handlers).catch((error: unknown) => failures.push(error));
  await expect.poll(() => proxy.asked.includes('socket.invalid:443') || failures.length > 0).toBe(true);
  expect(proxy.asked, String(failures[0])).toContain('socket.invalid:443');
  await platform.close();
  await listening;
});

it('Discord is called through a proxy', async () => {
  const descriptor = discord as PlatformDescriptor;
  const platform = await descriptor.create(
    { token: new Secret('discord-token'), apiUrl: 'http://api.invalid/' },
    parts,
  );
  await platform.connect();
  expect(proxy.asked).toContain('api.invalid:80');
  await platform.close();
});
