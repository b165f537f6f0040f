import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ChannelRegistry } from '../core/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { ChannelActivity } from '../core/run.ts';
import type { SharedMemory } from '../core/shared-memory.ts';
import { type ActivityRecord, createActivity } from './record.ts';
import { nextTime } from './schedule.ts';

/** Milliseconds between reports to other processes and looks at theirs. */
const tickMs = 2_000;
/** Milliseconds for which a report counts. Unchanged ones are repeated at half of that. */
const reportedMs = 12_000;

const kind = 'activity';

const reportSchema = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('run'),
    channel: z.string(),
    phase: z.enum(['waiting', 'collecting', 'scoring', 'posting']),
    scored: z.number(),
    toScore: z.number(),
    waitsFor: z.string().optional(),
  }),
  /** A process keeps the schedules. */
  z.object({ is: z.literal('scheduler') }),
  /** The next attempt at a run, if the schedule does not say it. */
  z.object({ is: z.literal('retry'), channel: z.string(), at: z.iso.datetime() }),
]);
type Report = z.infer<typeof reportSchema>;

type Parts = {
  memory: Pick<SharedMemory, 'put' | 'list' | 'remove'>;
  /** When a channel's schedule runs next; undefined while it is paused. */
  scheduled(channel: string): Date | undefined;
  logger: Pick<Logger, 'warn'>;
};

export type SharedActivity = ActivityRecord & {
  /** Reports what has changed, and reads what others report. Never rejects. */
  exchange(): Promise<void>;
  close(): Promise<void>;
};

/** What all processes on one database do. Those of the others are up to two ticks old. */
export const shareActivity = (own: ActivityRecord, { memory, scheduled, logger }: Parts): SharedActivity => {
  const id = randomUUID();
  const touched = new Set<string>();
  const planned = new Map<string, Date>();
  const reported = new Map<string, { text: string; at: number }>();
  let others: { read: string; reports: Report[] } = { read: '[]', reports: [] };
  let changes = 0;

  const reportsOf = (): Map<string, Report> => {
    const reports = new Map<string, Report>();
    if (planned.size > 0) reports.set(`scheduler ${id}`, { is: 'scheduler' });
    for (const [channel, at] of planned)
      if (at.getTime() !== scheduled(channel)?.getTime())
        reports.set(`retry ${channel} ${id}`, { is: 'retry', channel, at: at.toISOString() });
    for (const channel of touched) {
      const { phase, scored, toScore, waitsFor } = own.of(channel);
      if (phase === 'idle') touched.delete(channel);
      else reports.set(`run ${channel} ${id}`, { is: 'run', channel, phase, scored, toScore, waitsFor });
    }
    return reports;
  };

  const report = async (): Promise<void> => {
    const reports = reportsOf();
    const now = performance.now();
    for (const key of reported.keys())
      if (!reports.has(key)) {
        await memory.remove(kind, key);
        reported.delete(key);
      }
    for (const [key, value] of reports) {
      const text = JSON.stringify(value);
      const before = reported.get(key);
      if (before?.text === text && now - before.at < reportedMs / 2) continue;
      await memory.put(kind, key, value, reportedMs);
      reported.set(key, { text, at: now });
    }
  };

  const read = async (): Promise<void> => {
    const values = (await memory.list(kind)).filter(({ key }) => !key.endsWith(id)).map(({ value }) => value);
    const text = JSON.stringify(values);
    if (text === others.read) return;
    others = { read: text, reports: values.flatMap((value) => reportSchema.safeParse(value).data ?? []) };
    changes += 1;
  };

  const exchange = async (): Promise<void> => {
    try {
      await report();
      await read();
    } catch (error) {
      logger.warn({ err: error }, 'activity not shared with other processes');
    }
  };
  let exchanging: Promise<void> | undefined;
  const timer = setInterval(() => {
    exchanging ??= exchange().finally(() => {
      exchanging = undefined;
    });
  }, tickMs);
  timer.unref();

  const nextOf = (channel: string): Date | undefined => {
    const retry = others.reports.find((one) => one.is === 'retry' && one.channel === channel);
    if (retry?.is === 'retry') return new Date(retry.at);
    return others.reports.some(({ is }) => is === 'scheduler') ? scheduled(channel) : undefined;
  };

  /** A process that waits for another says less than the other. */
  const runElsewhere = (channel: string): Report | undefined => {
    const runs = others.reports.filter((one) => one.is === 'run' && one.channel === channel);
    return runs.find((one) => one.is === 'run' && one.phase !== 'waiting') ?? runs[0];
  };

  const of = (channel: string): ChannelActivity => {
    const mine = own.of(channel);
    if (mine.phase !== 'idle') return mine;
    const run = runElsewhere(channel);
    if (run?.is === 'run') {
      const { phase, scored, toScore, waitsFor } = run;
      return { phase, scored, toScore, waitsFor, nextRun: undefined };
    }
    return { ...mine, nextRun: mine.nextRun ?? nextOf(channel) };
  };

  const touching =
    <A extends unknown[]>(method: (channel: string, ...more: A) => void) =>
    (channel: string, ...more: A): void => {
      touched.add(channel);
      method(channel, ...more);
    };

  return {
    of,
    version: () => own.version() + changes,
    began: touching(own.began),
    waits: touching(own.waits),
    progress: touching(own.progress),
    ended: touching(own.ended),
    next(channel, at) {
      if (at) planned.set(channel, at);
      else planned.delete(channel);
      own.next(channel, at);
    },
    exchange,
    async close() {
      clearInterval(timer);
      await exchanging;
      for (const key of reported.keys()) await memory.remove(kind, key).catch(() => undefined);
    },
  };
};

/**
 * What this process does, and the others on its database.
 * @param memory Not set if there are no others.
 */
export const openActivity = (
  memory: Parts['memory'] | undefined,
  { channels, clock, logger }: { channels: ChannelRegistry; clock: Pick<Clock, 'now'>; logger: Parts['logger'] },
): ActivityRecord & Pick<SharedActivity, 'close'> => {
  const own = createActivity();
  if (!memory) return { ...own, close: async () => undefined };
  /** Asked for each channel of a page. */
  const known = new Map<string, { of: string; at: Date | undefined }>();
  const scheduled = (name: string): Date | undefined => {
    const channel = channels.find(name);
    if (!channel || channel.isPaused) return undefined;
    const { schedule, timezone } = channel;
    const before = known.get(name);
    if (before?.of === `${schedule} ${timezone}` && before.at && before.at > clock.now()) return before.at;
    const at = nextTime(schedule, timezone, clock.now());
    known.set(name, { of: `${schedule} ${timezone}`, at });
    return at;
  };
  return shareActivity(own, { memory, scheduled, logger });
};
