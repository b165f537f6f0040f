import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/core/clock.ts';

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
