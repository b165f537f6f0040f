import { commands } from '../../commands/index.ts';
import type { App } from '../app.ts';
import { completionsFor } from '../chat/language/complete.ts';
import { createAccess } from '../chat/web/access.ts';
import { startWebServer } from '../chat/web/server.ts';
import { createWatches } from '../chat/web/watch.ts';
import { platformOf } from '../core/addresses.ts';
import { isLoopback } from '../core/http.ts';
import { readHealth } from '../monitoring/health.ts';
import { createLiveSite } from '../pages/live/site.ts';
import { systemPrompt } from '../scoring/llm/prompt.ts';

/** Serves the web page of a running bot until closed; `isStarted` tells whether it keeps its schedules yet. */
export const serveWeb = async (
  app: App,
  address: { host: string; port: number },
  isStarted: () => boolean,
): Promise<{ url: string; close(): Promise<void> }> => {
  const { config, stores, clock, logger, activity, platforms, connected, outages, version } = app;
  const now = (): Date => clock.now();
  // Channels come and go while the page is served, so that they are looked up at every request.
  const channels = () => [
    ...app.channels.list().map(({ name, timezone, rubric, post }) => {
      return {
        name,
        timezone,
        rubric: rubric.hash,
        place: post.find((destination) => platformOf(destination) === 'web'),
      };
    }),
    // What was taken away in chat can still be read.
    ...app.channels.former().map(({ name, timezone }) => ({ name, timezone, place: undefined, isFormer: true })),
  ];
  const site = createLiveSite({
    ...{ stores, activity, now, prompt: systemPrompt },
    hasModel: config.scorer.engine !== 'local',
    get channels() {
      return channels();
    },
  });
  const watches = createWatches({ state: site.state, clock, logger });
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const isLocal = isLoopback(new URL(`http://${host}`));
  const access = createAccess({ ...config.web, isLoopback: isLocal, clock });
  const server = await startWebServer(address, {
    ...{ site, access, stores, watches, logger, metrics: app.metrics, platform: app.web },
    get channels() {
      return channels();
    },
    webhooks: [...platforms.values()].flatMap(({ webhook }) => webhook ?? []),
    complete: (typed, place) => completionsFor(typed, place, { commands, suggest: app.handlers.suggest }),
    async health() {
      const full = await readHealth({
        ...{ stores, activity, platforms, connected, outages, isStarted, version, now },
        channels: app.channels.list(),
      });
      const { status, time } = full;
      return { isReady: status === 'ready', full, brief: { status, version, time } };
    },
  });
  app.servedAt(server.url);
  if (!isLocal && !config.web.secret && !config.web.publicReading)
    logger.warn(
      { url: server.url },
      'the web page shows nothing: it can be reached from other machines, so set PAPERBOY_WEB_SECRET',
    );
  return {
    url: server.url,
    async close() {
      app.servedAt(undefined);
      watches.close();
      await server.close();
    },
  };
};
