import { type PlatformName, platformOf } from '../core/addresses.ts';
import type { Channel, ChannelRegistry } from '../core/channel.ts';
import { ExternalError, UserError } from '../core/errors.ts';
import type { Platform, PlatformDescriptor, PlatformParts, PlatformSettings } from '../core/platform.ts';

type ConnectionParts = PlatformParts & {
  descriptors: readonly PlatformDescriptor[];
  settings: Readonly<Record<PlatformName, PlatformSettings>>;
  channels: ChannelRegistry;
  /** True for a bot that listens, which people can invite to destinations that no channel posts to yet. */
  listens: boolean;
};

export type Connections = {
  platforms: ReadonlyMap<PlatformName, Platform>;
  connected: ReadonlyMap<PlatformName, Platform>;
  outages: ReadonlyMap<PlatformName, string>;
  connect(): Promise<void>;
  channelAt(destination: string): Promise<Channel | undefined>;
};

/** Platforms that a channel posts to and, for a bot that listens, those with a configured variable. */
const createPlatforms = async (parts: ConnectionParts): Promise<Map<PlatformName, Platform>> => {
  const named = new Set(parts.channels.list().flatMap(({ post }) => post.map(platformOf)));
  const platforms = new Map<PlatformName, Platform>();
  for (const descriptor of parts.descriptors) {
    const { name, requiredVariable } = descriptor;
    const settings = parts.settings[name];
    const isWanted = named.has(name) || (parts.listens && requiredVariable !== undefined);
    if (settings && isWanted) platforms.set(name, await descriptor.create(settings, parts));
  }
  return platforms;
};

/** Undefined if the address is wrong or hidden from the bot, because nobody can then send a command from it. */
const fullAddress = (platform: Platform, written: string): Promise<string | undefined> =>
  platform.resolve(written).catch((error: unknown) => {
    if (error instanceof UserError || (error instanceof ExternalError && !error.retryable)) return undefined;
    throw error;
  });

export const createConnections = async (parts: ConnectionParts): Promise<Connections> => {
  const { channels, logger } = parts;
  const platforms = await createPlatforms(parts);
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

  // Callers share one attempt, so that no platform is connected twice.
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
