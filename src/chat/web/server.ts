import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Channel } from '../../core/channel.ts';
import { isIsoDate } from '../../core/clock.ts';
import { ExternalError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Stores } from '../../core/stores.ts';
import { digestPage, sentencePage } from './page.ts';

export type WebParts = {
  channels: readonly Pick<Channel, 'name'>[];
  stores: Pick<Stores, 'digests' | 'reactions'>;
  logger: Logger;
};

/** The pages as a request handler; no script, nothing from elsewhere. */
export const createWebApp = ({ channels, stores, logger }: WebParts): Hono => {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'unsafe-inline'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
    }),
  );
  app.get('/', async (context) => {
    const asked = context.req.query('channel');
    const date = context.req.query('date');
    const channel = asked === undefined ? channels[0] : channels.find(({ name }) => name === asked);
    if (!channel) return context.html(sentencePage('No such channel', 'The config names no channel like that.'), 404);
    if (date !== undefined && !isIsoDate(date))
      return context.html(sentencePage('No such day', 'A day is written like 2025-07-08.'), 400);
    const { name } = channel;
    const digest = await (date === undefined ? stores.digests.newest(name) : stores.digests.find(name, date));
    if (!digest)
      return context.html(
        date === undefined
          ? sentencePage('No digest yet', `The first digest of ${name} appears here as soon as its papers are read.`)
          : sentencePage('No digest', `There is no digest of ${name} for ${date}.`),
        date === undefined ? 200 : 404,
      );
    const shown = [...digest.entries, ...digest.nearest].map(({ paper }) => paper.id);
    return context.html(
      digestPage(digest, {
        channels: channels.map((one) => one.name),
        dates: await stores.digests.dates(name),
        votes: await stores.reactions.votes(name, shown),
      }),
    );
  });
  app.notFound((context) => context.html(sentencePage('Not found', 'There is nothing at this address.'), 404));
  app.onError((error, context) => {
    logger.error({ err: error }, 'page failed');
    return context.html(sentencePage('Something is wrong', 'The page could not be made; the log says why.'), 500);
  });
  return app;
};

/**
 * Serves the pages until closed.
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
