import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProcessMemory } from '../../db/sqlite/process-memory.ts';
import { createActivity } from '../../src/daily/record.ts';
import { type SharedActivity, shareActivity } from '../../src/daily/shared-activity.ts';
import { quietLogger } from '../fakes/logger.ts';

const idle = { phase: 'idle', scored: 0, toScore: 0, nextRun: undefined };
const at = new Date('2025-07-09T13:00:00Z');
const retryAt = new Date('2025-07-08T13:10:00Z');

let memory: ReturnType<typeof createProcessMemory>;
const opened: SharedActivity[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  memory = createProcessMemory();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  vi.useRealTimers();
});

const startProcess = (shared: Parameters<typeof shareActivity>[1]['memory'] = memory): SharedActivity => {
  const activity = shareActivity(createActivity(), { memory: shared, scheduled: () => at, logger: quietLogger });
  opened.push(activity);
  return activity;
};

/** Until every process has reported and read. */
const settle = () => vi.advanceTimersByTimeAsync(4_000);

describe('the activity of several processes', () => {
  it('is that of the process that works on the channel', async () => {
    const [worker, waiting, other] = [startProcess(), startProcess(), startProcess()];
    worker.began('graphs');
    worker.progress('graphs', 12, 120);
    waiting.began('graphs');
    waiting.waits('graphs', 'process 7 on desk');
    await settle();
    expect(other.of('graphs')).toMatchObject({ phase: 'scoring', scored: 12, toScore: 120 });
    expect(waiting.of('graphs')).toMatchObject({ phase: 'waiting', waitsFor: 'process 7 on desk' });
    expect(other.of('optics')).toEqual(idle);
    worker.ended('graphs');
    await settle();
    expect(other.of('graphs')).toMatchObject({ phase: 'waiting' });
    waiting.ended('graphs');
    await settle();
    expect(other.of('graphs')).toEqual(idle);
  });

  it('tells everybody the next run while one process keeps the schedules', async () => {
    const [scheduler, other] = [startProcess(), startProcess()];
    expect(other.of('graphs')).toEqual(idle);
    scheduler.next('graphs', at);
    scheduler.next('optics', retryAt);
    await settle();
    expect(other.of('graphs')).toEqual({ ...idle, nextRun: at });
    expect(other.of('optics')).toEqual({ ...idle, nextRun: retryAt });
    expect(scheduler.of('optics')).toEqual({ ...idle, nextRun: retryAt });
    scheduler.next('graphs', undefined);
    scheduler.next('optics', undefined);
    await settle();
    expect(other.of('graphs')).toEqual(idle);
    expect(other.of('optics')).toEqual(idle);
  });

  it('forgets a process that ended without a word', async () => {
    const [killed, other] = [startProcess(), startProcess()];
    killed.began('graphs');
    killed.next('optics', at);
    await settle();
    expect(other.of('graphs')).toMatchObject({ phase: 'collecting' });
    // Also sets the clock back to its start.
    vi.clearAllTimers();
    await vi.advanceTimersByTimeAsync(17_000);
    await other.exchange();
    expect(other.of('graphs')).toEqual(idle);
    expect(other.of('optics')).toEqual(idle);
  });

  it('has a version that changes with it, and only with it', async () => {
    const [worker, other] = [startProcess(), startProcess()];
    await settle();
    const before = other.version();
    await settle();
    expect(other.version()).toBe(before);
    worker.began('graphs');
    await settle();
    const during = other.version();
    expect(during).not.toBe(before);
    // Reports are repeated, and change nothing.
    await vi.advanceTimersByTimeAsync(30_000);
    expect(other.version()).toBe(during);
  });

  it('is the process’s own while the database is away, and is not confused by what it cannot read', async () => {
    const alone = startProcess({ ...memory, list: () => Promise.reject(new Error('away')) });
    alone.began('graphs');
    await settle();
    expect(alone.of('graphs')).toMatchObject({ phase: 'collecting' });
    const other = startProcess();
    await memory.put('activity', 'run graphs newer', { is: 'run', channel: 'graphs', phase: 'dreaming' }, 60_000);
    await settle();
    expect(other.of('optics')).toEqual(idle);
  });
});
