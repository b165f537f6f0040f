import { isPersonOf, type Person, type PlatformName, platformOf } from '../core/addresses.ts';
import type { Channel, ChannelRegistry } from '../core/channel.ts';
import { ExternalError, errorText, UserError } from '../core/errors.ts';
import { doctorFix, type HealthReports, type HealthSubject } from '../core/health.ts';
import type { Held } from '../core/lease.ts';
import { message, paragraph } from '../core/message.ts';
import type {
  Platform,
  PlatformDescriptor,
  PlatformHandlers,
  PlatformParts,
  PlatformSettings,
} from '../core/platform.ts';
import { hasSockets, type Role } from '../core/role.ts';

type ConnectionParts = PlatformParts & {
  descriptors: readonly PlatformDescriptor[];
  settings: Readonly<Record<PlatformName, PlatformSettings>>;
  channels: ChannelRegistry;
  /** What this process does of the work of several that share the database. Not set if it is alone. */
  role?: Role | undefined;
  /** True for a bot that listens, which people can invite to destinations that no channel posts to yet. */
  listens: boolean;
  health: HealthReports;
};

/** `in turn` if one of several processes listens at a time. */
type ListeningHow = 'always' | 'in turn' | 'never';

export type Connections = {
  platforms: ReadonlyMap<PlatformName, Platform>;
  connected: ReadonlyMap<PlatformName, Platform>;
  outages: ReadonlyMap<PlatformName, string>;
  /** Connected platforms that deliver no commands and reactions although they should, with the reason. */
  deaf: ReadonlyMap<PlatformName, string>;
  connect(): Promise<void>;
  listensTo(name: PlatformName): ListeningHow;
  /**
   * Starts listening on those of these platforms that are connected and have no listener yet. @returns the platforms that
   * deliver nothing.
   */
  listen(handlers: PlatformHandlers, names?: readonly PlatformName[]): Promise<PlatformName[]>;
  stopListening(name: PlatformName): Promise<void>;
  /** Closes all platforms at the same time, because each may wait for its remote. Never rejects. */
  disconnect(): Promise<void>;
  channelAt(destination: string): Promise<Channel | undefined>;
  /** True if an address in `admins` or `managers` means this person. */
  isPerson(written: string, person: Person): boolean;
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

/** Reports only about platforms that need a remote server, which are those that need a variable. */
const reportsOf = ({ descriptors, health }: ConnectionParts): ConnectionParts['health'] => {
  const isRemote = (platform: PlatformName): boolean =>
    descriptors.some(({ name, requiredVariable }) => name === platform && requiredVariable !== undefined);
  const aboutRemote = (subject: HealthSubject): boolean => isRemote(subject.split(' ')[1] ?? '');
  return {
    worked: async (subject) => (aboutRemote(subject) ? health.worked(subject) : undefined),
    failed: async (subject, failure) => (aboutRemote(subject) ? health.failed(subject, failure) : undefined),
  };
};

/**
 * Handlers that do nothing once another process listens. A process that was paused still has the events from before its
 * pause, which the other has handled too.
 */
export const whileHeld = (handlers: PlatformHandlers, held: Held): PlatformHandlers => {
  const ifHeld =
    <A extends unknown[], R>(handler: (...args: A) => Promise<R>, otherwise: R) =>
    async (...args: A): Promise<R> => {
      const isHeld = await held.check().then(
        () => true,
        () => false,
      );
      return isHeld ? handler(...args) : otherwise;
    };
  const moved = message('Not done', [paragraph('Paperboy just restarted. Send the command again.')]);
  return {
    command: ifHeld(handlers.command, moved),
    paperOf: ifHeld(handlers.paperOf, undefined),
    card: ifHeld(handlers.card, undefined),
    suggest: ifHeld(handlers.suggest, []),
    reactionAdded: ifHeld(handlers.reactionAdded, undefined),
    reactionRemoved: ifHeld(handlers.reactionRemoved, undefined),
  };
};

export const createConnections = async (parts: ConnectionParts): Promise<Connections> => {
  const { channels, logger } = parts;
  const health = reportsOf(parts);
  const platforms = await createPlatforms(parts);
  const connected = new Map<PlatformName, Platform>();
  const outages = new Map<PlatformName, string>();
  const deaf = new Map<PlatformName, string>();
  const listening = new Set<PlatformName>();

  const listensTo = (name: PlatformName): ListeningHow => {
    const { role } = parts;
    const descriptor = parts.descriptors.find((one) => one.name === name);
    const hasSocket = descriptor?.requiredVariable !== undefined && platforms.get(name)?.webhook === undefined;
    if (role === undefined || !hasSocket) return 'always';
    if (!hasSockets(role)) return 'never';
    return descriptor.hasOneListener ? 'in turn' : 'always';
  };

  const connectOne = async (name: PlatformName, platform: Platform): Promise<void> => {
    if (connected.has(name)) return;
    try {
      await platform.connect();
      connected.set(name, platform);
      outages.delete(name);
      if (parts.listens && listensTo(name) === 'always') deaf.set(name, 'it does not listen yet');
      await health.worked(`platform ${name}`);
    } catch (error) {
      if (!(error instanceof ExternalError)) throw error;
      outages.set(name, error.message);
      logger.error({ platform: name, status: error.status, reason: error.message }, 'platform not connected');
      await health.failed(`platform ${name}`, { reason: error.message, fix: doctorFix });
    }
  };

  const hear = (name: PlatformName, lost: string | undefined): Promise<void> => {
    if (lost === undefined) deaf.delete(name);
    else deaf.set(name, lost);
    if (lost === undefined) return health.worked(`listening ${name}`);
    return health.failed(`listening ${name}`, { reason: lost, fix: doctorFix });
  };

  const listenTo = async (name: PlatformName, platform: Platform, handlers: PlatformHandlers): Promise<void> => {
    try {
      await platform.listen(handlers, (lost) => void hear(name, lost));
      listening.add(name);
      await hear(name, undefined);
    } catch (error) {
      if (!(error instanceof ExternalError || error instanceof UserError)) throw error;
      logger.error({ platform: name, reason: error.message }, 'cannot listen to the platform');
      await hear(name, error.message);
    }
  };

  // Callers share one attempt, so that no platform is connected twice.
  let connecting: Promise<void> | undefined;

  return {
    ...{ platforms, connected, outages, deaf },
    connect() {
      connecting ??= Promise.all([...platforms].map(([name, platform]) => connectOne(name, platform)))
        .then(() => {})
        .finally(() => {
          connecting = undefined;
        });
      return connecting;
    },
    listensTo,
    async listen(handlers, names = [...platforms.keys()]) {
      for (const name of names) {
        const platform = connected.get(name);
        if (platform && !listening.has(name)) await listenTo(name, platform, handlers);
      }
      return names.filter((name) => !listening.has(name));
    },
    async stopListening(name) {
      listening.delete(name);
      deaf.delete(name);
      await platforms.get(name)?.stopListening?.();
    },
    async disconnect() {
      const closing = [...platforms].map(([name, platform]) =>
        platform.close().catch((error: unknown) => {
          logger.warn({ platform: name, reason: errorText(error) }, 'platform not closed');
        }),
      );
      await Promise.all(closing);
    },
    isPerson(written, person) {
      const platform = platforms.get(platformOf(person));
      return isPersonOf(written, person, platform?.ownTenant ? platform.ownTenant() : 'any');
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
