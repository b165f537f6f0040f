import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { LeaseStore } from '../../src/core/lease.ts';
import type { Stores } from '../../src/core/stores.ts';
import { withLease } from '../../src/daily/lease.ts';
import { createOwner, forgetOwner } from '../../src/daily/lease-owner.ts';
import { createQuickClock, createSteppingClock } from '../fakes/clock.ts';

const signal = new AbortController().signal;

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => {
  vi.useRealTimers();
  stores.close();
});

const quickClock = createQuickClock();

/** Another process that holds the lease, with the differences from this process. */
const takenBy = async (more: object) => {
  const self = JSON.parse(createOwner('other'));
  forgetOwner('other');
  const owner = JSON.stringify({ ...self, id: 'elsewhere', ...more });
  const { fence } = await stores.leases.acquire({ name: 'day', owner, expiresAt: 1 });
  if (!fence) throw new Error('the lease is held');
  return fence;
};
const elsewhere = { boot: 'another', host: 'desk', pid: 7 };

describe('a lease that several machines share', () => {
  const pace = { silentMs: 10_000, renewEveryMs: 3_000, maxPollMs: 1_000, isTakenFromPaused: true };
  const shared = (): LeaseStore => ({ ...stores.leases, pace });

  it('is taken after ten seconds, and asked for once a second by then', async () => {
    await takenBy(elsewhere);
    const stepping = createSteppingClock('2025-07-08T13:00:00Z');
    const taken = () => withLease('day', { leases: shared(), clock: stepping }, signal, async () => {});
    await taken();
    expect(stepping.slept).toEqual(Array.from({ length: 20 }, () => 500));
    const fence = await takenBy(elsewhere);
    const sleep: Clock['sleep'] = async (ms, signal) => {
      if (stepping.slept.length < 60) await stores.leases.renew(fence, 1);
      await stepping.sleep(ms, signal);
    };
    await withLease('day', { leases: shared(), clock: { ...stepping, sleep } }, signal, async () => {});
    expect(stepping.slept.slice(40)).toEqual(Array.from({ length: stepping.slept.length - 40 }, () => 1_000));
    expect(stepping.slept.length).toBe(70);
  });

  it.skipIf(process.platform !== 'linux')('is taken from a process of this machine that is paused', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    await takenBy({ pid: child.pid, began });
    const stepping = createSteppingClock('2025-07-08T13:00:00Z');
    await withLease('day', { leases: shared(), clock: stepping }, signal, async () => {});
    expect(stepping.slept.length).toBe(20);
    child.kill();
    await once(child, 'exit');
  });

  it('is taken at once if the server has seen it silent for as long', async () => {
    await takenBy(elsewhere);
    const stepping = createSteppingClock('2025-07-08T13:00:00Z');
    const acquire: LeaseStore['acquire'] = async (lease, seen) => {
      const answer = await stores.leases.acquire(lease, seen);
      const silentMs = 9_500 + 500 * stepping.slept.length;
      return answer.holder ? { holder: { ...answer.holder, silentMs } } : answer;
    };
    await withLease('day', { leases: { ...shared(), acquire }, clock: stepping }, signal, async () => {});
    expect(stepping.slept).toEqual([500]);
  });

  it('is given up by a process that cannot renew it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const clock: Clock = { ...quickClock, monotonic: () => performance.now() };
    const leases = { ...shared(), renew: () => Promise.reject(new Error('no connection')) };
    const work = withLease('day', { leases, clock }, signal, async (held) => {
      await vi.advanceTimersByTimeAsync(9_000);
      expect(held.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(6_000);
      held.throwIfAborted();
    });
    await expect(work).rejects.toThrow('the lease "day" could not be renewed');
  });
});
