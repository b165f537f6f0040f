import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { commands } from '../commands/index.ts';
import type { Config } from '../config/load.ts';
import { openStores } from '../db/index.ts';
import { createArxivClient } from './arxiv/client.ts';
import { createArxivSource } from './arxiv/source.ts';
import { createAuthorIndex } from './authors/author-index.ts';
import { createScholarClient } from './authors/client.ts';
import { createConsolePlatform } from './chat/console/index.ts';
import { createDiscordPlatform } from './chat/discord/index.ts';
import { createDispatcher } from './chat/dispatcher.ts';
import { createSlackPlatform } from './chat/slack/index.ts';
import { createWebPlatform, type WebPlatform } from './chat/web/index.ts';
import { type PlatformName, platformOf } from './core/address.ts';
import type { AuthorIndex } from './core/author.ts';
import type { Channel } from './core/channel.ts';
import { type Clock, createClock, startOfDay } from './core/clock.ts';
import { listedCommands } from './core/command.ts';
import { ExternalError, errorText, UserError } from './core/errors.ts';
import type { Logger } from './core/logger.ts';
import type { IsoDate } from './core/paper.ts';
import type { Platform, PlatformHandlers } from './core/platform.ts';
import type { Scorer } from './core/score.ts';
import type { Site } from './core/site.ts';
import type { Stores } from './core/stores.ts';
import { type ActivityRecord, createActivity } from './daily/activity.ts';
import { type Collector, createCollector } from './daily/collect.ts';
import { createReactionReader } from './daily/reactions.ts';
import { recordRun } from './daily/record.ts';
import { remedyChannel } from './daily/remedy.ts';
import type { RunResult } from './daily/result.ts';
import { type RunOptions, type RunParts, runChannel } from './daily/run.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createSite } from './pages/site.ts';
import { createOpenAiClient } from './scoring/llm/client.ts';
import { systemPrompt } from './scoring/llm/prompt.ts';
import { createLlmScorer } from './scoring/llm/scorer.ts';
import { createLocalScorer } from './scoring/local/scorer.ts';
import { type PriceTable, parsePrices } from './scoring/prices.ts';
import { bestTopics } from './scoring/topic-match.ts';

/** What the outside gives the app. */
export type Surroundings = {
  logger: Logger;
  version: string;
  /** Where the console platform prints. */
  output: Writable;
  /** Where people type commands on the console; none where nobody can. */
  input?: Readable | undefined;
  onProgress?: RunParts['onProgress'];
};

/** The parts of a running Paperboy, wired. */
export type App = {
  config: Config;
  clock: Clock;
  logger: Logger;
  stores: Stores;
  /** The platforms that channels post to, connected or not. */
  platforms: ReadonlyMap<PlatformName, Platform>;
  connected: ReadonlyMap<PlatformName, Platform>;
  /** Why a platform is not connected. */
  outages: ReadonlyMap<PlatformName, string>;
  /** The web platform, also where no channel posts to it. */
  web: WebPlatform;
  activity: ActivityRecord;
  metrics: Metrics;
  version: string;
  handlers: PlatformHandlers;
  /** The named channel, or the first. @throws UserError where there is none of that name. */
  channel(name: string | undefined): Channel;
  /** Connects what is not connected yet; what fails is logged, and tried again at the next call. */
  connect(): Promise<void>;
  refreshReactions(signal?: AbortSignal): Promise<void>;
  runParts(): Promise<RunParts>;
  run(channel: Channel, options: RunOptions, signal: AbortSignal): Promise<RunResult>;
  /** Remedial runs of a channel's dates, oldest first. */
  remedy(
    channel: Channel,
    dates: readonly IsoDate[],
    onResult: (result: RunResult) => void,
    signal: AbortSignal,
  ): Promise<void>;
  authors: AuthorIndex;
  /** The pages of all channels. */
  site: Site;
  close(): Promise<void>;
};

const pricesFile = join(import.meta.dirname, '..', 'config', 'prices.json');

/** Runs that start together ask arXiv once. */
const sharedCollectionMs = 60_000;

/** Codes of what is wrong with a database file or its folder, rather than with what is done to it. */
const fileFault = /^(E[A-Z]+|SQLITE_(CANTOPEN|NOTADB|READONLY|PERM|FULL|CORRUPT|BUSY|IOERR)\w*)$/;

/** @throws UserError where the file cannot be opened as a database. */
const openDatabase = (file: string): Stores => {
  try {
    return openStores(file);
  } catch (error) {
    if (!fileFault.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const reason = `The database ${file} cannot be opened (${errorText(error)})`;
    throw new UserError(`${reason}; set DATABASE_URL to file: and a path that can be written.`, { cause: error });
  }
};

/** What models cost, from config/prices.json. @throws UserError where the file is wrong. */
export const readPrices = async (): Promise<PriceTable> => parsePrices(JSON.parse(await readFile(pricesFile, 'utf8')));

/** When the day of the budget began, ISO 8601. */
const dayStart = ({ timezone }: Config, clock: Clock): string => startOfDay(clock.now(), timezone).toISOString();

const createScorers = async (config: Config, stores: Stores, clock: Clock, logger: Logger): Promise<Scorer[]> => {
  const local = createLocalScorer();
  if (config.scorer.engine === 'local') return [local];
  const { model, batchSize, concurrency, dailyBudgetUsd } = config.scorer;
  const client = createOpenAiClient({ ...config.env.openai, model });
  const llm = createLlmScorer({
    ...{ client, model, batchSize, concurrency, dailyBudgetUsd, clock, logger },
    ledger: stores.ledger,
    prices: await readPrices(),
    random: Math.random,
    dayStart: () => dayStart(config, clock),
  });
  return [llm, local];
};

const createPlatforms = (
  config: Config,
  clock: Clock,
  around: Surroundings,
  web: WebPlatform,
): Map<PlatformName, Platform> => {
  const { slack, discord } = config.env;
  const { logger } = around;
  const makers: Partial<Record<PlatformName, () => Platform>> = {
    console: () => createConsolePlatform({ output: around.output, input: around.input }),
    web: () => web,
    ...(slack && { slack: () => createSlackPlatform({ ...slack, clock, logger }) }),
    ...(discord && { discord: () => createDiscordPlatform({ ...discord, clock, logger, commands }) }),
  };
  const named = new Set(config.channels.flatMap((channel) => channel.post.map(platformOf)));
  return new Map(
    [...named].flatMap((name) => {
      const platform = makers[name]?.();
      return platform ? [[name, platform] as const] : [];
    }),
  );
};

/** Wires everything together. The one place that knows every layer. */
export const createApp = async (config: Config, around: Surroundings): Promise<App> => {
  const { logger } = around;
  const clock = createClock(config.env.now);
  const stores = openDatabase(config.env.databaseFile);
  const scorers = await createScorers(config, stores, clock, logger);
  const places = config.channels.flatMap(({ post }) => post.filter((address) => platformOf(address) === 'web'));
  const web = createWebPlatform({ places, stores, clock });
  const platforms = createPlatforms(config, clock, around, web);
  const connected = new Map<PlatformName, Platform>();
  const outages = new Map<PlatformName, string>();
  const userAgent = `Paperboy/${around.version} (arXiv reader for research teams)`;
  const client = createArxivClient({ fetch, clock, logger, userAgent, random: Math.random });
  const source = createArxivSource({ ...config.env.arxiv, client, logger });

  const scholar = createScholarClient({ ...config.env.s2, fetch, clock, logger, userAgent, random: Math.random });
  const authors = createAuthorIndex({ client: scholar, store: stores.authors, clock, logger });

  let shared: { collector: Collector; since: number } | undefined;
  const collector = (): Collector => {
    const now = performance.now();
    if (!shared || now - shared.since > sharedCollectionMs) {
      const made = createCollector({ source, announcements: stores.announcements, clock, logger });
      shared = { collector: made, since: now };
    }
    return shared.collector;
  };

  const connectOne = async (name: PlatformName, platform: Platform): Promise<void> => {
    if (connected.has(name)) return;
    try {
      await platform.connect();
      connected.set(name, platform);
      outages.delete(name);
    } catch (error) {
      if (!(error instanceof ExternalError)) throw error;
      outages.set(name, error.message);
      logger.error({ platform: name, status: error.status, reason: error.message }, 'platform not connected');
    }
  };

  // One at a time, whoever asks, so that no platform is connected twice.
  let connecting: Promise<void> | undefined;
  const connect = (): Promise<void> => {
    connecting ??= Promise.all([...platforms].map(([name, platform]) => connectOne(name, platform)))
      .then(() => {})
      .finally(() => {
        connecting = undefined;
      });
    return connecting;
  };

  const refreshReactions = createReactionReader({ platforms: connected, stores, clock, logger });

  /** A destination that is written wrong, or that the bot cannot see, is no place where anybody asks. */
  const fullAddress = (platform: Platform, written: string): Promise<string | undefined> =>
    platform.resolve(written).catch((error: unknown) => {
      if (error instanceof UserError || (error instanceof ExternalError && !error.retryable)) return undefined;
      throw error;
    });

  const channelAt = async (destination: string): Promise<Channel | undefined> => {
    const named = config.channels.find(({ name }) => destination === `console:${name}`);
    if (named) return named;
    const platform = connected.get(platformOf(destination));
    if (!platform) return undefined;
    for (const channel of config.channels)
      for (const written of channel.post)
        if (platformOf(written) === platform.name && (await fullAddress(platform, written)) === destination)
          return channel;
    return undefined;
  };

  const activity = createActivity();
  const metrics = createMetrics({
    ...{ channels: config.channels, stores, activity, platforms, connected, version: around.version },
    commands: listedCommands(commands).map(({ path }) => path),
    llm:
      config.scorer.engine === 'local'
        ? undefined
        : { dailyBudgetUsd: config.scorer.dailyBudgetUsd, dayStart: () => dayStart(config, clock) },
    now: () => clock.now(),
  });
  const handlers = createDispatcher({
    ...{ commands, channels: config.channels, channelAt, stores, clock, logger },
    onAnswered: metrics.commandAnswered,
    onVote: metrics.voteHeard,
  });

  const runParts = async (): Promise<RunParts> => {
    await connect();
    return {
      ...{ stores, scorers, clock, refreshReactions, authors },
      topicsOf: bestTopics,
      collector: collector(),
      publishing: { platforms: connected, outages, logger, random: Math.random },
      onProgress(channel, done, total) {
        activity.progress(channel, done, total);
        around.onProgress?.(channel, done, total);
      },
    };
  };

  return {
    ...{ config, clock, logger, stores, platforms, connected, outages, handlers, connect, refreshReactions, runParts },
    ...{ authors, activity, metrics, web, version: around.version },
    channel(name) {
      const found = name === undefined ? config.channels[0] : config.channels.find((one) => one.name === name);
      if (found) return found;
      const names = config.channels.map((one) => one.name).join(', ');
      throw new UserError(`There is no channel "${name}"; write one of ${names}.`);
    },
    async run(channel, options, signal) {
      const work = async () => runChannel(channel, options, await runParts(), signal);
      if (options.dryRun) return work();
      return recordRun(channel.name, work, { runs: stores.runs, activity, clock, logger, signal });
    },
    async remedy(channel, dates, onResult, signal) {
      await remedyChannel(channel, dates, await runParts(), onResult, signal);
    },
    site: createSite({ channels: config.channels, stores, now: () => clock.now(), prompt: systemPrompt }),
    async close() {
      for (const [name, platform] of platforms)
        await platform.close().catch((error: unknown) => {
          logger.warn({ platform: name, reason: errorText(error) }, 'platform not closed');
        });
      stores.close();
    },
  };
};
