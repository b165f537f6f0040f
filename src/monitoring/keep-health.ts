import type { Channel } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import { doctorFix, type HealthFailure, type HealthStore, type HealthSubject } from '../core/health.ts';
import type { Logger } from '../core/logger.ts';
import { bulletList, type Inline, type Message, message, paragraph } from '../core/message.ts';
import { countOf } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';
import type { Stores } from '../core/stores.ts';
import { channelsNeeding, type HealthModel, healthName } from './health-model.ts';

/** Shorter outages are not announced, because Paperboy retries automatically. */
const patienceMs = 15 * 60_000;

/** Milliseconds between checks. */
const everyMs = 60_000;

/** A test of something that is rarely used. It costs nothing and returns the failure, if any. */
export type Probe = {
  subject: HealthSubject;
  everyMs: number;
  test(): Promise<HealthFailure | undefined>;
};

export const modelProbe = (check: () => Promise<Check>): Probe => ({
  subject: 'model',
  everyMs: 3_600_000,
  async test() {
    const { ok, detail, fix } = await check();
    return ok ? undefined : { reason: detail, fix: fix ?? doctorFix };
  },
});

export const databaseProbe = (damage: Stores['damage']): Probe => ({
  subject: 'database',
  everyMs: 86_400_000,
  test: () => damage(),
});

export type KeepHealthParts = {
  health: HealthModel;
  store: Pick<HealthStore, 'announce'>;
  probes: readonly Probe[];
  notify(message: Message, channels: readonly Pick<Channel, 'post'>[], about: string): Promise<unknown>;
  clock: Clock;
  logger: Logger;
};

/** Outages of the author index are frequent and minor: its digests say how many lookups failed. */
const isMinor = (subject: HealthSubject): boolean => subject === 'authors';

const lengthOf = (from: string, to: Date): string => {
  const minutes = Math.max(1, Math.round((to.getTime() - Date.parse(from)) / 60_000));
  if (minutes < 120) return countOf(minutes, 'minute');
  return minutes < 48 * 60 ? countOf(Math.round(minutes / 60), 'hour') : countOf(Math.round(minutes / 1_440), 'day');
};

/**
 * Announces each lasting outage once, and its end once. Other processes may call it at the same time.
 */
export const announceHealth = async (parts: Omit<KeepHealthParts, 'probes'>): Promise<void> => {
  const { health, store, notify, clock, logger } = parts;
  const { view } = health;
  const now = clock.now();
  const channelsOf = (subjects: readonly HealthSubject[]) =>
    view
      .channels()
      .filter(({ name }) =>
        subjects.some((subject) => channelsNeeding(subject, view).some((channel) => channel.name === name)),
      );

  const records = (await health.list()).filter(({ subject }) => !isMinor(subject));
  const problems = await health.problems();
  const begun: HealthSubject[] = [];
  const ended: Inline[][] = [];
  const endedSubjects: HealthSubject[] = [];
  for (const { subject, failingSince, announcedSince } of records) {
    const hasLasted = failingSince !== undefined && now.getTime() - Date.parse(failingSince) >= patienceMs;
    // What fails for the reason of another problem is not shown beside it.
    const isShown = problems.some((problem) => problem.subject === subject);
    if (
      hasLasted &&
      isShown &&
      announcedSince === undefined &&
      (await store.announce(subject, undefined, failingSince))
    )
      begun.push(subject);
    if (failingSince !== undefined || announcedSince === undefined) continue;
    if (!(await store.announce(subject, announcedSince, undefined))) continue;
    endedSubjects.push(subject);
    ended.push([`${healthName(subject, view)} works again, after ${lengthOf(announcedSince, now)}.`]);
  }

  if (begun.length > 0) {
    const shown = problems.filter(({ subject }) => begun.includes(subject));
    for (const { subject, text } of shown) logger.error({ subject, reason: text }, 'outage');
    const lines = shown.map(({ text, fix }): Inline[] => [{ text, bold: true }, ` ${fix}`]);
    const summary = `Paperboy has ${countOf(shown.length, 'problem')}`;
    await notify(
      message(summary, [paragraph(`${summary}:`), bulletList(lines)]),
      channelsOf(begun),
      `${now.toISOString()} down`,
    );
  }
  if (ended.length > 0) {
    for (const subject of endedSubjects) logger.info({ subject }, 'outage over');
    await notify(
      message('Paperboy works again', bulletList(ended)),
      channelsOf(endedSubjects),
      `${now.toISOString()} up`,
    );
  }
};

/** Runs the probes and announces outages until the signal is aborted. */
export const keepHealth = async (parts: KeepHealthParts, signal: AbortSignal): Promise<void> => {
  const { health, probes, clock, logger } = parts;
  const due = new Map<HealthSubject, number>();

  const runProbe = async ({ subject, everyMs, test }: Probe): Promise<void> => {
    if ((due.get(subject) ?? 0) > clock.monotonic()) return;
    due.set(subject, clock.monotonic() + everyMs);
    const failure = await test();
    await (failure ? health.failed(subject, failure) : health.worked(subject));
  };

  const guarded = (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => logger.error({ reason: errorText(error), err: error }, 'health not checked'));

  while (!signal.aborted) {
    for (const probe of probes) await guarded(() => runProbe(probe));
    // Before the first announcement, connections get time to open.
    await clock.sleep(everyMs, signal).catch(() => {});
    if (!signal.aborted) await guarded(() => announceHealth(parts));
  }
};
