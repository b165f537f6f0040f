import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStores } from '../../db/index.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { LeaseStore, Stores } from '../../src/core/stores.ts';
import { isDead, withLease } from '../../src/daily/lease.ts';
import { createQuickClock, createSteppingClock } from '../fakes/clock.ts';

const signal = new AbortController().signal;

let stores: Stores;
const sleeps: number[] = [];
beforeEach(() => {
  sleeps.length = 0;
  stores = openStores(':memory:');
});
afterEach(() => {
  vi.useRealTimers();
  stores.close();
});

const quickClock = createQuickClock();
const clock: Clock = {
  ...quickClock,
  sleep: (ms, signal) => {
    sleeps.push(ms);
    return quickClock.sleep(ms, signal);
  },
};
const hold = <T>(work: (held: AbortSignal) => Promise<T>, more: { name?: string; signal?: AbortSignal } = {}) =>
  withLease(more.name ?? 'day', { leases: stores.leases, clock }, more.signal ?? signal, work);

const ownOwner = async (): Promise<{ machine: string; pid: number; id: string }> => {
  let owner = '';
  const spy: LeaseStore = {
    ...stores.leases,
    acquire: (lease, dead) => {
      owner = lease.owner;
      return stores.leases.acquire(lease, dead);
    },
  };
  await withLease('spied', { leases: spy, clock }, signal, async () => {});
  return JSON.parse(owner);
};
const taken = (owner: object, expiresAt: number, name = 'day') =>
  stores.leases.acquire({ name, owner: JSON.stringify(owner), now: 0, expiresAt }, () => false);

const endedProcess = async (): Promise<number> => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
};

describe('a lease', () => {
  it('returns the result of the work and is free afterwards, even if the work fails', async () => {
    expect(await hold(async () => 'done')).toBe('done');
    await expect(hold(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await hold(async () => 'again')).toBe('again');
    expect(sleeps).toEqual([]);
  });

  it('runs work of one name in sequence, also within a process, and of different names in parallel', async () => {
    const log: string[] = [];
    const work = (name: string, ms: number) => async () => {
      log.push(`${name} begins`);
      await delay(ms);
      log.push(`${name} ends`);
    };
    await Promise.all([hold(work('a', 60)), hold(work('b', 1)), hold(work('other', 1), { name: 'other' })]);
    expect(log.filter((line) => !line.startsWith('other'))).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(log.indexOf('other ends')).toBeLessThan(log.indexOf('a ends'));
  });

  it('stops waiting if it is aborted, without doing the work', async () => {
    const controller = new AbortController();
    let worked = false;
    await hold(async () => {
      const waiting = hold(
        async () => {
          worked = true;
        },
        { signal: controller.signal },
      );
      setTimeout(() => controller.abort(new Error('stopped')), 20);
      await expect(waiting).rejects.toThrow();
    });
    expect(worked).toBe(false);
    expect(await hold(async () => 'free')).toBe('free');
  });

  it('is taken at once from a process that has ended on this machine', async () => {
    const own = await ownOwner();
    const dead = { ...own, pid: await endedProcess(), id: 'gone' };
    expect(isDead(JSON.stringify(dead))).toBe(true);
    await taken(dead, Date.now() + 60_000);
    expect(await hold(async () => 'taken')).toBe('taken');
    expect(sleeps).toEqual([]);
  });

  it('is taken at once from an earlier process with the same id, as in a container', async () => {
    await taken({ ...(await ownOwner()), id: 'before' }, Date.now() + 60_000);
    expect(await hold(async () => 'taken')).toBe('taken');
  });

  it('is waited for until it expires if its process is alive or on another machine', async () => {
    const own = await ownOwner();
    const alive = { ...own, pid: process.ppid, id: 'alive' };
    const elsewhere = { ...own, machine: 'another machine', id: 'elsewhere' };
    expect([isDead(JSON.stringify(alive)), isDead(JSON.stringify(elsewhere))]).toEqual([false, false]);
    const stepping = createSteppingClock('2025-07-08T13:00:00Z');
    for (const owner of [alive, elsewhere]) {
      const before = stepping.realNow();
      await taken(owner, before + 4_900, owner.id);
      await withLease(owner.id, { leases: stores.leases, clock: stepping }, signal, async () => {});
      expect(stepping.realNow() - before).toBe(5_000);
    }
  });

  it('aborts the work if another process takes it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const work = hold(async (held) => {
      await stores.leases.release('day', await holder());
      await taken({ machine: 'another machine', pid: 1, id: 'thief' }, Date.now() + 60_000);
      await vi.advanceTimersByTimeAsync(15_000);
      held.throwIfAborted();
    });
    await expect(work).rejects.toThrow('another process took the lease "day"');
    expect(JSON.parse(await holder())).toMatchObject({ id: 'thief' });
  });

  it('is renewed while the work lasts, even if the store fails for a while', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    let renewals = 0;
    const failing: LeaseStore = {
      ...stores.leases,
      renew: (lease) => {
        renewals += 1;
        return renewals === 2 ? Promise.reject(new Error('the disk is busy')) : stores.leases.renew(lease);
      },
    };
    await withLease('day', { leases: failing, clock }, signal, async (held) => {
      await vi.advanceTimersByTimeAsync(120_000);
      expect(held.aborted).toBe(false);
      expect(await holderAt(Date.now())).toBeDefined();
    });
    expect(renewals).toBe(8);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(renewals).toBe(8);
  });

  it("ends the work with the caller's reason when the caller aborts", async () => {
    const controller = new AbortController();
    const work = hold(
      async (held) => {
        controller.abort(new Error('stopped by a signal'));
        held.throwIfAborted();
      },
      { signal: controller.signal },
    );
    await expect(work).rejects.toThrow('stopped by a signal');
  });
});

/** The holder at a time; a live owner keeps it. */
const holderAt = async (now: number): Promise<string | undefined> => {
  const probe = { name: 'day', owner: 'probe', now, expiresAt: now };
  const held = await stores.leases.acquire(probe, () => false);
  if (!held) await stores.leases.release('day', 'probe');
  return held?.owner;
};
const holder = async (): Promise<string> => (await holderAt(Date.now())) ?? '';
