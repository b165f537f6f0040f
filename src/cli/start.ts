import { randomUUID } from 'node:crypto';
import type { App } from '../app.ts';
import { platformOf } from '../core/addresses.ts';
import { errorText, UserError } from '../core/errors.ts';
import { hasDuties, needsPages } from '../core/role.ts';
import type { FirstSteps } from '../core/setup-pages.ts';
import { keepDuty } from '../daily/duty.ts';
import { createMemory, keepMemoryLow } from '../monitoring/memory.ts';
import { doDuties, keepSettings, runnerOf } from './duties.ts';
import { listenToAll } from './listening.ts';

type StartOptions = {
  now: boolean;
  /** After somebody set Paperboy up on its pages. */
  first?: FirstSteps | undefined;
};

/** Sends a preview to whoever set Paperboy up. Their page says that it comes, and without it nothing is lost. */
const sendPreview = async ({ connected, logger }: App, { channel, preview }: FirstSteps): Promise<void> => {
  const { people = [], message } = preview ?? {};
  for (const person of people) {
    try {
      const platform = connected.get(platformOf(person));
      if (message) await platform?.sendPrivately?.(person, { message, key: `preview-${randomUUID()}` });
    } catch (error) {
      logger.warn({ channel, person, reason: errorText(error) }, 'preview not sent');
    }
  }
};

/** @throws UserError if commands cannot reach the bot as it is configured. */
const checkReachable = ({ config, descriptors, platforms, listensTo }: App): void => {
  const { http, role } = config.env;
  if (role === 'web' && http === 'off')
    throw new UserError('PAPERBOY_ROLE is web, and PAPERBOY_HTTP is off. Set PAPERBOY_HTTP to HOST:PORT.');
  for (const { name, label, listeningFault } of descriptors) {
    const platform = platforms.get(name);
    const settings = config.env.platforms[name];
    const fault = platform && settings && listensTo(name) !== 'never' && listeningFault?.(settings);
    if (fault) throw new UserError(fault);
    if (http !== 'off' || !platform?.webhook || !needsPages(role)) continue;
    const { alternative } = platform.webhook;
    throw new UserError(
      `${label} sends its events to the web server, and PAPERBOY_HTTP is off. Set it to HOST:PORT${alternative ? `, or ${alternative}` : ''}.`,
    );
  }
};

/**
 * Runs the bot until the signal is aborted: serves the page, listens, and does the duties of a single process, as far as
 * its role includes them. If several processes share the database, one of them does the duties at a time.
 */
export const start = async (app: App, options: StartOptions, signal: AbortSignal): Promise<void> => {
  const { config, stores, clock, logger } = app;
  const { http, role, database } = config.env;
  checkReachable(app);
  let isStarted = false;
  const onStarted = (): void => {
    isStarted = true;
  };
  const web = http === 'off' ? undefined : await app.serve(http, () => isStarted);
  if (web) logger.info({ url: web.url }, 'serving the web page');

  const doDutiesInTurn = async (): Promise<void> => {
    await app.connect();
    onStarted();
    if (!hasDuties(role)) return;
    let { now } = options;
    await keepDuty('scheduler', { leases: stores.leases, clock, logger }, signal, (held) => {
      const first = { now, onStarted };
      now = false;
      return doDuties(app, first, held);
    });
  };

  try {
    const listening = listenToAll(app, signal);
    // Awaited below; until then a rejection must not end the process.
    listening.catch(() => {});
    if (options.first) {
      await app.connect();
      await sendPreview(app, options.first);
    }
    await Promise.all([
      ...[listening, keepMemoryLow(createMemory(), clock, signal)],
      ...(hasDuties(role) ? [app.work.serve(runnerOf(app), signal)] : []),
      ...(database.kind === 'postgres'
        ? [doDutiesInTurn(), keepSettings(app, signal)]
        : [doDuties(app, { now: options.now, onStarted }, signal)]),
    ]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await web?.close();
  }
};
