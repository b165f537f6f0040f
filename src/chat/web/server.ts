import { serve } from '@hono/node-server';
import type { Clock } from '../../core/clock.ts';
import { ExternalError } from '../../core/errors.ts';
import { isLoopback } from '../../core/http.ts';
import type { Stores } from '../../core/stores.ts';
import { type AccessParts, createAccess } from './access.ts';
import { createWebApp, type WebParts } from './app.ts';
import { createClientAddress } from './client-address.ts';
import { createWatches } from './watch.ts';

/**
 * Milliseconds, so that nobody holds connections by sending slowly: for the headers, for a whole request, between two
 * requests, and between two checks of these. Node's defaults are minutes. Streams of answers are not limited.
 */
const defaultPatience = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
};

/**
 * Serves the pages and webhooks until closed.
 * @param address `port` 0 for any free port.
 * @throws ExternalError if it cannot listen on the address.
 */
export const startWebServer = async (
  address: { host: string; port: number },
  parts: WebParts,
  patience = defaultPatience,
): Promise<{ url: string; close(): Promise<void> }> => {
  const app = createWebApp(parts);
  const { host, port } = address;
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions: patience }, (info) => {
      const shownHost = host.includes(':') ? `[${host}]` : host;
      resolve({
        url: `http://${shownHost}:${info.port}/`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken =
        error.code === 'EADDRINUSE'
          ? 'another process uses this port; set PAPERBOY_HTTP to a free HOST:PORT, or to off'
          : error.message;
      reject(
        new ExternalError({
          service: 'web page',
          message: `cannot listen on ${host}:${port}: ${taken}`,
          retryable: false,
          cause: error,
        }),
      );
    });
  });
};

type Address = { host: string; port: number };

type WebServer = { url: string; close(): Promise<void> };

/**
 * Adds access control and live updates to the pages, and serves them until closed.
 * @throws ExternalError if it cannot listen on the address.
 */
export const serveWeb = async (
  address: Address,
  parts: Omit<WebParts, 'access' | 'watches'> & {
    guard: Pick<AccessParts, 'secret' | 'publicReading'> & { trustedProxies: readonly string[]; clock: Clock };
    stores: Pick<Stores, 'signingKeys' | 'sharedMemory'>;
  },
): Promise<WebServer> => {
  const { guard, site, logger } = parts;
  const watches = createWatches({ ...site, clock: guard.clock, logger });
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const isLocal = isLoopback(new URL(`http://${host}`));
  const access = createAccess({
    ...guard,
    ...{ isLoopback: isLocal, memory: parts.stores.sharedMemory },
    signingKey: await parts.stores.signingKeys.keyFor('web sessions'),
    knownKey: await parts.stores.signingKeys.keyFor('known browsers'),
    clientAddress: createClientAddress(guard.trustedProxies, (proxy) =>
      logger.warn({ proxy }, 'visitors behind this proxy share one limit; name it in web.trustedProxies'),
    ),
  });
  const server = await startWebServer(address, {
    ...parts,
    ...{ access, watches },
    // Looked up on each request: channels come and go while the page is served.
    get channels() {
      return parts.channels;
    },
  });
  if (!isLocal && !guard.secret && !guard.publicReading)
    logger.warn(
      { url: server.url },
      'the web page shows nothing because other machines can reach it; set PAPERBOY_WEB_SECRET',
    );
  return {
    url: server.url,
    async close() {
      watches.close();
      await server.close();
    },
  };
};
