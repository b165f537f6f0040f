import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startProxy } from '../fakes/proxy.ts';
import type { ProxiedPlatform } from './proxied-platform.ts';

/** Answers of both platforms that lead to a socket on a host that only the proxy can reach. */
const answers: Readonly<Record<string, object>> = {
  '/api/auth.test': { ok: true, team_id: 'T01', user_id: 'U0BOT', bot_id: 'B0BOT' },
  '/api/apps.connections.open': { ok: true, url: 'wss://socket.invalid/link' },
  '/v10/users/@me': { id: '1', username: 'paperboy' },
  '/v10/applications/@me': { id: '1' },
  '/v10/oauth2/applications/@me': { id: '1' },
  '/v10/gateway/bot': {
    ...{ url: 'wss://socket.invalid', shards: 1 },
    session_start_limit: { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 },
  },
};

let server: Server;
let proxy: Awaited<ReturnType<typeof startProxy>>;
beforeEach(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[new URL(request.url ?? '', 'http://x').pathname] ?? {}));
  });
  // On a slow machine, a connection would end between two calls.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startProxy(server.address() as AddressInfo);
});
afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

it.each([
  ['slack', 'http://api.invalid/api/', { botToken: 'xoxb-1', appToken: 'xapp-1' }],
  ['discord', 'http://api.invalid/', { token: 'discord-token' }],
])('%s is called and heard through a proxy', async (name, apiUrl, tokens) => {
  const workerData: ProxiedPlatform = { name, apiUrl, tokens, proxy: proxy.url };
  const worker = new Worker(new URL('./proxied-platform.ts', import.meta.url), { workerData });
  try {
    // Listening fails, because the tunnel ends at a server without TLS.
    const [failure] = await once(worker, 'message');
    expect(proxy.asked, String(failure)).toContain('socket.invalid:443');
    expect(proxy.asked).toContain('api.invalid:80');
  } finally {
    await worker.terminate();
  }
});
