import type { Readable, Writable } from 'node:stream';
import { commands } from '../../commands/index.ts';
import type { Environment } from '../../config/environment.ts';
import { type PlatformName, platformOf } from '../core/addresses.ts';
import type { Channel, ChannelRegistry } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import { ExternalError, UserError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Platform } from '../core/platform.ts';
import { createConsolePlatform } from './console/index.ts';
import { createDiscordPlatform } from './discord/index.ts';
import { createSlackPlatform } from './slack/index.ts';
import type { WebPlatform } from './web/index.ts';

type ConnectionParts = {
  env: Environment;
  channels: ChannelRegistry;
  web: WebPlatform;
  clock: Clock;
  logger: Logger;
  /** Where the console platform prints. */
  output: Writable;
  /** Where people type commands on the console; none where nobody can. */
  input: Readable | undefined;
  /** Where the progress of commands is told that are typed there. */
  progress: Writable;
  /** True for a bot that listens: it can be brought to places that no channel posts to yet. */
  listens: boolean;
};

/** The chat platforms, connected or not. */
export type Connections = {
  platforms: ReadonlyMap<PlatformName, Platform>;
  connected: ReadonlyMap<PlatformName, Platform>;
  /** Why a platform is not connected. */
  outages: ReadonlyMap<PlatformName, string>;
  /** Connects what is not connected yet; what fails is logged, and tried again at the next call. */
  connect(): Promise<void>;
  /** The channel that posts to a place, if there is one. */
  channelAt(destination: string): Promise<Channel | undefined>;
};

const createPlatforms = (parts: ConnectionParts): Map<PlatformName, Platform> => {
  const { env, channels, clock, logger, web, listens } = parts;
  const { slack, discord } = env;
  const makers: Partial<Record<PlatformName, () => Platform>> = {
    console: () => createConsolePlatform({ output: parts.output, input: parts.input, progress: parts.progress }),
    web: () => web,
    ...(slack && { slack: () => createSlackPlatform({ ...slack, clock, logger }) }),
    ...(discord && { discord: () => createDiscordPlatform({ ...discord, clock, logger, commands }) }),
  };
  const named = new Set(channels.list().flatMap(({ post }) => post.map(platformOf)));
  if (listens) for (const name of ['slack', 'discord'] as const) if (env[name]) named.add(name);
  return new Map(
    [...named].flatMap((name) => {
      const platform = makers[name]?.();
      return platform ? [[name, platform] as const] : [];
    }),
  );
};

/** A destination that is written wrong, or that the bot cannot see, is no place where anybody asks. */
const fullAddress = (platform: Platform, written: string): Promise<string | undefined> =>
  platform.resolve(written).catch((error: unknown) => {
    if (error instanceof UserError || (error instanceof ExternalError && !error.retryable)) return undefined;
    throw error;
  });

export const createConnections = (parts: ConnectionParts): Connections => {
  const { channels, logger } = parts;
  const platforms = createPlatforms(parts);
  const connected = new Map<PlatformName, Platform>();
  const outages = new Map<PlatformName, string>();

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

  return {
    ...{ platforms, connected, outages },
    connect() {
      connecting ??= Promise.all([...platforms].map(([name, platform]) => connectOne(name, platform)))
        .then(() => {})
        .finally(() => {
          connecting = undefined;
        });
      return connecting;
    },
    async channelAt(destination) {
      const named = channels.list().find(({ name }) => destination === `console:${name}`);
      if (named) return named;
      const platform = connected.get(platformOf(destination));
      if (!platform) return undefined;
      for (const channel of channels.list())
        for (const written of channel.post)
          if (platformOf(written) === platform.name && (await fullAddress(platform, written)) === destination)
            return channel;
      return undefined;
    },
  };
};
