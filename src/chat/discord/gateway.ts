import type { REST } from '@discordjs/rest';
import type { SessionInfo, WebSocketManager } from '@discordjs/ws';
import { z } from 'zod';
import { atMost, type Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Secret } from '../../core/secret.ts';
import type { DiscordCall } from './api.ts';
import { discordFailure } from './errors.ts';
import { createIdentifyPace } from './identify.ts';

/** GUILDS and GUILD_MESSAGE_REACTIONS, none of them privileged: https://docs.discord.com/developers/events/gateway#gateway-intents */
const intents = (1 << 0) | (1 << 10);

/** Milliseconds that a first connection may take until Discord is ready. */
const greetingTimeout = 30_000;
/** Milliseconds that Discord has to say goodbye in. */
const farewellTimeout = 500;
/** Longest waits between two tries to connect again, in milliseconds; the second where Discord refused for good. */
const maxWait = 30_000;
const refusedWait = 300_000;
/** A connection that held for so many milliseconds was a good one; waits begin from the shortest again. */
const goodAfter = 60_000;

/** Codes after which discord.js gives up: https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway */
const refusals: Readonly<Record<number, string>> = {
  4004: 'Discord refuses the token. Put a new one into DISCORD_TOKEN and start the bot again.',
  4010: 'Discord refuses the shard.',
  4011: 'The bot is in more servers than one connection can serve.',
  4012: 'Discord no longer takes this version of its API.',
  4013: 'Discord does not know what the bot asks to hear.',
  4014: 'Discord does not let the bot hear what it asks for.',
};

const gatewaySchema = z.looseObject({
  url: z.string(),
  shards: z.number(),
  session_start_limit: z.looseObject({ remaining: z.number(), reset_after: z.number(), max_concurrency: z.number() }),
});

type Setup = {
  token: Secret;
  call: DiscordCall;
  /** True for a server on this machine, which is not paced. */
  isLocal: boolean;
  clock: Clock;
  logger: Logger;
  onEvent(type: string, payload: unknown): void;
};

/**
 * The connection by which Discord tells of events. discord.js' own gateway client resumes a broken session and begins a
 * new one where that is refused; here are added the waits between tries, one line in the log for each loss, and that
 * nothing goes on once it was closed. Its `Client` is not used: it drops reactions in threads that it has not cached.
 */
export const createGateway = ({ token, call, isLocal, clock, logger, onEvent }: Setup) => {
  const closing = new AbortController();

  /** What the library asks for before it connects; a start that is refused is not even tried. */
  const readGateway = async () => {
    const gateway = await call('get', '/gateway/bot', gatewaySchema);
    const { remaining, reset_after } = gateway.session_start_limit;
    if (remaining >= gateway.shards) return gateway;
    const message = 'The bot has connected to Discord as often as a day allows.';
    throw new ExternalError({ service: 'Discord', message, retryAfterMs: reset_after });
  };

  /** One life of the library's manager: until it gives up, or is ended. */
  const createConnection = async () => {
    const { WebSocketManager, WebSocketShardEvents } = await import('@discordjs/ws');
    const sessions = new Map<number, SessionInfo>();
    const waits = new Map<number, number>();
    const ready = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<ExternalError>();
    let refusal: ExternalError | undefined;
    let isOver = false;
    let isLost = false;
    let readyAt = Number.NEGATIVE_INFINITY;
    let failures = 0;

    const manager: WebSocketManager = new WebSocketManager({
      token: token.reveal(),
      intents,
      // All that it asks of a REST client is this one call.
      rest: { get: readGateway } as unknown as REST,
      // Its own store of sessions is shared by all managers of the process.
      async retrieveSessionInfo(shard) {
        // It asks first thing before it connects: here a closed one stops, and others wait their turn.
        if (isOver) return new Promise<never>(() => {});
        const wait = waits.get(shard) ?? 0;
        waits.delete(shard);
        if (wait > 0) await clock.sleep(wait, closing.signal).catch(() => {});
        return isOver ? new Promise<never>(() => {}) : (sessions.get(shard) ?? null);
      },
      updateSessionInfo(shard, session) {
        if (session) sessions.set(shard, session);
        else sessions.delete(shard);
      },
      buildIdentifyThrottler: () =>
        createIdentifyPace({ isLocal, clock, signal: closing.signal, readyAt: () => readyAt, goodAfter }),
    });

    const onConnected = (how: string): void => {
      readyAt = clock.monotonic();
      if (isLost) logger.info({ how }, 'connected to Discord again');
      isLost = false;
      ready.resolve();
    };
    manager.on(WebSocketShardEvents.Ready, () => onConnected('new session'));
    manager.on(WebSocketShardEvents.Resumed, () => onConnected('resumed'));
    manager.on(WebSocketShardEvents.Error, ({ error }) => {
      logger.debug({ reason: errorText(error) }, 'said by the connection to Discord');
    });
    manager.on(WebSocketShardEvents.Closed, ({ code, shardId }) => {
      if (isOver) return;
      const message = refusals[code];
      if (message) {
        refusal = new ExternalError({ service: 'Discord', message, retryable: false });
        refused.resolve(refusal);
        return;
      }
      failures = clock.monotonic() - readyAt > goodAfter ? 1 : failures + 1;
      // The library itself waits half a second.
      if (failures > 1) waits.set(shardId, Math.min(maxWait, 250 * 2 ** failures));
      const wasReady = readyAt > Number.NEGATIVE_INFINITY;
      if (wasReady && !isLost) logger.warn({ code }, 'lost the connection to Discord, trying until it is back');
      isLost = wasReady;
    });
    manager.on(WebSocketShardEvents.Dispatch, ({ data }) => {
      if (!isOver) onEvent(data.t, data.d);
    });

    return {
      refused: refused.promise,
      /** Resolves when Discord is ready. @throws ExternalError */
      async start(): Promise<void> {
        const done = new AbortController();
        const tooLong = clock.sleep(greetingTimeout, AbortSignal.any([done.signal, closing.signal])).then(() => {
          throw new ExternalError({ service: 'Discord', message: 'Discord does not greet the bot.' });
        });
        try {
          await Promise.race([manager.connect().then(() => ready.promise), tooLong, refused.promise]);
          if (refusal) throw refusal;
        } catch (error) {
          // The library says no more of a refusal than that there was one.
          throw refusal ?? discordFailure(error);
        } finally {
          done.abort();
        }
      },
      async end(): Promise<void> {
        isOver = true;
        await atMost(
          farewellTimeout,
          Promise.resolve(manager.destroy()).catch(() => {}),
          clock,
        );
      },
    };
  };

  type Connection = Awaited<ReturnType<typeof createConnection>>;
  let current: Connection | undefined;

  /** @throws ExternalError */
  const connect = async (): Promise<Connection> => {
    const connection = await createConnection();
    current = connection;
    try {
      await connection.start();
      return connection;
    } catch (error) {
      await connection.end();
      throw error;
    }
  };

  /** Where the library gave up, everything begins anew, more and more seldom. */
  const stayConnected = async (first: Connection): Promise<void> => {
    let connection: Connection | undefined = first;
    let wait = maxWait;
    for (;;) {
      if (connection) {
        const { message } = await connection.refused;
        logger.error({ reason: message }, 'Discord refuses the connection, trying now and then');
        await connection.end();
        wait = maxWait;
      }
      await clock.sleep(wait, closing.signal).catch(() => {});
      if (closing.signal.aborted) return;
      wait = Math.min(refusedWait, wait * 2);
      connection = await connect().catch((error: unknown) => {
        logger.debug({ reason: errorText(error) }, 'still no connection to Discord');
        return undefined;
      });
      if (connection) logger.info({ how: 'new session' }, 'connected to Discord again');
    }
  };

  return {
    /** Resolves when Discord is ready. @throws ExternalError where the first connection fails. */
    async start(): Promise<void> {
      const connection = await connect();
      void stayConnected(connection);
    },
    async stop(): Promise<void> {
      if (closing.signal.aborted) return;
      closing.abort();
      await current?.end();
    },
  };
};
