import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createActivity, type RecordParts, recordRun } from '../../src/daily/record.ts';
import { type RunResult, withoutDigest } from '../../src/daily/run.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { keepingLogger } from '../fakes/logger.ts';
import { healthOf } from '../fakes/monitoring.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const setUp = (more: Partial<RecordParts> = {}) => {
  const { lines, logger } = keepingLogger();
  const clock = createSteppingClock('2025-07-08T13:00:00Z');
  const activity = createActivity();
  const stop = new AbortController();
  const health = healthOf(stores, { clock });
  const parts: RecordParts = { runs: stores.runs, activity, health, clock, logger, signal: stop.signal, ...more };
  const record = (work: () => Promise<RunResult>) => recordRun('foundations', work, parts);
  return { record, activity, health, clock, stop, lines };
};

const result: RunResult = { ...withoutDigest('foundations', '2025-07-08', 'incomplete', ['slack: gone']), sent: 3 };

const failing = (error: unknown) => async (): Promise<RunResult> => {
  throw error;
};

describe('recording a run', () => {
  it('stores the result with the simulated times of start and end, and returns it', async () => {
    const { record, clock } = setUp();
    const given = await record(async () => {
      await clock.sleep(90_000);
      return result;
    });
    expect(given).toBe(result);
    expect((await stores.runs.newestOf(['foundations'])).get('foundations')?.run).toEqual({
      channel: 'foundations',
      startedAt: '2025-07-08T13:00:00.000Z',
      endedAt: '2025-07-08T13:01:30.000Z',
      status: 'incomplete',
      date: '2025-07-08',
      sent: 3,
      reasons: ['slack: gone'],
    });
  });

  it('counts the papers of the digest without those of earlier days', async () => {
    const { record } = setUp();
    const both = { ...withoutDigest('foundations', '2025-07-08', 'posted'), sent: 5 };
    await record(async () => ({ ...both, earlier: [{ date: '2025-07-07', sent: 3 }] }));
    expect((await stores.runs.newestOf(['foundations'])).get('foundations')?.run).toMatchObject({
      date: '2025-07-08',
      sent: 2,
    });
  });

  it('reports that arXiv announces nothing, until it does', async () => {
    const { record, health } = setUp();
    const nothing = (isSilent?: boolean) => ({
      ...withoutDigest('foundations', '2025-07-02', 'nothing-new'),
      isSilent,
    });
    await record(async () => nothing(true));
    const [problem] = await health.problems('foundations');
    expect(problem).toMatchObject({
      subject: 'announcements foundations',
      text: 'foundations gets no new papers: arXiv has announced nothing since Wednesday, 2 July 2025.',
    });
    await record(async () => nothing());
    expect(await health.problems('foundations')).toHaveLength(1);
    await record(async () => nothing(false));
    expect(await health.problems('foundations')).toEqual([]);
  });

  it.each([
    new UserError('Write a date up to 2025-07-08.'),
    new ExternalError({ service: 'arXiv', message: 'does not answer' }),
    new TypeError('a bug'),
  ])('stores the text of a failure and throws it: %s', async (error) => {
    const { record, activity } = setUp();
    await expect(record(failing(error))).rejects.toBe(error);
    expect((await stores.runs.newestOf(['foundations'])).get('foundations')?.run).toMatchObject({
      ...{ status: 'failed', date: undefined, sent: 0 },
      reasons: [error.message],
    });
    expect(activity.of('foundations').phase).toBe('idle');
  });

  it('reports to the health model whether the run is complete', async () => {
    const { record, health } = setUp();
    await record(async () => result);
    expect(await health.problems()).toMatchObject([
      { subject: 'channel foundations', text: 'The last run of foundations is not complete: slack: gone.' },
    ]);
    await expect(record(failing(new TypeError('a bug')))).rejects.toThrow('a bug');
    expect(await health.problems()).toMatchObject([
      { text: expect.stringContaining('a bug'), fix: expect.stringContaining('log') },
    ]);
    await record(async () => ({ ...result, status: 'nothing-new', reasons: [] }));
    expect(await health.problems()).toEqual([]);
  });

  it('does not store an aborted run as failed', async () => {
    const { record, activity, stop } = setUp();
    stop.abort();
    await expect(record(failing(stop.signal.reason))).rejects.toBe(stop.signal.reason);
    expect((await stores.runs.newestOf(['foundations'])).get('foundations')?.run).toBeUndefined();
    expect(activity.of('foundations').phase).toBe('idle');
  });

  it('stores the result of a run that ended in spite of an abort', async () => {
    const { record, stop } = setUp();
    await record(async () => {
      stop.abort();
      return result;
    });
    expect((await stores.runs.newestOf(['foundations'])).get('foundations')?.run).toMatchObject({
      status: 'incomplete',
    });
  });

  it('shows the channel as active until its run is stored', async () => {
    const { record, activity } = setUp({
      runs: {
        async add(run) {
          expect(activity.of(run.channel).phase).toBe('collecting');
        },
      },
    });
    await record(async () => result);
    expect(activity.of('foundations').phase).toBe('idle');
    expect.assertions(2);
  });

  it('returns the result or error even if the store fails', async () => {
    const full = new Error('disk full');
    const { record, activity, lines } = setUp({ runs: { add: () => Promise.reject(full) } });
    expect(await record(async () => result)).toBe(result);
    const bug = new Error('a bug');
    await expect(record(failing(bug))).rejects.toBe(bug);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'run not recorded',
        fields: { channel: 'foundations', status: 'incomplete', err: full },
      },
      { level: 'warn', message: 'run not recorded', fields: { channel: 'foundations', status: 'failed', err: full } },
    ]);
    expect(activity.of('foundations').phase).toBe('idle');
  });
});
