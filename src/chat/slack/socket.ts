import type { Receiver, SocketModeReceiver } from '@slack/bolt';
import { z } from 'zod';
import { atMost, type Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import type { OnConnection } from '../../core/platform.ts';
import { proxiesInUse } from '../../core/proxy.ts';
import { retry } from '../../core/retry.ts';
import type { Secret } from '../../core/secret.ts';
import type { ClientOptions } from './api.ts';
import { slackFailure } from './errors.ts';

type Client = SocketModeReceiver['client'];

/** Milliseconds to wait for Slack's greeting on a new connection. */
const greetingTimeout = 30_000;
const minWait = 500;
const maxWait = 30_000;
/** The longest wait that Slack may ask for. Nothing else waits for the connection. */
const maxAskedWait = 3_600_000;

/**
 * Why Slack ends a connection without opening another one:
 * https://docs.slack.dev/apis/events-api/using-socket-mode#disconnect
 */
const endings: Readonly<Record<string, string>> = {
  too_many_websockets: 'This Slack app has too many open connections. Stop other copies of the bot.',
  link_disabled: 'Socket Mode is off. Turn it on at api.slack.com/apps.',
};

const messageSchema = z.looseObject({
  type: z.string(),
  reason: z.string().optional(),
  num_connections: z.number().optional().catch(undefined),
});

type SocketMessage = {
  type: string;
  failure: ExternalError | undefined;
  /** Open connections of the app. Only Slack's greeting says it. */
  connections: number | undefined;
};

/** A message of Slack's socket that is not an event; undefined if it cannot be read. */
export const readSocketMessage = (data: unknown): SocketMessage | undefined => {
  const parsed = messageSchema.safeParse(parseJson(String(data))).data;
  if (!parsed) return undefined;
  const { type, reason = '', num_connections: connections } = parsed;
  const message = type === 'disconnect' ? endings[reason] : undefined;
  return { type, connections, failure: message ? new ExternalError({ service: 'Slack', message }) : undefined };
};

/** Milliseconds to wait for Slack to confirm that a connection has closed. */
const farewellTimeout = 500;

type SocketParts = { clock: Clock; logger: Logger; onConnection: OnConnection | undefined };

/**
 * A Socket Mode connection that reconnects. The SDK's own reconnecting is off, because an unreachable Slack then causes
 * an unhandled rejection, which ends the process.
 */
const createSocket = (client: Client, { clock, logger, onConnection }: SocketParts) => {
  const ending = new AbortController();
  let lost = Promise.withResolvers<void>();
  let farewell: ExternalError | undefined;
  client.on('disconnected', () => lost.resolve());
  client.on('ws_message', (data: unknown) => {
    farewell = readSocketMessage(data)?.failure ?? farewell;
  });

  const connect = async (): Promise<void> => {
    lost = Promise.withResolvers();
    farewell = undefined;
    const timeout = AbortSignal.any([AbortSignal.timeout(greetingTimeout), ending.signal]);
    const gaveUp = Promise.withResolvers<never>();
    const giveUp = () => gaveUp.reject(new Error('no greeting from Slack'));
    timeout.addEventListener('abort', giveUp, { once: true });
    try {
      await Promise.race([client.start(), gaveUp.promise]);
    } catch (error) {
      void client.disconnect();
      throw (
        farewell ?? slackFailure(error ?? new Error('the connection broke before Slack’s greeting'), 'SLACK_APP_TOKEN')
      );
    } finally {
      timeout.removeEventListener('abort', giveUp);
    }
  };

  /** Reconnects after any failure, because a token that is rejected now may be accepted later. */
  const reconnect = async (): Promise<void> => {
    let attempts = 0;
    await retry(
      async (attempt) => {
        attempts = attempt;
        await connect().catch((error: unknown) => {
          const { message, retryAfterMs } = slackFailure(error);
          const waitMs = retryAfterMs && Math.min(retryAfterMs, maxAskedWait);
          throw new ExternalError({ service: 'Slack', message, retryAfterMs: waitMs, cause: error });
        });
      },
      {
        ...{ maxAttempts: Number.POSITIVE_INFINITY, minDelayMs: minWait, maxDelayMs: maxWait },
        maxRetryAfterMs: maxAskedWait,
        ...{ clock, signal: ending.signal },
        onRetry({ error, attempt }) {
          const fields = { reason: errorText(error) };
          onConnection?.(error.message);
          if (attempt === 1) logger.warn(fields, 'connection to Slack lost; trying to reconnect');
          else logger.debug(fields, 'still not connected to Slack');
        },
      },
    );
    logger.info({ attempts }, 'reconnected to Slack');
    onConnection?.(undefined);
  };

  const stayConnected = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await lost.promise;
      await reconnect().catch((error: unknown) => {
        if (!ending.signal.aborted) throw error;
      });
    }
  };

  return {
    /** Resolves after Slack's greeting. @throws ExternalError if the first connection fails. */
    async start(): Promise<void> {
      await connect();
      void stayConnected();
    },
    async stop(): Promise<void> {
      if (ending.signal.aborted) return;
      ending.abort();
      await atMost(farewellTimeout, client.disconnect(), clock);
      // The second call closes the connection without waiting for Slack.
      void client.disconnect();
    },
  };
};

/** The SDK's WebSocket does not use Node's connections, so it needs the proxy as well. */
const proxyAgent = async () => {
  const proxies = proxiesInUse();
  if (!proxies) return undefined;
  const { EnvHttpProxyAgent } = await import('undici');
  const { http = '', https = '', except } = proxies;
  return new EnvHttpProxyAgent({ httpProxy: http, httpsProxy: https, noProxy: except, allowH2: false });
};

/** Socket Mode for Bolt. `start` rejects with ExternalError if Slack does not accept the connection. */
export const createSocketReceiver = async (
  setup: SocketParts & { appToken: Secret; options: ClientOptions },
  onError: (error: unknown) => void,
): Promise<Receiver> => {
  const { appToken, options } = setup;
  const { SocketModeReceiver } = await import('@slack/bolt');
  const receiver = new SocketModeReceiver({
    appToken: appToken.reveal(),
    dispatcher: await proxyAgent(),
    autoReconnectEnabled: false,
    logger: options.logger,
    installerOptions: { clientOptions: options },
    processEventErrorHandler: async ({ error }) => {
      onError(error);
      return true;
    },
  });
  const socket = createSocket(receiver.client, setup);
  return { init: (app) => receiver.init(app), start: socket.start, stop: socket.stop };
};
