import { afterEach, expect, it, vi } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { LeaseStore } from '../../src/core/lease.ts';
import { type LeaseParts, withLease } from '../../src/daily/lease.ts';
import { createRandom } from '../../tools/evaluation/metrics.ts';

afterEach(() => {
  vi.useRealTimers();
});

type Faults = { steps: boolean; pauses: boolean };
type Post = { process: number; token: number; wasPaused: boolean };

const posts = 12;

/** Several processes in containers of their own that post under one lease, with system clocks that jump, and pauses. */
const simulate = async (seed: number, { steps, pauses }: Faults) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const random = createRandom(seed);
  const stores = openStores(':memory:');
  const made: Post[] = [];
  let losses = 0;
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  const run = async (process: number): Promise<void> => {
    let pausedUntil = 0;
    let skew = 0;
    const whilePaused = async (): Promise<void> => {
      while (performance.now() < pausedUntil) await sleep(pausedUntil - performance.now());
    };
    const disturb = (): boolean => {
      if (steps && random() < 0.2) skew += (random() - 0.5) * 4 * 3_600_000;
      const isPaused = pauses && random() < 0.1;
      if (isPaused) pausedUntil = performance.now() + random() * 240_000;
      return isPaused;
    };
    const paused =
      <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        await whilePaused();
        const result = await method(...args);
        await whilePaused();
        return result;
      };
    const leases: LeaseStore = {
      pace: stores.leases.pace,
      acquire: paused(({ owner, ...lease }, seen) => {
        const elsewhere = JSON.stringify({ ...JSON.parse(owner), pids: `container ${process}` });
        return stores.leases.acquire({ ...lease, owner: elsewhere }, seen);
      }),
      renew: paused(stores.leases.renew),
      isHeld: paused(stores.leases.isHeld),
      release: paused(stores.leases.release),
    };
    const clock: LeaseParts['clock'] = {
      monotonic: () => performance.now(),
      realNow: () => 1.7e12 + performance.now() + skew,
      sleep: async (ms) => {
        await sleep(ms);
        await whilePaused();
      },
    };
    for (let left = posts; left > 0; )
      await withLease('day', { leases, clock }, new AbortController().signal, async (held) => {
        for (; left > 0; left -= 1) {
          await sleep(2_000 + random() * 8_000);
          disturb();
          await whilePaused();
          await held.check();
          const wasPaused = disturb();
          await whilePaused();
          made.push({ process, token: held.fence.token, wasPaused });
        }
      }).catch((error: unknown) => {
        if (!String(error).includes('another process took the lease')) throw error;
        losses += 1;
      });
  };

  let isDone = false;
  const all = Promise.all([1, 2, 3].map(run)).finally(() => {
    isDone = true;
  });
  while (!isDone) await vi.advanceTimersByTimeAsync(500);
  await all;
  stores.close();
  return { made, losses };
};

/** Posts that were made although a later holder had posted before. */
const late = (made: readonly Post[]): Post[] =>
  made.filter(({ token }, index) => made.slice(0, index).some((one) => one.token > token));

const seeds = Array.from({ length: 8 }, (_, index) => index + 1);

it.each(seeds)('loses no lease to a clock, however it jumps (seed %i)', async (seed) => {
  const { made, losses } = await simulate(seed, { steps: true, pauses: false });
  expect(made).toHaveLength(3 * posts);
  expect(losses).toBe(0);
  expect(late(made)).toEqual([]);
});

it.each(seeds)('posts late only after a pause right before the request (seed %i)', async (seed) => {
  const { made } = await simulate(seed, { steps: true, pauses: true });
  expect(made).toHaveLength(3 * posts);
  expect(late(made).filter(({ wasPaused }) => !wasPaused)).toEqual([]);
});

it('takes the lease of a process that is paused for long', async () => {
  const runs: number[] = [];
  for (const seed of seeds) runs.push((await simulate(seed, { steps: false, pauses: true })).losses);
  expect(Math.max(...runs)).toBeGreaterThan(0);
});
