import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Clock } from '../../src/core/clock.ts';
import { errorText, StorageFailure, UserError } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import { runStatuses } from '../../src/core/run.ts';
import { type FailedRun, RunGivenUp, type RunReport, type RunRequest, type Work } from '../../src/core/work.ts';
import { storageFailure } from './faults.ts';

const runs = 'runs';
/** Where runs end that were given up. */
const failedRuns = 'failed-runs';

const day = 86_400;

/** Runs of a process at a time. Most of a run is waiting for platforms. */
const maxRuns = 40;
/** Runs that a process takes at a time, so that others get some. */
const maxTaken = 8;

/** Milliseconds between looks for runs, and for the ends of those that this process waits for. */
const pollMs = 1_000;
/** A process that does not report a run for ten seconds, the shortest that pg-boss allows, has lost it. */
const heartbeatSeconds = 10;
const heartbeatMs = 3_000;
/** Milliseconds between looks for lost runs, while there are any runs, and for old ones. Each takes several queries. */
const superviseMs = 2_000;
const tidyMs = 60_000;

const maxRetries = 4;

const requestSchema = z.object({ channel: z.string(), notices: z.array(z.string()) });

const reportSchema = z.object({
  status: z.enum(runStatuses),
  date: z.string().optional(),
  sent: z.number(),
  reasons: z.array(z.string()),
  hasDigest: z.boolean(),
});

/** What a run leaves behind: its report, or the sentence of a UserError. */
const outputSchema = z.object({ report: reportSchema.optional(), refused: z.string().optional() });

/** What pg-boss and this file store about a failed attempt. */
const failureSchema = z.union([
  z.object({ message: z.string() }),
  z.object({ value: z.object({ message: z.string() }) }),
]);

const reasonIn = (output: unknown): string => {
  const failure = failureSchema.safeParse(output).data;
  if (failure === undefined) return 'for an unknown reason';
  return 'message' in failure ? failure.message : failure.value.message;
};

const settledSchema = z.object({ settled: z.array(z.string()) });

const endSchema = z.array(z.object({ id: z.string(), state: z.string(), output: z.unknown() }));

type Active = { id: string; retryCount: number; lost: AbortController; done: Promise<void> };

type Waiting = { channel: string; end: PromiseWithResolvers<RunReport> };

type Parts = { clock: Pick<Clock, 'monotonic' | 'sleep'>; logger: Pick<Logger, 'warn' | 'error'> };

/** Runs as jobs of pg-boss, which any process may do. pg-boss is loaded and connects once it is needed. */
export const createPostgresWork = (url: string, { clock, logger }: Parts): Work => {
  const open = async (): Promise<PgBoss> => {
    const { PgBoss } = await import('pg-boss');
    const boss = new PgBoss({
      ...{ connectionString: url, schema: 'pgboss', application_name: 'paperboy work', max: 3 },
      // One process supervises, see `supervise`. Paperboy has its own schedules.
      ...{ supervise: false, schedule: false, monitorIntervalSeconds: 1 },
      ...{ flowIntervalSeconds: 600, bamIntervalSeconds: 600 },
    });
    boss.on('error', (error) => logger.warn({ reason: errorText(error) }, 'the work queue failed'));
    await boss.start();
    await boss.createQueue(failedRuns, { retentionSeconds: 3 * day });
    await boss.createQueue(runs, {
      ...{ policy: 'exclusive', deadLetter: failedRuns, heartbeatSeconds, retryLimit: maxRetries, retryDelay: 0 },
      ...{ expireInSeconds: day / 2, retentionSeconds: day, deleteAfterSeconds: day },
    });
    return boss;
  };
  let opening: Promise<PgBoss> | undefined;
  const opened = async (): Promise<PgBoss> => {
    opening ??= open();
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw storageFailure(error);
    }
  };

  /** Repeats work at least this often until the signal is aborted, whatever the database does. */
  const repeat = async (everyMs: number, work: () => Promise<void>, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (!signal.aborted) logger.warn({ reason: errorText(storageFailure(error)) }, 'the work queue failed');
      }
      await clock.sleep(everyMs, signal).catch(() => {});
    }
  };

  const waiting = new Map<string, Waiting>();
  const closing = new AbortController();

  const removeFailed = async (channel: string): Promise<void> => {
    const boss = await opened();
    const failed = await boss.findJobs(failedRuns, { data: { channel } });
    if (failed.length > 0)
      await boss.deleteJob(
        failedRuns,
        failed.map(({ id }) => id),
      );
  };

  const settle = async ({ channel, end }: Waiting, state: string, output: unknown): Promise<void> => {
    const { report, refused } = (state === 'completed' && outputSchema.safeParse(output).data) || {};
    if (report) {
      await removeFailed(channel).catch(() => {});
      end.resolve({ ...report, date: report.date });
    } else if (refused !== undefined) end.reject(new UserError(refused));
    else
      end.reject(new RunGivenUp({ service: 'the work queue', message: `The run was given up: ${reasonIn(output)}` }));
  };

  /** Asks once for all runs that are waited for. */
  let isPolling = false;
  const poll = async (): Promise<void> => {
    if (isPolling) return;
    isPolling = true;
    const idle = new AbortController();
    const look = async (): Promise<void> => {
      const db = (await opened()).getDb();
      const { rows } = await db.executeSql(
        `SELECT id, state::text, output FROM pgboss.job
        WHERE name = $1 AND id = ANY($2::uuid[]) AND state IN ('completed', 'cancelled', 'failed')`,
        [runs, [...waiting.keys()]],
      );
      for (const { id, state, output } of endSchema.parse(rows)) {
        const one = waiting.get(id);
        waiting.delete(id);
        if (one) await settle(one, state, output);
      }
      if (waiting.size === 0) idle.abort();
    };
    await repeat(pollMs, look, AbortSignal.any([idle.signal, closing.signal]));
    isPolling = false;
    if (waiting.size > 0 && !closing.signal.aborted) void poll();
  };

  /** @returns the id of the job, which may have been there before. */
  const request = async (wanted: RunRequest, signal: AbortSignal): Promise<string> => {
    const boss = await opened();
    for (;;) {
      const id = await boss.send(runs, wanted, { singletonKey: wanted.channel });
      if (id !== null) return id;
      const known = await boss.findJobs(runs, { key: wanted.channel });
      const open = known.find(({ state }) => state === 'created' || state === 'retry' || state === 'active');
      if (open) return open.id;
      await clock.sleep(pollMs, signal);
    }
  };

  /** Waits for a database that is away, because the schedule's next attempt would be minutes later. */
  const requestPatiently = async (wanted: RunRequest, signal: AbortSignal): Promise<string> => {
    for (;;)
      try {
        return await request(wanted, signal);
      } catch (error) {
        signal.throwIfAborted();
        const failure = storageFailure(error);
        if (!(failure instanceof StorageFailure)) throw error;
        logger.warn({ channel: wanted.channel, reason: failure.message }, 'run not requested, trying again');
        await clock.sleep(pollMs, signal);
      }
  };

  return {
    async run(wanted, signal) {
      const id = await requestPatiently(wanted, signal);
      signal.throwIfAborted();
      const end = waiting.get(id)?.end ?? Promise.withResolvers<RunReport>();
      waiting.set(id, { channel: wanted.channel, end });
      const stop = (): void => {
        waiting.delete(id);
        end.reject(signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
      void poll();
      return end.promise.finally(() => signal.removeEventListener('abort', stop));
    },

    async serve(runner, signal) {
      const active = new Map<string, Active>();

      const perform = async (data: unknown, one: Omit<Active, 'done'>): Promise<void> => {
        const boss = await opened();
        const { id, retryCount, lost } = one;
        const attempt = { id, retryCount };
        try {
          const report = await runner(requestSchema.parse(data), AbortSignal.any([signal, lost.signal]));
          await boss.complete(runs, attempt, { report });
        } catch (error) {
          if (lost.signal.aborted) return;
          // A database that was away is no refusal: whoever reaches it again goes on.
          if (error instanceof UserError && !(error instanceof StorageFailure) && !signal.aborted)
            await boss.complete(runs, attempt, { refused: error.message });
          else await boss.fail(runs, attempt, { message: signal.aborted ? 'the process ended' : errorText(error) });
        }
      };

      const take = async (): Promise<void> => {
        const boss = await opened();
        for (let room = maxTaken; room === maxTaken && !signal.aborted; ) {
          room = Math.min(maxTaken, maxRuns - active.size);
          if (room === 0) return;
          const jobs = await boss.fetch(runs, { batchSize: room });
          for (const { id, retryCount, data } of jobs) {
            const one = { id, retryCount, lost: new AbortController() };
            const done = perform(data, one)
              // Another process finds the run without a report, does it again, and finds everything posted.
              .catch((error: unknown) => logger.warn({ reason: errorText(error) }, 'the end of a run was not stored'))
              .finally(() => active.delete(id));
            active.set(id, { ...one, done });
          }
          if (jobs.length < room) return;
        }
      };

      const report = async (): Promise<void> => {
        const held = [...active.values()];
        if (held.length === 0) return;
        const answer = await (await opened()).touch(
          runs,
          held.map(({ id, retryCount }) => ({ id, retryCount })),
        );
        const kept = new Set(settledSchema.parse(answer).settled);
        for (const { id, lost } of held)
          if (!kept.has(id) && active.has(id)) lost.abort(new Error('another process took the run'));
      };

      await Promise.all([repeat(pollMs, take, signal), repeat(heartbeatMs, report, signal)]);
      await Promise.all([...active.values()].map(({ done }) => done));
    },

    async supervise(signal) {
      let tidiedAt = Number.NEGATIVE_INFINITY;
      const look = async (): Promise<void> => {
        const boss = await opened();
        if (clock.monotonic() - tidiedAt >= tidyMs) {
          await boss.supervise();
          tidiedAt = clock.monotonic();
        } else if (waiting.size > 0) await boss.supervise(runs);
      };
      await repeat(superviseMs, look, signal);
    },

    async failed() {
      const jobs = await (await opened()).findJobs(failedRuns);
      return jobs
        .map(({ data, createdOn, sourceOutput }): FailedRun => {
          const { channel } = requestSchema.parse(data);
          return { channel, at: createdOn.toISOString(), reason: reasonIn(sourceOutput) };
        })
        .sort((one, other) => (one.at < other.at ? 1 : -1));
    },

    async close() {
      closing.abort();
      const boss = await opening?.catch(() => undefined);
      await boss?.stop({ graceful: false });
    },
  };
};
