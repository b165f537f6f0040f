import { serve } from '@hono/node-server';
import { ExternalError } from '../../core/errors.ts';
import { createWebApp, type WebParts } from './app.ts';

/**
 * Serves the pages and webhooks until closed.
 *
 * @param address `port` 0 for any free one.
 * @throws ExternalError where the address cannot be listened at, such as when another process has it.
 */
export const startWebServer = async (
  address: { host: string; port: number },
  parts: WebParts,
): Promise<{ url: string; close(): Promise<void> }> => {
  const app = createWebApp(parts);
  const { host, port } = address;
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (info) => {
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
          ? 'another process listens there; set PAPERBOY_HTTP to a free HOST:PORT, or to off'
          : error.message;
      reject(
        new ExternalError({
          service: 'web page',
          message: `cannot listen at ${host}:${port}: ${taken}`,
          retryable: false,
          cause: error,
        }),
      );
    });
  });
};
