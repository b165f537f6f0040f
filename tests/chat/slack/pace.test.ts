import { describe, expect, it } from 'vitest';
import { createPace } from '../../../src/chat/slack/index.ts';
import type { Clock } from '../../../src/core/clock.ts';

describe('the pace of posts', () => {
  const simulated = () => {
    let now = 0;
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
    };
    let setBack = 0;
    const realNow = () => now - setBack;
    const clock: Clock = { now: () => new Date(realNow()), realNow, monotonic: () => now, sleep };
    return { clock, waits, pass: (ms: number) => (now += ms), setBack: (ms: number) => (setBack += ms) };
  };
  const signal = new AbortController().signal;

  it('allows one message per channel in 1.05 seconds on the real Slack', async () => {
    const { clock, waits, pass } = simulated();
    const pace = createPace({ clock }, signal);
    for (const channel of ['C1', 'C1', 'C2', 'C1']) await pace(channel);
    pass(5000);
    await pace('C1');
    expect(waits).toEqual([1050, 2100]);
  });

  it('does not wait longer if the clock is set back', async () => {
    const { clock, waits, pass, setBack } = simulated();
    const pace = createPace({ clock }, signal);
    await pace('C1');
    setBack(3_600_000);
    pass(1000);
    await pace('C1');
    expect(waits).toEqual([50]);
  });

  it('does not slow down posts to this machine', async () => {
    const { clock, waits } = simulated();
    for (const host of ['127.0.0.1:42', 'localhost', '[::1]:80']) {
      const pace = createPace({ clock, apiUrl: `http://${host}/api/` }, signal);
      for (let count = 0; count < 3; count += 1) await pace('C1');
    }
    expect(waits).toEqual([]);
  });
});
