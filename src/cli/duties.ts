import type { App } from '../app.ts';
import { createNotices } from '../chat/notices.ts';
import type { Channel } from '../core/channel.ts';
import { errorText, UserError } from '../core/errors.ts';
import { doctorFix } from '../core/health.ts';
import { isReachable } from '../core/http.ts';
import { RunGivenUp, type Runner, type RunReport } from '../core/work.ts';
import { keepArchive } from '../daily/catch-up/archive.ts';
import { missedTheirTime } from '../daily/catch-up/missed.ts';
import { keepExpansions } from '../daily/channels/expansions.ts';
import { batchNotice, finishForgotten } from '../daily/draft/batches.ts';
import { leadMs, prepareRun } from '../daily/preparation.ts';
import type { RunResult } from '../daily/run.ts';
import { keepSchedule, type Preparation } from '../daily/schedule.ts';
import { databaseProbe, keepHealth, modelProbe } from '../monitoring/keep-health.ts';
import { keepBackups } from './keep-backups.ts';
import { keepRetention } from './keep-retention.ts';
import { dueUpdateNotes, keepUpdateNotes } from './send-update-notes.ts';

/** Runs channels that this or another process wants to run. */
export const runnerOf =
  (app: App): Runner =>
  async ({ channel: name, notices }, signal) => {
    // Another process may just have added it.
    if (!app.channels.find(name)) await app.channels.reload();
    const channel = app.channels.find(name);
    if (!channel) throw new UserError(`There is no channel ${name} any more.`);
    const { digest, status, date, sent, reasons } = await runOrSample(app, channel, notices, signal);
    return { status, date, sent, reasons, hasDigest: digest !== undefined };
  };

const runOrSample = async (
  app: App,
  channel: Channel,
  notices: readonly string[],
  signal: AbortSignal,
): Promise<RunResult> => {
  const result = await app.run(channel, { notices }, signal);
  if (result.status === 'incomplete') await app.showSample(signal);
  // After the digest, which is more urgent. A failed recap is not a failed run.
  await app.postRecap(channel, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    app.logger.error({ channel: channel.name, err: error }, 'recap failed');
  });
  return result;
};

/** @param onFirst Called after the first batch that the server has answered. */
const preparationOf = (app: App, channel: () => Channel, onFirst: () => void): Preparation | undefined => {
  const { batch } = app.engines.llm ?? {};
  if (!batch) return undefined;
  const prepare = async (time: Date, signal: AbortSignal, onlyMissed = false): Promise<boolean> => {
    const { isReady, isFirst } = await prepareRun(channel(), time, await app.runParts(), signal, { onlyMissed });
    if (isFirst) onFirst();
    return isReady;
  };
  return {
    leadMs: leadMs(batch),
    prepare: (time, signal) => prepare(time, signal),
    prepareMissed: (time, signal) => prepare(time, signal, true),
  };
};

/** Milliseconds between checks for batches of runs that were not continued. */
const forgottenMs = 10 * 60_000;

const keepBatches = async (app: App, signal: AbortSignal): Promise<void> => {
  const { engines, clock, logger } = app;
  if (!engines.llm?.batch) return;
  while (!signal.aborted)
    try {
      await clock.sleep(forgottenMs, signal);
      await finishForgotten({ ...(await app.runParts()), logger }, signal);
    } catch (error) {
      if (!signal.aborted) logger.error({ err: error }, 'batches not finished');
    }
};

/** Milliseconds between checks of the settings, which other processes may change. */
const settingsMs = 5_000;

/** Reads the channels again if anything has changed since. */
const createReload = ({ channels, stores }: App): (() => Promise<void>) => {
  let read = '';
  return async () => {
    const version = await stores.version();
    if (version !== read) await channels.reload();
    read = version;
  };
};

/** Applies changes of the settings by other processes until the signal is aborted. */
export const keepSettings = async (app: App, signal: AbortSignal): Promise<void> => {
  const reload = createReload(app);
  while (!signal.aborted) {
    await app.clock.sleep(settingsMs, signal).catch(() => {});
    try {
      if (!signal.aborted) await reload();
    } catch (error) {
      app.logger.error({ err: error }, 'settings not read');
    }
  }
};

/**
 * Runs the schedules of all channels until the signal is aborted, and applies changes made in chat. Such changes do
 * not interrupt a run in progress.
 * @param due The channels to run immediately, by name.
 */
const keepChannels = async (
  app: App,
  due: ReadonlyMap<string, 'now' | 'missed'>,
  signal: AbortSignal,
): Promise<void> => {
  const { logger, clock, channels, activity } = app;
  const kept = new Map<string, { as: string; stop: AbortController; keeping: Promise<void> }>();
  let failure: { error: unknown } | undefined;

  const keep = (channel: Channel, first: 'now' | 'missed' | 'scheduled'): void => {
    const { name, isPaused } = channel;
    const before = kept.get(name);
    before?.stop.abort(new UserError('The schedule was changed.'));
    const stop = new AbortController();
    const current = (): Channel => channels.find(name) ?? channel;
    let notices: readonly string[] = [];
    const run = async (): Promise<RunReport> => {
      const report = await app.work.run({ channel: name, notices }, signal).catch(async (error: unknown) => {
        // A process that ends in the middle of a run cannot report it.
        if (error instanceof RunGivenUp)
          await app.health.failed(`channel ${name}`, { reason: errorText(error), fix: doctorFix });
        throw error;
      });
      if (report.hasDigest) notices = [];
      return report;
    };
    const preparation = preparationOf(app, current, () => {
      notices = [batchNotice];
    });
    const onNext = (at: Date): void => activity.next(name, at);
    const until = AbortSignal.any([signal, stop.signal]);
    const keeping = (async () => {
      await before?.keeping;
      if (isPaused) activity.next(name, undefined);
      else await keepSchedule(channel, first, run, { clock, logger, onNext, preparation }, until);
    })().catch((error: unknown) => {
      failure ??= { error };
    });
    kept.set(name, { as: settingsOf(channel), stop, keeping });
  };

  const drop = (name: string): void => {
    const before = kept.get(name);
    if (!before || before.as === '') return;
    before.stop.abort(new UserError('The channel was removed.'));
    const keeping = before.keeping.then(() => activity.next(name, undefined));
    kept.set(name, { as: '', stop: before.stop, keeping });
    logger.info({ channel: name }, 'channel removed');
  };

  for (const channel of channels.list()) keep(channel, due.get(channel.name) ?? 'scheduled');
  const reload = createReload(app);
  while (!signal.aborted && !failure) {
    await clock.sleep(settingsMs, signal).catch(() => {});
    await reload();
    for (const name of kept.keys()) if (!channels.find(name)) drop(name);
    for (const channel of channels.list())
      if (kept.get(channel.name)?.as !== settingsOf(channel)) keep(channel, 'scheduled');
  }
  await Promise.all([...kept.values()].map(({ keeping }) => keeping));
  for (const name of kept.keys()) activity.next(name, undefined);
  if (failure) throw failure.error;
};

const keepArchives = ({ channels, stores, activity, clock, logger, archive }: App, signal: AbortSignal) =>
  keepArchive(
    () => channels.list(),
    {
      ...{ stores, clock, logger },
      collector: archive,
      isRunning: () => channels.list().some(({ name }) => activity.of(name).phase !== 'idle'),
    },
    signal,
  );

const expandTopics = async ({ channels, expansions, clock }: App, signal: AbortSignal): Promise<void> =>
  expansions && keepExpansions(() => channels.list(), { expansions, clock }, signal);

/** Tests what is used rarely, and announces outages to the admins. */
const watchHealth = ({ config, health, stores, engines, connected, clock, logger }: App, signal: AbortSignal) =>
  keepHealth(
    {
      ...{ health, store: stores.health, clock, logger },
      probes: [...(engines.llm ? [modelProbe(engines.llm.check)] : []), databaseProbe(stores.damage)],
      notify: createNotices({ admins: config.admins, connected, logger }),
    },
    signal,
  );

const backUp = async ({ config, stores, health, clock, logger }: App, signal: AbortSignal): Promise<void> => {
  const { timezone, backup, env } = config;
  // Postgres has tools of its own; see docs/scaling.md.
  if (backup === null || env.database.kind === 'postgres') return;
  await keepBackups(
    { ...{ database: env.database.file, keep: backup.keep, timezone }, ...{ stores, health, clock, logger } },
    signal,
  );
};

const deleteOldPapers = ({ config, stores, clock, logger }: App, signal: AbortSignal): Promise<void> => {
  const { timezone, retention } = config;
  return keepRetention({ ...{ timezone, ...retention }, ...{ stores, clock, logger } }, signal);
};

/** Beside the schedules, because it takes long with many threads. Each run reads its own channel's again. */
const readMissedReactions = async ({ refreshReactions }: App, signal: AbortSignal): Promise<void> => {
  try {
    await refreshReactions(undefined, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

const settingsOf = ({ schedule, timezone, isPaused }: Channel): string =>
  JSON.stringify([schedule, timezone, isPaused]);

/**
 * Does what one process does for all, until the signal is aborted: runs every channel's schedule, and looks after the
 * database and the channels. Immediately runs channels without a digest and those that missed their time; with `now`,
 * every channel.
 * @param onStarted Called when the schedules begin.
 */
export const doDuties = async (
  app: App,
  options: { now: boolean; onStarted: () => void },
  signal: AbortSignal,
): Promise<void> => {
  const { config, logger } = app;
  const notes = await dueUpdateNotes(app);
  const channels = app.channels.list();
  const first = options.now ? channels : await missedTheirTime(channels, app);
  const due = new Map(first.map(({ name }) => [name, options.now ? ('now' as const) : ('missed' as const)]));
  for (const channel of channels) {
    const { problem } = await app.understand(channel);
    // Topics that a language model is about to expand are judged afterwards.
    if (problem && (!app.expansions || channel.rubric.expansion !== undefined))
      logger.warn(
        { channel: channel.name, problem: problem.text, fix: problem.fix },
        problem.isFatal ? 'the built-in scorer cannot use the topics' : 'the built-in scorer ranks these topics poorly',
      );
  }
  await app.connect();
  // Without this, a run would need a minute to find out that arXiv cannot be reached; this takes three seconds.
  if (!(await isReachable(config.env.arxiv.webUrl))) await app.showSample(signal);
  options.onStarted();
  await Promise.all([
    ...[keepChannels(app, due, signal), expandTopics(app, signal), keepArchives(app, signal)],
    ...[app.work.supervise(signal), watchHealth(app, signal), backUp(app, signal), deleteOldPapers(app, signal)],
    ...[keepUpdateNotes(notes, app, signal), keepBatches(app, signal), readMissedReactions(app, signal)],
  ]);
};
