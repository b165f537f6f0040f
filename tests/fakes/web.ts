import { openStores } from '../../db/sqlite/index.ts';
import { createAccess } from '../../src/chat/web/access.ts';
import type { WebParts } from '../../src/chat/web/app.ts';
import { createClientAddress } from '../../src/chat/web/client-address.ts';
import { createWebPlatform } from '../../src/chat/web/index.ts';
import { startWebServer } from '../../src/chat/web/server.ts';
import { createWatches } from '../../src/chat/web/watch.ts';
import { type Clock, createClock } from '../../src/core/clock.ts';
import type { Digest } from '../../src/core/digest.ts';
import { textMessage } from '../../src/core/message.ts';
import type { Paper } from '../../src/core/paper.ts';
import { Secret } from '../../src/core/secret.ts';
import type { LiveSite } from '../../src/core/site.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createActivity } from '../../src/daily/record.ts';
import { createLiveSite } from '../../src/pages/live/site.ts';
import { type Browser, createBrowser } from './browser.ts';
import { saveDigest } from './digest.ts';
import { paperOf } from './fixtures.ts';
import { quietLogger } from './logger.ts';

export type WebOptions = Partial<WebParts> & {
  /** Stay open when the web is closed. */
  stores?: Stores;
  secret?: string;
  publicReading?: boolean;
  trustedProxies?: readonly string[];
  isLoopback?: boolean;
  clock?: Clock;
  /** Whether a language model can rescore papers. */
  hasModel?: boolean;
  /** Hash of the channels' current rubric. */
  rubric?: string;
  /** What fails now. */
  problems?: readonly { text: string; fix: string }[];
  isPaused?: boolean;
};

/** The destination of the channel `foundations`. */
export const destination = 'web:foundations';

/** A site with only these files. */
export const siteOf = (files: LiveSite['file'] = async () => undefined): LiveSite => ({
  file: files,
  version: async () => 0,
  state: async () => undefined,
  exchange: async ({ text }) => text,
  missing: async () => ({ title: 'Nothing', text: 'There is no page at this address. Start at /' }),
  problem: async ({ title, text }) => `${title}: ${text}`,
  signIn: async ({ to }) => to,
});

/**
 * The parts of the web server, wired as in the program, on in-memory stores: the channel `foundations` with a web
 * destination, and `reading` without one.
 */
export const createWeb = (options: WebOptions = {}) => {
  const {
    secret,
    publicReading = false,
    trustedProxies = [],
    isLoopback = true,
    stores = openStores(':memory:'),
    clock = createClock(),
    hasModel = false,
    rubric = 'rubric-1',
    problems = [],
    isPaused = false,
    ...more
  } = options;
  const [logger, activity] = [more.logger ?? quietLogger, createActivity()];
  const platform = createWebPlatform({ destinations: [destination], stores, clock });
  const channels = [
    { name: 'foundations', destination },
    { name: 'reading', destination: undefined },
  ];
  const site = createLiveSite({
    channels: channels.map((channel) => ({ ...channel, timezone: 'America/New_York', rubric, isPaused })),
    ...{ stores, activity, now: () => clock.now(), prompt: () => 'Read the papers.', hasModel },
    problems: async () => problems,
  });
  const watches = createWatches({ ...(more.site ?? site), clock, logger });
  const parts: WebParts = {
    ...{ site, logger, channels, platform, stores, watches },
    now: () => clock.now(),
    access: createAccess({
      ...{ secret: secret === undefined ? undefined : new Secret(secret), publicReading, isLoopback, clock },
      signingKey: new Secret('a key'),
      knownKey: new Secret('another key'),
      clientAddress: createClientAddress(trustedProxies),
    }),
    preview: async (_channel, _date, { cutoffs, papersPerDay }) => cutoffs?.relevance ?? papersPerDay,
    complete: async (typed) => [{ text: `${typed}!`, label: typed, description: 'more of it' }],
    health: async () => ({ isReady: true, full: { status: 'ready', channels: [] }, brief: { status: 'ready' } }),
    metrics: { contentType: 'text/plain; version=0.0.4', read: async () => 'papers 1\n' },
    ...more,
  };
  return {
    ...{ parts, stores, activity, platform },
    close(): void {
      watches.close();
      if (!options.stores) stores.close();
    },
  };
};

/** The web server at a free port. Its platform echoes every command. */
export const startWeb = async (options: WebOptions = {}) => {
  const web = createWeb(options);
  const server = await startWebServer({ host: '127.0.0.1', port: 0 }, web.parts);
  return {
    ...web,
    url: server.url,
    /** Starts handling what people do on the page. */
    listen: () =>
      web.platform.listen({
        command: async ({ text }) => textMessage(`You typed ${text}.`),
        paperOf: async () => undefined,
        card: async () => undefined,
        suggest: async () => [],
        reactionAdded: async () => {},
        reactionRemoved: async () => {},
      }),
    /** A browser that has loaded a page and has signed in if there is a secret. */
    async visitor(): Promise<Browser> {
      const browser = createBrowser(server.url);
      if (options.secret !== undefined) await browser.post('sign-in', { secret: options.secret });
      await (await browser.get('')).text();
      return browser;
    },
    async close() {
      web.close();
      await server.close();
    },
  };
};

export type Web = Awaited<ReturnType<typeof startWeb>>;

/** Posts a digest of these papers; resolves with it and the message of each paper. */
export const postDigest = async (
  { stores, platform }: Pick<Web, 'stores' | 'platform'>,
  ids: readonly string[],
  date = '2025-07-08',
  make: { paper?: Partial<Paper>; commentOn?: (id: string) => string } = {},
): Promise<{ digest: Digest; messages: ReadonlyMap<string, string> }> => {
  const digest = await saveDigest(
    stores,
    ids.map((id) => paperOf(id, make.paper)),
    { date },
    make.commentOn,
  );
  await stores.outbox.enqueue(digest, [destination]);
  const messages = new Map<string, string>();
  const [header, ...papers] = await stores.outbox.list(digest.digestId, destination);
  for (const { key, deliveryId, paperId } of header ? [header, ...papers] : []) {
    const thread = paperId === undefined ? undefined : { destination, messageId: header?.key ?? '' };
    const message = textMessage(paperId ?? 'Header');
    const ref = await platform.send({ destination, thread, message, key });
    await stores.outbox.sent(deliveryId, ref, Date.now());
    if (paperId !== undefined) messages.set(paperId, ref.messageId);
  }
  return { digest, messages };
};
