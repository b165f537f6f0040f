import { beforeEach, describe, expect, test } from 'vitest';
import type { PastRun, RunStore } from '../../src/core/run.ts';
import type { Stores } from '../../src/core/stores.ts';

const runOf = (day: string, more: Partial<PastRun> = {}): PastRun => ({
  ...{ channel: 'foundations', startedAt: `${day}T13:00:00.000Z`, endedAt: `${day}T13:02:00.000Z` },
  ...{ status: 'posted', date: day, sent: 7, reasons: [] },
  ...more,
});

/** The contract of every run store; part of the contract of the stores. */
export const runsContract = (opened: () => Stores): void => {
  describe('runs', () => {
    let runs: RunStore;
    beforeEach(() => {
      runs = opened().runs;
    });
    const newest = async (channel: string) => (await runs.newestOf([channel])).get(channel)?.run;
    const newestSuccess = async (channel: string) => (await runs.newestOf([channel])).get(channel)?.success;

    test('returns a run as it was added, also without a date', async () => {
      const run = runOf('2025-07-08', {
        ...{ status: 'failed', date: undefined, sent: 0 },
        reasons: ['arXiv does not answer', "'; DROP TABLE runs; -- 🙂"],
      });
      await runs.add(run);
      expect(await newest('foundations')).toEqual(run);
    });

    test('finds the channel’s run that ended last', async () => {
      expect(await newest('foundations')).toBeUndefined();
      await runs.add(runOf('2025-07-08'));
      await runs.add(runOf('2025-07-08', { status: 'nothing-new', sent: 0 }));
      await runs.add(runOf('2025-07-09', { channel: 'other' }));
      expect(await newest('foundations')).toMatchObject({ status: 'nothing-new', date: '2025-07-08' });
      expect(await newest('other')).toMatchObject({ date: '2025-07-09' });
    });

    test('finds the last run even if simulated time went back', async () => {
      await runs.add(runOf('2025-07-08'));
      await runs.add(runOf('2025-07-02'));
      expect(await newest('foundations')).toMatchObject({ date: '2025-07-02' });
    });

    test('finds the last run that left nothing to do', async () => {
      await runs.add(runOf('2025-07-07', { status: 'failed' }));
      await runs.add(runOf('2025-07-07', { status: 'incomplete' }));
      expect(await newestSuccess('foundations')).toBeUndefined();
      for (const status of ['posted', 'nothing-new', 'no-announcement'] as const) {
        await runs.add(runOf('2025-07-08', { status }));
        await runs.add(runOf('2025-07-09', { status: 'incomplete' }));
        await runs.add(runOf('2025-07-09', { status: 'failed' }));
        expect(await newestSuccess('foundations')).toMatchObject({ status });
      }
      expect(await newest('foundations')).toMatchObject({ status: 'failed' });
    });

    test('finds the newest runs of several channels at once', async () => {
      const run = runOf('2025-07-08', { status: 'failed' });
      const success = runOf('2025-07-07');
      const other = runOf('2025-07-09', { channel: 'other' });
      for (const one of [success, run, other, runOf('2025-07-09', { channel: 'third' })]) await runs.add(one);
      expect(await runs.newestOf(['foundations', 'other', 'new'])).toEqual(
        new Map([
          ['foundations', { run, success }],
          ['other', { run: other, success: other }],
        ]),
      );
    });

    test('deletes the channel’s runs from more than 90 days before the added one', async () => {
      await runs.add(runOf('2025-04-01'));
      await runs.add(runOf('2025-04-01', { channel: 'other' }));
      await runs.add(runOf('2025-06-30', { status: 'failed' }));
      expect(await newestSuccess('foundations')).toMatchObject({ date: '2025-04-01' });
      await runs.add(runOf('2025-07-01', { status: 'failed' }));
      expect(await newestSuccess('foundations')).toBeUndefined();
      expect(await newestSuccess('other')).toMatchObject({ date: '2025-04-01' });
    });
  });
};
