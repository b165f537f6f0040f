import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { storageFailure } from '../../../db/postgres/faults.ts';
import { createPostgresWork } from '../../../db/postgres/work.ts';
import { createClock } from '../../../src/core/clock.ts';
import { UserError } from '../../../src/core/errors.ts';
import { RunGivenUp, type Runner, type RunReport, type Work } from '../../../src/core/work.ts';
import { quietLogger } from '../../fakes/logger.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../fakes/postgres.ts';

const posted: RunReport = { status: 'posted', date: '2025-07-08', sent: 3, reasons: [], hasDigest: true };

describe.skipIf(!hasPostgres)('runs in the queue of Postgres', () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase({ isMigrated: false });
  });
  afterAll(() => server.stop());

  const clock = createClock(undefined);
  const ending = new AbortController();
  const { signal } = ending;
  const works: Work[] = [];
  const serving: { stop: AbortController; served: Promise<void> }[] = [];
  const open = (sleep = clock.sleep): Work => {
    const work = createPostgresWork(url, { clock: { ...clock, sleep }, logger: quietLogger });
    works.push(work);
    return work;
  };
  const serve = (work: Work, runner: Runner): AbortController => {
    const stop = new AbortController();
    serving.push({ stop, served: work.serve(runner, stop.signal) });
    return stop;
  };
  afterEach(async () => {
    for (const { stop, served } of serving.splice(0)) {
      stop.abort(new Error('over'));
      await served;
    }
    for (const work of works.splice(0)) await work.close();
  });
  const request = (channel: string) => ({ channel, notices: [] });

  it('are done once, by any process, whose report comes back', async () => {
    const [scheduler, other] = [open(), open()];
    const done: string[] = [];
    const runner =
      (name: string): Runner =>
      async ({ channel, notices }) => {
        done.push(`${name} ${channel} ${notices}`);
        await clock.sleep(1_500);
        return channel === 'late' ? { ...posted, status: 'no-announcement', date: undefined } : posted;
      };
    const first = scheduler.run({ channel: 'gears', notices: ['A note.'] }, signal);
    await clock.sleep(1_000);
    const second = other.run(request('gears'), signal);
    const late = scheduler.run(request('late'), signal);
    serve(other, runner('other'));
    expect(await Promise.all([first, second])).toEqual([posted, posted]);
    expect(await late).toEqual({ ...posted, status: 'no-announcement', date: undefined });
    expect(done.sort()).toEqual(['other gears A note.', 'other late ']);
    expect(await scheduler.run(request('gears'), signal)).toEqual(posted);
    expect(done).toHaveLength(3);
  });

  it('are spread over the processes', async () => {
    const works = [open(), open()];
    const counts = [0, 0];
    const channels = Array.from({ length: 32 }, (_, nth) => `channel-${nth}`);
    const running = channels.map((channel) => works[0]?.run(request(channel), signal));
    await clock.sleep(500);
    for (const [at, work] of works.entries())
      serve(work, async () => {
        counts[at] = (counts[at] ?? 0) + 1;
        await clock.sleep(500);
        return posted;
      });
    expect(await Promise.all(running)).toEqual(channels.map(() => posted));
    expect(counts.reduce((sum, count) => sum + count)).toBe(32);
  });

  it('refuse as the process did', async () => {
    const work = open();
    serve(work, () => Promise.reject(new UserError('There is no channel gears any more.')));
    await expect(work.run(request('gears'), signal)).rejects.toThrow('There is no channel gears any more.');
    expect(await work.failed()).toEqual([]);
  });

  it('are given up after five attempts, and shown until one ends well', async () => {
    const work = open();
    let attempts = 0;
    serve(work, async () => {
      attempts += 1;
      if (attempts > 5) return posted;
      throw new Error('out of gears');
    });
    const failure = await work.run(request('gears'), signal).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RunGivenUp);
    expect(failure).toMatchObject({ message: 'The run was given up: out of gears' });
    expect(attempts).toBe(5);
    expect(await work.failed()).toMatchObject([{ channel: 'gears', reason: 'out of gears' }]);
    expect(await work.run(request('gears'), signal)).toEqual(posted);
    expect(await work.failed()).toEqual([]);
  });

  it('go to another process if one is silent', async () => {
    const scheduler = open();
    const supervising = new AbortController();
    const supervised = scheduler.supervise(supervising.signal);
    const took: string[] = [];
    // It does not go on once it has the run.
    const silent = open((ms, signal) => clock.sleep(took.length === 1 ? 60_000 : ms, signal));
    const stop = serve(silent, async (_, signal) => {
      took.push('silent');
      await clock.sleep(60_000, signal);
      return posted;
    });
    const running = scheduler.run(request('gears'), signal);
    await expect.poll(() => took).toEqual(['silent']);
    serve(open(), async () => {
      took.push('other');
      return posted;
    });
    expect(await running).toEqual(posted);
    expect(took).toEqual(['silent', 'other']);
    stop.abort(new Error('stopped'));
    supervising.abort();
    await supervised;
  });

  it('are done again after a fault of the database, which is no refusal', async () => {
    const work = open();
    let runs = 0;
    serve(work, async () => {
      runs += 1;
      if (runs === 1) throw storageFailure(new Error('Connection terminated unexpectedly'));
      return posted;
    });
    expect(await work.run(request('gears'), signal)).toEqual(posted);
    expect(runs).toBe(2);
  });

  it('stop being waited for, and go on', async () => {
    const work = open();
    const waits = new AbortController();
    const running = work.run(request('gears'), waits.signal);
    running.catch(() => undefined);
    let runs = 0;
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    serve(work, async () => {
      runs += 1;
      begun.resolve();
      await end.promise;
      return posted;
    });
    await begun.promise;
    waits.abort(new Error('the lease was lost'));
    await expect(running).rejects.toThrow('the lease was lost');
    const again = work.run(request('gears'), signal);
    // The queue answers the request in a few milliseconds.
    await clock.sleep(2_000);
    end.resolve();
    expect(await again).toEqual(posted);
    expect(runs).toBe(1);
  });
});
