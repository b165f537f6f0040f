import { commands } from '../commands/index.ts';
import type { App } from './app.ts';
import { completionsFor } from './chat/complete.ts';
import { createAccess } from './chat/web/access.ts';
import { startWebServer } from './chat/web/server.ts';
import { createWatches } from './chat/web/watch.ts';
import { platformOf } from './core/address.ts';
import { isLoopback } from './core/http.ts';
import { readHealth } from './health.ts';
import { createLiveSite } from './pages/live/site.ts';
import { systemPrompt } from './scoring/llm/prompt.ts';

/** Serves the web page of a running bot until closed; `isStarted` tells whether it keeps its schedules yet. */
export const serveWeb = async (
  app: App,
  address: { host: string; port: number },
  isStarted: () => boolean,
): Promise<{ url: string; close(): Promise<void> }> => {
  const { config, stores, clock, logger, activity, platforms, connected, outages, version } = app;
  const channels = config.channels.map(({ name, timezone, post }) => {
    return { name, timezone, place: post.find((destination) => platformOf(destination) === 'web') };
  });
  const now = (): Date => clock.now();
  const site = createLiveSite({ channels, stores, activity, now, prompt: systemPrompt });
  const watches = createWatches({ state: site.state, clock, logger });
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const access = createAccess({ ...config.web, isLoopback: isLoopback(new URL(`http://${host}`)), clock });
  const server = await startWebServer(address, {
    ...{ site, access, channels, stores, watches, logger, metrics: app.metrics, platform: app.web },
    webhooks: [...platforms.values()].flatMap(({ webhook }) => webhook ?? []),
    complete: (typed, place) => completionsFor(typed, place, { commands, suggest: app.handlers.suggest }),
    async health() {
      const full = await readHealth({
        ...{ channels, stores, activity, platforms, connected, outages, isStarted, version, now },
      });
      const { status, time } = full;
      return { isReady: status === 'ready', full, brief: { status, version, time } };
    },
  });
  return {
    url: server.url,
    async close() {
      watches.close();
      await server.close();
    },
  };
};
