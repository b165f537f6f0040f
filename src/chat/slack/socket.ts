import type { Receiver, SocketModeReceiver } from '@slack/bolt';
import { atMost, type Clock } from '../../core/clock.ts';
import { ExternalError, errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Secret } from '../../core/secret.ts';
import type { ClientOptions } from './api.ts';
import { slackFailure } from './errors.ts';

type Client = SocketModeReceiver['client'];

/** Milliseconds that a connection may take to be greeted. */
const greetingTimeout = 30_000;
/** Longest wait between two tries to connect again, in milliseconds. */
const maxWait = 30_000;
/** Milliseconds that Slack has to say goodbye in. */
const farewellTimeout = 500;

/**
 * A Socket Mode connection that comes back. The SDK's own reconnecting is off: where Slack's address cannot be reached
 * it rejects a promise that nobody holds, which ends the process.
 */
const createSocket = (client: Client, { clock, logger }: { clock: Clock; logger: Logger }) => {
  const ending = new AbortController();
  let lost = Promise.withResolvers<void>();
  client.on('disconnected', () => lost.resolve());

  /** @throws ExternalError */
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
      throw slackFailure(error ?? new Error('the connection broke before Slack greeted'));
    } finally {
      timeout.removeEventListener('abort', giveUp);
    }
  };

  const connectAgain = async (): Promise<void> => {
    for (let tries = 0; !ending.signal.aborted; tries += 1) {
      try {
        await connect();
        logger.info({ tries: tries + 1 }, 'connected to Slack again');
        return;
      } catch (error) {
        const fields = { reason: errorText(error) };
        if (tries === 0) logger.warn(fields, 'no answer from Slack, trying until there is one');
        else logger.debug(fields, 'still no answer from Slack');
        const asked = error instanceof ExternalError ? (error.retryAfterMs ?? 0) : 0;
        await clock.sleep(Math.max(asked, Math.min(maxWait, 500 * 2 ** tries)), ending.signal).catch(() => {});
      }
    }
  };

  const stayConnected = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await lost.promise;
      await connectAgain();
    }
  };

  return {
    /** Resolves when Slack has greeted. @throws ExternalError where the first connection fails. */
    async start(): Promise<void> {
      await connect();
      void stayConnected();
    },
    async stop(): Promise<void> {
      if (ending.signal.aborted) return;
      ending.abort();
      await atMost(farewellTimeout, client.disconnect(), clock);
      // A second time it does not wait for the answer.
      void client.disconnect();
    },
  };
};

/** Socket Mode for Bolt. @throws ExternalError from `start` where Slack does not take the connection. */
export const createSocketReceiver = async (
  setup: { appToken: Secret; options: ClientOptions; clock: Clock; logger: Logger },
  onError: (error: unknown) => void,
): Promise<Receiver> => {
  const { appToken, options, clock, logger } = setup;
  const { SocketModeReceiver } = await import('@slack/bolt');
  const receiver = new SocketModeReceiver({
    appToken: appToken.reveal(),
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
