import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/core/clock.ts';

describe('the clock', () => {
  it('starts at the simulated time and goes on from there, beside the system time', async () => {
    const clock = createClock(new Date('2025-07-08T13:00:00Z'));
    const before = clock.now().getTime();
    await clock.sleep(15);
    expect(before - Date.parse('2025-07-08T13:00:00Z')).toBeLessThan(1000);
    expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(14);
    expect(Math.abs(clock.realNow() - Date.now())).toBeLessThan(1000);
  });

  it('shows the system time if no time is simulated', () => {
    expect(Math.abs(createClock().now().getTime() - Date.now())).toBeLessThan(1000);
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
