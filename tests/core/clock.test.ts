import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createClock, createPause } from '../../src/core/clock.ts';

/** @throws if a time is before the one to its left */
const expectInOrder = (...times: number[]) => expect(times).toEqual(times.toSorted((one, other) => one - other));

describe('the clock', () => {
  it('starts at the simulated time and goes on from there, beside the system time', async () => {
    const start = Date.parse('2025-07-08T13:00:00Z');
    const began = Date.now();
    const clock = createClock(new Date(start));
    const before = clock.now().getTime();
    expectInOrder(start, before, start + Date.now() - began);
    await clock.sleep(15);
    expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(14);
    expectInOrder(Date.now(), clock.realNow(), Date.now());
  });

  it('shows the system time if no time is simulated', () => {
    expectInOrder(Date.now(), createClock().now().getTime(), Date.now());
  });

  it('ends an aborted sleep at once', async () => {
    const controller = new AbortController();
    const sleeping = createClock().sleep(60_000, controller.signal);
    controller.abort(new Error('stopped'));
    await expect(sleeping).rejects.toThrow();
    await expect(createClock().sleep(60_000, controller.signal)).rejects.toThrow();
  });

  it("ends an aborted sleep with the signal's reason", async () => {
    const reason = new Error('stopped by a signal');
    const controller = new AbortController();
    const sleeping = createClock().sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});

describe('a pause', () => {
  const spin = (ms: number): void => {
    for (const until = performance.now() + ms; performance.now() < until; );
  };

  it('lets the event loop turn between the steps of all work together', async () => {
    const seen: string[] = [];
    const work = async (name: string): Promise<void> => {
      const pause = createPause(new AbortController().signal);
      for (let step = 0; step < 3; step += 1) {
        spin(20);
        await pause();
        seen.push(name);
      }
    };
    let isOver = false;
    const turns = async (): Promise<void> => {
      while (!isOver) {
        await setImmediate();
        seen.push('turn');
      }
    };
    const turning = turns();
    await Promise.all(['a', 'b', 'c'].map(work));
    isOver = true;
    await turning;
    const steps = seen.join(' ').split(/(?: ?turn ?)+/);
    expect(steps.filter((step) => step !== '')).toHaveLength(9);
  });

  it('ends aborted work', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const pause = createPause(controller.signal);
    spin(20);
    const paused = pause();
    controller.abort(reason);
    await expect(paused).rejects.toBe(reason);
    expect(pause).toThrow(reason);
  });
});
