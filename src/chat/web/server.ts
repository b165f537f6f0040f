import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { ExternalError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Webhook } from '../../core/platform.ts';
import type { Site } from '../../core/site.ts';

export type WebParts = {
  site: Site;
  logger: Logger;
  /** Answered before any page; each guards itself. */
  webhooks?: readonly Webhook[];
};

/** Assets never change while the program runs; pages do, with every vote. */
const cacheControl = (path: string): string => (path.startsWith('assets/') ? 'public, max-age=3600' : 'no-cache');

/** The pages and webhooks as a request handler; no script, nothing from elsewhere. */
export const createWebApp = ({ site, logger, webhooks = [] }: WebParts): Hono => {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        // Typeset mathematics carries its measures in style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
    }),
  );
  for (const { path, handle } of webhooks) app.all(path, (context) => handle(context.req.raw));
  app.get('*', async (context) => {
    const path = context.req.path.slice(1);
    const file = await site.file(path === '' || path.endsWith('/') ? `${path}index.html` : path);
    if (!file) {
      // A folder without its slash, as people type it.
      if (await site.file(`${path}/index.html`)) return context.redirect(`/${path}/`, 308);
      return context.notFound();
    }
    return context.body(file.body, 200, { 'content-type': file.type, 'cache-control': cacheControl(path) });
  });
  app.notFound((context) => context.text('There is nothing at this address. The pages begin at /', 404));
  app.onError((error, context) => {
    logger.error({ err: error }, 'page failed');
    return context.text('The page could not be made; the log says why.', 500);
  });
  return app;
};

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
