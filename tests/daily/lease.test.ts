import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Held, LeaseStore } from '../../src/core/lease.ts';
import type { Stores } from '../../src/core/stores.ts';
import { withChannelLease, withLease } from '../../src/daily/lease.ts';
import { createOwner, forgetOwner } from '../../src/daily/lease-owner.ts';
import { createQuickClock, createSteppingClock } from '../fakes/clock.ts';
import { keepingLogger } from '../fakes/logger.ts';

const signal = new AbortController().signal;

let stores: Stores;
const sleeps: number[] = [];
beforeEach(() => {
  sleeps.length = 0;
  stores = openStores(':memory:');
});
afterEach(() => {
  vi.useRealTimers();
  forgetOwner('other');
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
const hold = <T>(work: (held: Held) => Promise<T>, more: { name?: string; signal?: AbortSignal } = {}) =>
  withLease(more.name ?? 'day', { leases: stores.leases, clock }, more.signal ?? signal, work);

/** Another process that holds the lease, with the differences from this process. */
const takenBy = async (more: object, name = 'day') => {
  const self = JSON.parse(createOwner('other'));
  forgetOwner('other');
  const owner = JSON.stringify({ ...self, id: 'elsewhere', ...more });
  const { fence } = await stores.leases.acquire({ name, owner, expiresAt: 1 });
  if (!fence) throw new Error('the lease is held');
  return fence;
};
const elsewhere = { boot: 'another', host: 'desk', pid: 7 };
const holder = async (name = 'day') =>
  (await stores.leases.acquire({ name, owner: 'probe', expiresAt: 1 })).holder?.owner;

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
    const { token } = await takenBy({ pid: await endedProcess() });
    expect(await hold(async ({ fence }) => fence.token)).toBe(token + 1);
    expect(sleeps).toEqual([]);
  });

  it('is taken at once from an earlier process with the same number', async () => {
    await takenBy({ began: '1' });
    expect(await hold(async () => 'taken')).toBe('taken');
    expect(sleeps).toEqual([]);
  });

  it('is taken from a process elsewhere once it was not renewed for a minute', async () => {
    await takenBy(elsewhere);
    const stepping = createSteppingClock('2025-07-08T13:00:00Z');
    await withLease('day', { leases: stores.leases, clock: stepping }, signal, async () => {});
    expect(stepping.slept.length).toBe(120);
  });

  it('is never taken while it is renewed, whatever the clocks say', async () => {
    const fence = await takenBy(elsewhere);
    const stepping = createSteppingClock('2025-07-08T13:00:00Z');
    const controller = new AbortController();
    const steps = [3_600_000, -3_600_000, 90_000, 1e10];
    const wrongClock: Clock = {
      ...stepping,
      realNow: () => stepping.realNow() + (steps[stepping.slept.length % 4] ?? 0),
      sleep: async (ms, signal) => {
        // The other process renews every 30 seconds, by a clock that stands still.
        if (stepping.slept.length % 60 === 0) expect(await stores.leases.renew(fence, 1)).toBe(true);
        if (stepping.slept.length === 2_000) controller.abort(new Error('waited long enough'));
        await stepping.sleep(ms, signal);
      },
    };
    const waiting = withLease('day', { leases: stores.leases, clock: wrongClock }, controller.signal, async () => {});
    await expect(waiting).rejects.toThrow('waited long enough');
    expect(await stores.leases.isHeld(fence)).toBe(true);
  });

  it('is not taken by a process that was paused while it waited, because the holder may have been too', async () => {
    const fence = await takenBy(elsewhere);
    const stepping = createSteppingClock('2025-07-08T13:00:00Z');
    stepping.set('2025-07-08T15:00:00Z', 10);
    const sleep: Clock['sleep'] = async (ms, signal) => {
      if (stepping.slept.length === 12) await stores.leases.release(fence);
      await stepping.sleep(ms, signal);
    };
    const lease = { leases: stores.leases, clock: { ...stepping, sleep } };
    // It goes on only after the holder's own release.
    expect(await withLease('day', lease, signal, async () => stepping.slept.length)).toBe(13);
  });

  it('aborts the work if another process takes it, and is not released by the loser', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const work = hold(async (held) => {
      await held.check();
      await stores.leases.release(held.fence);
      await takenBy(elsewhere);
      await vi.advanceTimersByTimeAsync(15_000);
      held.throwIfAborted();
    });
    await expect(work).rejects.toThrow('another process took the lease "day"');
    expect(JSON.parse((await holder()) ?? '')).toMatchObject(elsewhere);
  });

  it('fails a check at once if another process has taken it', async () => {
    const work = hold(async (held) => {
      await stores.leases.release(held.fence);
      await takenBy(elsewhere);
      expect(held.aborted).toBe(false);
      await expect(held.check()).rejects.toThrow('another process took the lease "day"');
      expect(held.aborted).toBe(true);
      return 'lost';
    });
    expect(await work).toBe('lost');
  });

  it('is renewed while the work lasts, even if the store fails for a while', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    let renewals = 0;
    const failing: LeaseStore = {
      ...stores.leases,
      renew: (...fence) => {
        renewals += 1;
        return renewals === 2 ? Promise.reject(new Error('the disk is busy')) : stores.leases.renew(...fence);
      },
    };
    await withLease('day', { leases: failing, clock }, signal, async (held) => {
      await vi.advanceTimersByTimeAsync(120_000);
      expect(held.aborted).toBe(false);
      await held.check();
    });
    expect(renewals).toBe(8);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(renewals).toBe(8);
  });

  it('is renewed in one transaction with all others of the process', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const statements: string[] = [];
    const counted = openStores(':memory:', { onStatement: (sql) => statements.push(String(sql)) });
    const over = Promise.withResolvers<void>();
    let held = 0;
    const works = Array.from({ length: 30 }, (_, at) =>
      withLease(`channel ${at}`, { leases: counted.leases, clock }, signal, async ({ fence }) => {
        held += 1;
        await over.promise;
        return counted.leases.isHeld(fence);
      }),
    );
    await expect.poll(() => held).toBe(30);
    statements.length = 0;
    await vi.advanceTimersByTimeAsync(15_000);
    await new Promise(setImmediate);
    const kinds = statements.map((sql) => sql.trim().split(' ')[0]);
    expect(kinds).toEqual(['BEGIN', ...Array.from({ length: 30 }, () => 'UPDATE'), 'COMMIT']);
    over.resolve();
    expect(new Set(await Promise.all(works))).toEqual(new Set([true]));
    counted.close();
  });

  it('is waited for without a write', async () => {
    const statements: string[] = [];
    const counted = openStores(':memory:', { onStatement: (sql) => statements.push(String(sql)) });
    const lease = { name: 'day', expiresAt: 1 };
    const { fence } = await counted.leases.acquire({ ...lease, owner: 'a' });
    statements.length = 0;
    const { holder } = await counted.leases.acquire({ ...lease, owner: 'b' });
    expect([fence?.owner, holder?.owner]).toEqual(['a', 'a']);
    expect(statements.map((sql) => sql.split(' ')[0])).toEqual(['select']);
    counted.close();
  });

  it("ends the work with the caller's reason when the caller aborts", async () => {
    const controller = new AbortController();
    const work = hold(
      async (held) => {
        controller.abort(new Error('stopped by a signal'));
        await held.check();
      },
      { signal: controller.signal },
    );
    await expect(work).rejects.toThrow('stopped by a signal');
  });
});

describe('waiting for a lease', () => {
  const waitOn = async (more: { until?: number; fenceOf: () => Promise<Held['fence']> }) => {
    const fence = await more.fenceOf();
    const stepping = createSteppingClock('2025-07-08T13:00:00Z');
    const sleep: Clock['sleep'] = async (ms, signal) => {
      if (stepping.slept.length === more.until) await stores.leases.release(fence);
      // A process that renews never looks dead.
      else if (more.until !== undefined) await stores.leases.renew(fence, 1);
      await stepping.sleep(ms, signal);
    };
    const { lines, logger } = keepingLogger();
    const waits: (string | undefined)[] = [];
    const parts = { stores, clock: { ...stepping, sleep }, logger };
    const onWait = (_: string, holder: string | undefined) => waits.push(holder);
    const work = withChannelLease('gears', { ...parts, onWait }, signal, async () => 'done');
    const result = await work.catch((error: unknown) => error);
    return { result, waits, lines, minutes: stepping.slept.length / 120 };
  };
  const channel = 'channel gears';
  const heldHere = async () => {
    const { fence } = await stores.leases.acquire({ name: channel, owner: createOwner('other'), expiresAt: 1 });
    if (!fence) throw new Error('the lease is held');
    return fence;
  };

  it('is mentioned once, with who holds it, and when it is over', async () => {
    const { result, waits, lines } = await waitOn({ until: 30, fenceOf: () => takenBy(elsewhere, channel) });
    expect(result).toBe('done');
    expect(waits).toEqual(['process 7 on desk', undefined]);
    const fields = { lease: channel, holder: 'process 7 on desk' };
    expect(lines).toEqual([{ level: 'info', message: 'waiting for a lease', fields }]);
  });

  it('names a process of another container, even if it has the number and the host name of this one', async () => {
    const { host, pid } = JSON.parse(createOwner('other'));
    for (const more of [{ pids: 'pid:[1]' }, { boot: 'another' }]) {
      const { waits } = await waitOn({ until: 30, fenceOf: () => takenBy({ pid, ...more }, channel) });
      expect(waits[0]).toBe(`process ${pid} on ${host}`);
    }
  });

  it('names another run of this process as such', async () => {
    const { waits } = await waitOn({ until: 30, fenceOf: heldHere });
    expect(waits[0]).toBe('another run of this process');
  });

  it('is not mentioned if it takes a moment', async () => {
    const { waits, lines } = await waitOn({ until: 1, fenceOf: () => takenBy(elsewhere, channel) });
    expect([waits, lines]).toEqual([[], []]);
  });

  it('ends after three hours', async () => {
    const { result, minutes } = await waitOn({ until: 1e9, fenceOf: () => takenBy(elsewhere, channel) });
    expect(minutes).toBe(180);
    expect(result).toMatchObject({ name: 'UserError' });
    expect(String(result)).toContain(
      'Paperboy has been working on gears in process 7 on desk for 3 hours. If it hangs',
    );
  });

  it.skipIf(process.platform !== 'linux')(
    'ends after ten minutes of a process that is paused, and leaves it',
    async () => {
      const { result, minutes } = await waitOn({ fenceOf: heldHere });
      expect(minutes).toBe(10);
      expect(result).toMatchObject({ name: 'UserError' });
      expect(String(result)).toContain('which has not responded for 10 minutes. Resume or end that process');
      expect(await holder(channel)).toBeDefined();
    },
  );

  it('tells who held a lease of an earlier version as far as it is known', async () => {
    const owner = '{"machine":"m","pid":1,"id":"a"}';
    const fenceOf = async () => {
      const { fence } = await stores.leases.acquire({ name: channel, owner, expiresAt: 1 });
      if (!fence) throw new Error('the lease is held');
      return fence;
    };
    const { result, waits, minutes } = await waitOn({ fenceOf });
    expect([result, waits, minutes]).toEqual(['done', ['another Paperboy process', undefined], 1]);
  });
});
