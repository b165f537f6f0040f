import type { App } from '../app.ts';
import { whileHeld } from '../chat/connections.ts';
import type { PlatformName } from '../core/addresses.ts';
import { ExternalError } from '../core/errors.ts';
import type { PlatformHandlers } from '../core/platform.ts';
import { retry } from '../core/retry.ts';
import { aborted, keepDuty } from '../daily/duty.ts';

const reconnectMs = 30_000;
/** The longest wait that a platform may ask for, in milliseconds. The rest of the bot works meanwhile. */
const maxRetryAfterMs = 86_400_000;

/** Listens to platforms as soon as they are connected. Resolves when all are connected or the signal is aborted. */
const listenTo = async (
  app: App,
  names: readonly PlatformName[],
  handlers: PlatformHandlers,
  signal: AbortSignal,
): Promise<void> => {
  const listenToConnected = async (): Promise<void> => {
    await app.connect();
    const [missing] = await app.listen(handlers, names);
    if (missing !== undefined) throw new ExternalError({ service: missing, message: `${missing} is not connected` });
  };
  const every = { minDelayMs: reconnectMs, maxDelayMs: reconnectMs, maxRetryAfterMs };
  try {
    await retry(listenToConnected, { maxAttempts: Infinity, ...every, clock: app.clock, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** Listens to a platform while no other process does. */
const listenInTurn = (app: App, name: PlatformName, signal: AbortSignal): Promise<void> =>
  keepDuty(
    `gateway ${name}`,
    { leases: app.stores.leases, clock: app.clock, logger: app.logger },
    signal,
    async (held) => {
      try {
        await listenTo(app, [name], whileHeld(app.handlers, held), held);
        await aborted(held);
      } finally {
        await app.stopListening(name);
      }
    },
  );

/** Listens to each platform that this process is to listen to, until the signal is aborted. */
export const listenToAll = async (app: App, signal: AbortSignal): Promise<void> => {
  const names = [...app.platforms.keys()];
  const always = names.filter((name) => app.listensTo(name) === 'always');
  const inTurn = names.filter((name) => app.listensTo(name) === 'in turn');
  await Promise.all([
    listenTo(app, always, app.handlers, signal),
    ...inTurn.map((name) => listenInTurn(app, name, signal)),
  ]);
};
