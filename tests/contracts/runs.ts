import { beforeEach, describe, expect, test } from 'vitest';
import type { PastRun } from '../../src/core/run.ts';
import type { RunStore, Stores } from '../../src/core/stores.ts';

const runOf = (day: string, more: Partial<PastRun> = {}): PastRun => ({
  ...{ channel: 'foundations', startedAt: `${day}T13:00:00.000Z`, endedAt: `${day}T13:02:00.000Z` },
  ...{ status: 'posted', date: day, sent: 7, reasons: [] },
  ...more,
});

/** What every store of runs holds to; part of the contract of the stores. */
export const runsContract = (opened: () => Stores): void => {
  describe('runs', () => {
    let runs: RunStore;
    beforeEach(() => {
      runs = opened().runs;
    });

    test('a run comes back whole, also without a date', async () => {
      const run = runOf('2025-07-08', {
        ...{ status: 'failed', date: undefined, sent: 0 },
        reasons: ['arXiv does not answer', "'; DROP TABLE runs; -- 🙂"],
      });
      await runs.add(run);
      expect(await runs.newest('foundations')).toEqual(run);
    });

    test('the newest is the run that ended last, of the channel alone', async () => {
      expect(await runs.newest('foundations')).toBeUndefined();
      await runs.add(runOf('2025-07-08'));
      await runs.add(runOf('2025-07-08', { status: 'nothing-new', sent: 0 }));
      await runs.add(runOf('2025-07-09', { channel: 'other' }));
      expect(await runs.newest('foundations')).toMatchObject({ status: 'nothing-new', date: '2025-07-08' });
      expect(await runs.newest('other')).toMatchObject({ date: '2025-07-09' });
    });

    test('told time that went back does not make an earlier run the newest', async () => {
      await runs.add(runOf('2025-07-08'));
      await runs.add(runOf('2025-07-02'));
      expect(await runs.newest('foundations')).toMatchObject({ date: '2025-07-02' });
    });

    test('the newest success is the last run that left nothing to do', async () => {
      await runs.add(runOf('2025-07-07', { status: 'failed' }));
      await runs.add(runOf('2025-07-07', { status: 'incomplete' }));
      expect(await runs.newestSuccess('foundations')).toBeUndefined();
      for (const status of ['posted', 'nothing-new', 'no-announcement'] as const) {
        await runs.add(runOf('2025-07-08', { status }));
        await runs.add(runOf('2025-07-09', { status: 'incomplete' }));
        await runs.add(runOf('2025-07-09', { status: 'failed' }));
        expect(await runs.newestSuccess('foundations')).toMatchObject({ status });
      }
      expect(await runs.newest('foundations')).toMatchObject({ status: 'failed' });
    });

    test('a run of more than 90 days before the added one is forgotten, of the channel alone', async () => {
      await runs.add(runOf('2025-04-01'));
      await runs.add(runOf('2025-04-01', { channel: 'other' }));
      await runs.add(runOf('2025-06-30', { status: 'failed' }));
      expect(await runs.newestSuccess('foundations')).toMatchObject({ date: '2025-04-01' });
      await runs.add(runOf('2025-07-01', { status: 'failed' }));
      expect(await runs.newestSuccess('foundations')).toBeUndefined();
      expect(await runs.newestSuccess('other')).toMatchObject({ date: '2025-04-01' });
    });
  });
};
