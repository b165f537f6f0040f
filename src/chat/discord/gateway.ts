import {
  type Caches,
  Client,
  Events,
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  Options,
  type RESTOptions,
  SimpleShardingStrategy,
} from 'discord.js';
import { z } from 'zod';
import { atMost, type Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { countOf } from '../../core/paper.ts';
import type { OnConnection } from '../../core/platform.ts';
import { retry } from '../../core/retry.ts';
import type { Secret } from '../../core/secret.ts';
import type { DiscordCall } from './api.ts';
import { discordFailure } from './errors.ts';

/** Not privileged: of messages that do not mention the bot, Discord leaves out the content. */
const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.GuildMessageReactions];

/** Only raw events are read, so the cache holds only what discord.js needs. */
const makeCache = Options.cacheWithLimits({
  ApplicationCommandManager: 0,
  ApplicationEmojiManager: 0,
  AutoModerationRuleManager: 0,
  BaseGuildEmojiManager: 0,
  DMMessageManager: 0,
  EntitlementManager: 0,
  GuildBanManager: 0,
  GuildEmojiManager: 0,
  GuildForumThreadManager: 0,
  GuildInviteManager: 0,
  GuildMemberManager: 0,
  GuildMessageManager: 0,
  GuildScheduledEventManager: 0,
  GuildStickerManager: 0,
  GuildTextThreadManager: 0,
  MessageManager: 0,
  PresenceManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  StageInstanceManager: 0,
  ThreadManager: 0,
  ThreadMemberManager: 0,
  UserManager: 0,
  VoiceStateManager: 0,
} satisfies Record<keyof Caches, 0>);

const readyTimeoutMs = 30_000;
const closeTimeoutMs = 500;
const maxWaitMs = 30_000;
const maxRefusedWaitMs = 300_000;
/** After a connection has lasted this many milliseconds, waits restart at the minimum. */
const stableAfter = 60_000;

/** Discord accepts one identify every five seconds: https://docs.discord.com/developers/events/gateway#rate-limiting */
const identifyGapMs = 5_000;
/** In milliseconds. Keeps the bot far below the limit of 1,000 identifies a day. */
const maxIdentifyGapMs = 300_000;
const localIdentifyGapMs = 20;

/**
 * After these codes, discord.js does not reconnect:
 * https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway
 */
const refusals: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]:
    'Discord rejects the token. Set DISCORD_TOKEN to a new one and restart the bot.',
  [GatewayCloseCodes.InvalidShard]: 'Discord refuses the shard.',
  [GatewayCloseCodes.ShardingRequired]: 'The bot is in more servers than one connection can serve.',
  [GatewayCloseCodes.InvalidAPIVersion]: 'Discord no longer supports this version of its API.',
  [GatewayCloseCodes.InvalidIntents]: 'Discord does not recognize the events that the bot requests.',
  [GatewayCloseCodes.DisallowedIntents]: 'Discord does not let the bot receive the events that it requests.',
};

const gatewaySchema = z.looseObject({
  shards: z.number(),
  session_start_limit: z.looseObject({ remaining: z.number(), reset_after: z.number() }),
});

type IdentifyPaceParts = {
  isLocal: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** When the last session became ready, in the clock's monotonic milliseconds. */
  readyAt(): number;
};

/**
 * Spaces out identifies, each of which starts a new session. The first is immediate; waits then double until a session
 * is stable. discord.js has a fixed pace, and Discord resets the token of a bot that starts 1,000 sessions in a day.
 */
export const createIdentifyPace = ({ isLocal, clock, signal, readyAt }: IdentifyPaceParts) => {
  const minGap = isLocal ? localIdentifyGapMs : identifyGapMs;
  let last = Number.NEGATIVE_INFINITY;
  let failures = 0;
  return {
    async waitForIdentify(_shard: number, closed: AbortSignal): Promise<void> {
      const now = clock.monotonic();
      if (readyAt() >= last && now - readyAt() > stableAfter) failures = 0;
      const wait = Math.min(maxIdentifyGapMs, minGap * 2 ** Math.max(0, failures - 1));
      const left = Math.max(0, last + wait - now);
      if (left > 0) await clock.sleep(left, AbortSignal.any([closed, signal]));
      failures += 1;
      last = clock.monotonic();
    },
  };
};

type Setup = {
  token: Secret;
  call: DiscordCall;
  rest: Partial<RESTOptions>;
  isLocal: boolean;
  clock: Clock;
  logger: Logger;
  onEvent(type: string, payload: unknown): void;
  onConnection?: OnConnection | undefined;
};

/**
 * The connection that delivers events. discord.js's client resumes a broken session, and starts a new one if Discord
 * refuses to resume it. This gateway adds waits between reconnects, one log line per outage, and new attempts after a
 * refusal. Closing stops the connection and all attempts.
 */
export const createGateway = ({ token, call, rest, isLocal, clock, logger, onEvent, onConnection }: Setup) => {
  const closing = new AbortController();

  const checkSessionLimit = async (): Promise<void> => {
    const { shards, session_start_limit: limit } = await call('get', '/gateway/bot', gatewaySchema);
    if (limit.remaining >= shards) return;
    const hours = Math.max(1, Math.round(limit.reset_after / 3_600_000));
    const message = `The bot has reached Discord’s daily limit of sessions. It can connect again in ${countOf(hours, 'hour')}.`;
    throw new ExternalError({ service: 'Discord', message, retryAfterMs: limit.reset_after });
  };

  const createConnection = () => {
    const ready = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<ExternalError>();
    const waits = new Map<number, number>();
    let refusal: ExternalError | undefined;
    let isOver = false;
    let isLost = false;
    let readyAt = Number.NEGATIVE_INFINITY;
    let failures = 0;

    const client = new Client({
      intents,
      makeCache,
      shards: 'auto',
      // The client makes only one call, for the gateway's address.
      rest: { ...rest, hashSweepInterval: 0, handlerSweepInterval: 0 },
      ws: {
        buildIdentifyThrottler: async () =>
          createIdentifyPace({ isLocal, clock, signal: closing.signal, readyAt: () => readyAt }),
        buildStrategy(manager) {
          const { retrieveSessionInfo } = manager.options;
          // A shard requests its session before it connects, so its wait goes here. After closing, it never gets a
          // session.
          manager.options.retrieveSessionInfo = async (shard) => {
            const wait = waits.get(shard) ?? 0;
            waits.delete(shard);
            if (wait > 0) await clock.sleep(wait, closing.signal).catch(() => {});
            return isOver ? new Promise<never>(() => {}) : retrieveSessionInfo(shard);
          };
          const emit: (...event: unknown[]) => boolean = manager.emit.bind(manager);
          // discord.js caches what an event holds; an exception there would end the process.
          manager.emit = (...event: unknown[]) => {
            try {
              return emit(...event);
            } catch (error) {
              logger.error({ err: error }, 'discord.js failed on an event');
              return true;
            }
          };
          return new SimpleShardingStrategy(manager);
        },
      },
    });

    const onConnected = (how: string): void => {
      readyAt = clock.monotonic();
      if (isLost) {
        logger.info({ how }, 'connected to Discord again');
        onConnection?.(undefined);
      }
      isLost = false;
      ready.resolve();
    };
    // Raw events come before caching: discord.js drops reactions in threads that it has not cached.
    client.on(Events.Raw, ({ t, d }: { t: string; d: unknown }) => {
      if (isOver) return;
      if (t === GatewayDispatchEvents.Ready) onConnected('new session');
      if (t === GatewayDispatchEvents.Resumed) onConnected('resumed');
      onEvent(t, d);
    });
    client.on(Events.ShardReconnecting, (shard) => {
      if (isOver) return;
      failures = clock.monotonic() - readyAt > stableAfter ? 1 : failures + 1;
      // discord.js itself waits half a second.
      if (failures > 1) waits.set(shard, Math.min(maxWaitMs, 250 * 2 ** failures));
      const wasReady = readyAt > Number.NEGATIVE_INFINITY;
      if (wasReady && !isLost) {
        logger.warn({}, 'lost the connection to Discord; reconnecting');
        onConnection?.('The connection to Discord was lost.');
      }
      isLost = wasReady;
    });
    client.on(Events.ShardDisconnect, ({ code }) => {
      if (isOver) return;
      const message = refusals[code] ?? `Discord refuses the connection (${code}).`;
      refusal = new ExternalError({ service: 'Discord', message, retryable: false });
      refused.resolve(refusal);
    });
    const onError = (error: Error): void =>
      logger.debug({ reason: errorText(error) }, 'error in the connection to Discord');
    client.on(Events.ShardError, onError);
    // Without a listener, it would end the process.
    client.on(Events.Error, onError);
    client.on(Events.Debug, (text) => logger.debug({ text }, 'discord.js'));

    return {
      refused: refused.promise,
      async start(): Promise<void> {
        const done = new AbortController();
        const timeout = clock.sleep(readyTimeoutMs, AbortSignal.any([done.signal, closing.signal])).then(() => {
          throw new ExternalError({ service: 'Discord', message: 'Discord did not accept the connection in time.' });
        });
        const connecting = checkSessionLimit()
          .then(() => client.login(token.reveal()))
          .then(() => ready.promise);
        try {
          await Promise.race([connecting, timeout, refused.promise]);
          if (refusal) throw refusal;
        } catch (error) {
          // discord.js's own error does not say why Discord refused.
          throw refusal ?? discordFailure(error);
        } finally {
          done.abort();
        }
      },
      async end(): Promise<void> {
        isOver = true;
        const destroying = client.destroy().catch(() => {});
        await atMost(closeTimeoutMs, destroying, clock);
      },
    };
  };

  type Connection = ReturnType<typeof createConnection>;
  let current: Connection | undefined;

  const connect = async (): Promise<Connection> => {
    const connection = createConnection();
    current = connection;
    try {
      await connection.start();
      return connection;
    } catch (error) {
      await connection.end();
      throw error;
    }
  };

  /** Retries even after a refusal, because somebody may fix the cause in Discord. */
  const reconnect = (): Promise<Connection> =>
    retry(
      () =>
        connect().catch((cause: unknown) => {
          throw new ExternalError({ service: 'Discord', message: errorText(cause), retryable: true, cause });
        }),
      {
        ...{ maxAttempts: Number.POSITIVE_INFINITY, minDelayMs: 2 * maxWaitMs, maxDelayMs: maxRefusedWaitMs },
        ...{ clock, signal: closing.signal },
        onRetry({ error }) {
          logger.debug({ reason: error.message }, 'still no connection to Discord');
          onConnection?.(error.message);
        },
      },
    );

  const stayConnected = async (first: Connection): Promise<never> => {
    for (let connection = first; ; ) {
      const { message } = await connection.refused;
      logger.error({ reason: message }, 'Discord refuses the connection; retrying from time to time');
      onConnection?.(message);
      await connection.end();
      await clock.sleep(maxWaitMs, closing.signal);
      connection = await reconnect();
      logger.info({ how: 'new session' }, 'connected to Discord again');
      onConnection?.(undefined);
    }
  };

  return {
    /** Resolves when Discord is ready. @throws ExternalError if the first connection fails. */
    async start(): Promise<void> {
      const connection = await connect();
      void stayConnected(connection).catch((error: unknown) => {
        if (!closing.signal.aborted) logger.error({ err: error }, 'no longer connected to Discord');
      });
    },
    async stop(): Promise<void> {
      if (closing.signal.aborted) return;
      closing.abort();
      await current?.end();
    },
  };
};
