import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Runner, RunReport } from '../../src/core/work.ts';
import { createPool } from '../../src/daily/pool.ts';

const posted: RunReport = { status: 'posted', date: '2025-07-08', sent: 3, reasons: [], hasDigest: true };
const { signal } = new AbortController();

describe('runs in one process', () => {
  it('wait until they are served, and are done a few at a time', async () => {
    const pool = createPool(2);
    const stop = new AbortController();
    let [now, most] = [0, 0];
    const runner: Runner = async ({ channel }) => {
      now += 1;
      most = Math.max(most, now);
      await delay(5);
      now -= 1;
      if (channel === 'c') throw new Error('out of gears');
      return posted;
    };
    const running = ['a', 'b', 'c', 'd'].map((channel) => pool.run({ channel, notices: [] }, signal));
    const ended = Promise.allSettled(running);
    const served = pool.serve(runner, stop.signal);
    expect((await ended).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    await expect(running[2]).rejects.toThrow('out of gears');
    expect(most).toBe(2);
    stop.abort();
    await served;
    expect(await pool.failed()).toEqual([]);
  });

  it('give up waiting if the signal is aborted', async () => {
    const pool = createPool(1);
    const stop = new AbortController();
    const served = pool.serve(async (_, signal) => {
      await delay(10_000, undefined, { signal });
      return posted;
    }, stop.signal);
    const first = pool.run({ channel: 'a', notices: [] }, stop.signal);
    const second = pool.run({ channel: 'b', notices: [] }, stop.signal);
    const ended = Promise.allSettled([first, second]);
    await delay(5);
    stop.abort(new Error('stopped'));
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await served;
  });
});
