import type { Receiver, SocketModeReceiver } from '@slack/bolt';
import { atMost, type Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
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
/** Milliseconds to wait for Slack to confirm that a connection has closed. */
const farewellTimeout = 500;

/**
 * A Socket Mode connection that reconnects. The SDK's own reconnecting is off, because an unreachable Slack then causes
 * an unhandled rejection, which ends the process.
 */
const createSocket = (client: Client, { clock, logger }: { clock: Clock; logger: Logger }) => {
  const ending = new AbortController();
  let lost = Promise.withResolvers<void>();
  client.on('disconnected', () => lost.resolve());

  const connect = async (): Promise<void> => {
    lost = Promise.withResolvers();
    const timeout = AbortSignal.any([AbortSignal.timeout(greetingTimeout), ending.signal]);
    const gaveUp = Promise.withResolvers<never>();
    const giveUp = () => gaveUp.reject(new Error('no greeting from Slack'));
    timeout.addEventListener('abort', giveUp, { once: true });
    try {
      await Promise.race([client.start(), gaveUp.promise]);
    } catch (error) {
      void client.disconnect();
      throw slackFailure(error ?? new Error('the connection broke before Slack’s greeting'), 'SLACK_APP_TOKEN');
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
          throw new ExternalError({ service: 'Slack', message, retryAfterMs, cause: error });
        });
      },
      {
        ...{ maxAttempts: Number.POSITIVE_INFINITY, minDelayMs: minWait, maxDelayMs: maxWait },
        ...{ clock, signal: ending.signal },
        onRetry({ error, attempt }) {
          const fields = { reason: errorText(error) };
          if (attempt === 1) logger.warn(fields, 'connection to Slack lost; trying to reconnect');
          else logger.debug(fields, 'still not connected to Slack');
        },
      },
    );
    logger.info({ attempts }, 'reconnected to Slack');
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
  setup: { appToken: Secret; options: ClientOptions; clock: Clock; logger: Logger },
  onError: (error: unknown) => void,
): Promise<Receiver> => {
  const { appToken, options, clock, logger } = setup;
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
  const socket = createSocket(receiver.client, { clock, logger });
  return { init: (app) => receiver.init(app), start: socket.start, stop: socket.stop };
};
