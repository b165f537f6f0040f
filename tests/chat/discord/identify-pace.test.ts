import { describe, expect, it } from 'vitest';
import { createIdentifyPace } from '../../../src/chat/discord/gateway.ts';
import { createSteppingClock } from '../../fakes/clock.ts';

const goodAfter = 60_000;

const setUp = (isLocal = false) => {
  const clock = createSteppingClock('2025-07-08T12:00:00Z');
  let readyAt = Number.NEGATIVE_INFINITY;
  const parts = { isLocal, clock, signal: new AbortController().signal, readyAt: () => readyAt };
  const pace = createIdentifyPace(parts);
  return {
    clock,
    identify: () => pace.waitForIdentify(0, new AbortController().signal),
    ready: () => {
      readyAt = clock.monotonic();
    },
  };
};

describe('the pace of identifies', () => {
  it('lets the first through, and doubles the wait after each failure', async () => {
    const { clock, identify } = setUp();
    for (let count = 0; count < 9; count += 1) await identify();
    expect(clock.slept).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it('starts over only after a session that lasted', async () => {
    const { clock, identify, ready } = setUp();
    await identify();
    await identify();
    ready();
    await clock.sleep(goodAfter + 1);
    await identify();
    await identify();
    expect(clock.slept).toEqual([5_000, goodAfter + 1, 5_000]);
    ready();
    await clock.sleep(1_000);
    await identify();
    expect(clock.slept.at(-1)).toBe(9_000);
  });

  it('ends with its connection', async () => {
    const { clock } = setUp();
    const parts = {
      isLocal: false,
      clock,
      signal: AbortSignal.abort(new Error('closed')),
      readyAt: () => 0,
    };
    const pace = createIdentifyPace(parts);
    const open = new AbortController().signal;
    await pace.waitForIdentify(0, open);
    await expect(pace.waitForIdentify(0, open)).rejects.toThrow('closed');
  });
});
