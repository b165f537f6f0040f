import { describe, expect, test } from 'vitest';
import { createCallLimiter } from '../../../src/scoring/llm/limiter.ts';
import { createVirtualClock } from '../../fakes/virtual-clock.ts';
import { type SimulatedCall, simulate } from './simulated-server.ts';

const callMs = 8_000;
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `channel-${index}`);

/** Lets channels make calls at once, and counts what became of them. */
const score = async (simulation: ReturnType<typeof simulate>, channels: number, callsEach: number) => {
  const { clock, calls } = simulation;
  const all = Promise.all(names(channels).map((channel) => calls(callsEach, { channel })));
  const results = (await clock.run(all)).flat();
  return { answered: results.filter((one) => one === 'answered').length, ms: clock.monotonic() };
};

describe('a server with room for some calls at a time', () => {
  test.each([
    [10, 429],
    [10, 503],
    [30, 429],
    [2, 503],
    [1, 429],
  ])('of %i that refuses more with %i answers all calls, nearly as fast as it can', async (slots, refusal) => {
    const simulation = simulate({ slots, refusal });
    const { answered, ms } = await score(simulation, 10, 38);
    expect(answered).toBe(380);
    expect(simulation.server.maxInFlight).toBeLessThanOrEqual(slots);
    expect(simulation.server.refused).toBeLessThanOrEqual(8 + ms / 60_000);
    expect(ms).toBeLessThan(((380 * callMs) / Math.min(slots, 24)) * 1.25 + 30_000);
  });

  test('is asked for one more about once a minute', async () => {
    const simulation = simulate({ slots: 10 });
    await score(simulation, 10, 20);
    const [before, start] = [simulation.server.refused, simulation.clock.monotonic()];
    const { ms } = await score(simulation, 10, 20);
    expect(simulation.server.refused - before).toBeLessThanOrEqual(1 + (ms - start) / 60_000);
    expect(simulation.limiter.state()).toMatchObject({ inFlight: 0, waiting: 0 });
    expect(simulation.limiter.state().concurrency).toBeGreaterThanOrEqual(9);
  });

  test('that refuses a call although it has no other is tried with as many as before', async () => {
    const simulation = simulate({ fails: (call) => (call === 0 ? 'refuse' : undefined) });
    await simulation.clock.run(simulation.call());
    expect(simulation.limiter.state().concurrency).toBe(3);
    await score(simulation, 4, 20);
    expect(simulation.limiter.state().concurrency).toBeGreaterThan(4);
  });

  test.each([
    [1, 4, 4],
    [4, 4, 4],
    [6, 5, 12],
    [100, 24, 24],
  ])(
    'that puts calls beyond %i into a queue gets about as many at a time, or twice as many on trial',
    async (lanes, min, maximum) => {
      const simulation = simulate({ lanes, callMs: 3_000 });
      const { answered, ms } = await score(simulation, 2, 60);
      expect(answered).toBe(120);
      expect(simulation.limiter.state().concurrency).toBeGreaterThanOrEqual(min);
      expect(simulation.limiter.state().concurrency).toBeLessThanOrEqual(maximum);
      expect(ms).toBeLessThan(((120 * 3_000) / Math.min(lanes, 24)) * 1.25 + 15_000);
    },
  );

  test('that is slow is not tried with more calls, which could run out of time', async () => {
    const simulation = simulate({ lanes: 1, callMs: 15_000 });
    expect(await score(simulation, 1, 20)).toMatchObject({ answered: 20 });
    expect(simulation.server.maxInFlight).toBe(4);
  });

  test('that was slow for a minute gets more at a time later', async () => {
    const clock = { isBusy: true };
    const simulation = simulate({ callMs: (inFlight) => (clock.isBusy ? inFlight * 1_000 : 3_000) });
    await score(simulation, 2, 30);
    expect(simulation.limiter.state().concurrency).toBe(4);
    clock.isBusy = false;
    await simulation.clock.run(simulation.clock.sleep(60_000));
    await score(simulation, 2, 60);
    expect(simulation.limiter.state().concurrency).toBe(24);
  });

  test('never gets more than the configured number of calls', async () => {
    const simulation = simulate({ tokensPerMinute: 1e9 }, { concurrency: 3 });
    expect((await score(simulation, 5, 20)).answered).toBe(100);
    expect(simulation.server.maxInFlight).toBe(3);
    expect(simulation.limiter.max).toBe(3);
  });
});

describe('a limit of tokens per minute', () => {
  test.each([
    ['refill', 200_000],
    ['window', 200_000],
    ['refill', 30_000],
    ['window', 30_000],
  ] as const)('(%s, %i) is kept, and used', async (counts, tokensPerMinute) => {
    const simulation = simulate({ tokensPerMinute, counts });
    const { answered, ms } = await score(simulation, 10, 20);
    expect(answered).toBe(200);
    expect(simulation.server.refused).toBeLessThanOrEqual(1);
    const callsPerMinute = Math.floor((0.98 * tokensPerMinute) / 6_000);
    const minutes = (200 - callsPerMinute) / (tokensPerMinute / 6_000);
    const ideal = counts === 'window' ? Math.ceil(200 / callsPerMinute - 1) : minutes;
    expect(ms).toBeLessThan(ideal * 60_000 * 1.05 + 4 * callMs);
  });

  test('that others use, too, is kept after a few refusals', async () => {
    const simulation = simulate({ tokensPerMinute: 60_000 });
    const { clock, ask, server, limiter } = simulation;
    let isOver = false;
    const others = async (): Promise<void> => {
      for (; !isOver; await clock.sleep(4_000)) await ask(2_000);
    };
    const scoring = score(simulation, 3, 10);
    const using = others();
    expect((await scoring).answered).toBe(30);
    isOver = true;
    await clock.run(using);
    expect(limiter.state().tokensPerMinute).toBe(60_000);
    expect(server.refused).toBeLessThan(10);
  });
});

describe('the order of calls', () => {
  /** Answers one call at a time, the first of them from channel `first`. */
  const ordered = async (waiting: SimulatedCall[]): Promise<string[]> => {
    const { clock, call, order } = simulate({ callMs: 100 }, { concurrency: 1 });
    await clock.run(Promise.all([call({ channel: 'first' }), ...waiting.map((one) => call(one))]));
    return order.slice(1);
  };

  test("is people's calls, those of digests, then remedial ones", async () => {
    const order = await ordered([
      { channel: 'old', priority: 'remedial' },
      { channel: 'day', priority: 'digest' },
      { channel: 'asked', priority: 'person' },
      { channel: 'day', priority: 'digest' },
      { channel: 'asked', priority: 'person' },
    ]);
    expect(order).toEqual(['asked', 'asked', 'day', 'day', 'old']);
  });

  test('goes around by channel', async () => {
    const of = (channel: string, count: number): SimulatedCall[] => Array.from({ length: count }, () => ({ channel }));
    const order = await ordered([...of('large', 6), ...of('small', 2), ...of('tiny', 1)]);
    expect(order).toEqual(['large', 'small', 'tiny', 'large', 'small', 'large', 'large', 'large', 'large']);
  });

  test('is that of time within a channel', async () => {
    const { clock, limiter } = simulate({}, { concurrency: 1 });
    const { signal } = new AbortController();
    const order: number[] = [];
    const one = async (number: number): Promise<void> => {
      const permit = await limiter.acquire({ tokens: 1, priority: 'digest', channel: 'a', signal });
      if ('denied' in permit) throw new Error(permit.denied);
      order.push(number);
      await clock.sleep(10);
      permit.release();
    };
    await clock.run(Promise.all([1, 2, 3, 4, 5].map(one)));
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  test('lets no remedial call wait forever', async () => {
    const { clock, call, order } = simulate({ callMs: 1_000 }, { concurrency: 1 });
    const stream = async (channel: string): Promise<void> => {
      for (let count = 0; count < 100; count += 1) await call({ channel });
    };
    await clock.run(Promise.all([stream('a'), stream('b'), call({ channel: 'old', priority: 'remedial' })]));
    expect(order.indexOf('old')).toBeGreaterThan(55);
    expect(order.indexOf('old')).toBeLessThan(65);
  });
});

describe('a waiting call', () => {
  test('leaves at once if its signal is aborted', async () => {
    const { clock, call, limiter, order, turn } = simulate({}, { concurrency: 1 });
    const aborter = new AbortController();
    const first = call({ channel: 'first' });
    const aborted = call({ channel: 'aborted', signal: aborter.signal });
    const next = call({ channel: 'next' });
    await turn();
    expect(limiter.state()).toMatchObject({ inFlight: 1, waiting: 2 });
    aborter.abort(new Error('enough'));
    expect(limiter.state().waiting).toBe(1);
    await expect(aborted).rejects.toThrow('enough');
    await clock.run(Promise.all([first, next]));
    expect(order).toEqual(['first', 'next']);
    await expect(call({ signal: aborter.signal })).rejects.toThrow('enough');
  });

  test('keeps no timer once it is gone', async () => {
    const slept: (AbortSignal | undefined)[] = [];
    const clock = createVirtualClock();
    const limiter = createCallLimiter({
      timeoutMs: 1_000,
      clock: {
        ...clock,
        sleep: (ms, signal) => {
          slept.push(signal);
          return clock.sleep(ms, signal);
        },
      },
    });
    const wish = { tokens: 1, priority: 'digest', channel: 'a' } as const;
    const permit = await limiter.acquire({ ...wish, signal: new AbortController().signal });
    if ('denied' in permit) throw new Error(permit.denied);
    permit.refused({ status: 429, retryAfterMs: 60_000, limits: { requests: {}, tokens: {} } });
    permit.release();
    const aborter = new AbortController();
    const waiting = limiter.acquire({ ...wish, signal: aborter.signal });
    aborter.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(slept.map((signal) => signal?.aborted)).toEqual([true]);
  });
});

describe('a pause that the server asks for', () => {
  test('is kept by all channels', async () => {
    const simulation = simulate({ retryAfterMs: 20_000, fails: (call) => (call === 0 ? 'refuse' : undefined) });
    expect((await score(simulation, 3, 4)).answered).toBe(12);
    const { at } = simulation.server;
    expect(at.filter((time) => time > 0 && time < 20_000)).toEqual([]);
  });

  test('that is too long is reported, and the next calls are denied until it may be over', async () => {
    const simulation = simulate({ retryAfterMs: 3_600_000, fails: (call) => (call < 4 ? 'refuse' : undefined) });
    const { clock, calls, call } = simulation;
    const results = await clock.run(calls(6));
    expect(results.filter((one) => one === 'refused')).toHaveLength(4);
    expect(results.filter((one) => one === 'paused')).toHaveLength(2);
    expect(await clock.run(call({ priority: 'person' }))).toBe('paused');
    expect(await clock.run(call())).toBe('paused');
    expect(clock.monotonic()).toBeLessThan(60_000);
    await clock.run(clock.sleep(5 * 60_000));
    expect(await clock.run(call())).toBe('answered');
  });
});

describe('a server that answers nothing', () => {
  test.each([undefined, 0])(
    'but refusals (Retry-After: %s) is given up after three minutes, for people after half a minute',
    async (wait) => {
      const { clock, call, calls, server } = simulate({ fails: () => 'refuse', retryAfterMs: wait });
      expect(await clock.run(call({ priority: 'person' }))).toBe('refused');
      expect(clock.monotonic()).toBeLessThan(70_000);
      expect(await clock.run(calls(10))).toEqual(Array.from({ length: 10 }, () => 'refused'));
      expect(clock.monotonic()).toBeGreaterThan(180_000);
      expect(clock.monotonic()).toBeLessThan(600_000);
      expect(server.calls).toBeLessThan(40);
    },
  );

  test('but refusals gets calls again later', async () => {
    let isDown = true;
    const { clock, call, calls } = simulate({ fails: () => (isDown ? 'refuse' : undefined) });
    await clock.run(calls(10));
    isDown = false;
    await clock.run(clock.sleep(15 * 60_000));
    expect(await clock.run(call())).toBe('answered');
  });

  test('and refuses with 503 is down unless it holds earlier calls', async () => {
    const { clock, calls, server } = simulate({ refusal: 503, fails: () => 'refuse' });
    expect(await clock.run(calls(3))).toEqual(['refused', 'refused', 'refused']);
    expect(server.calls).toBeLessThanOrEqual(6);
  });

  test('at all denies what waits after two timeouts, whatever the number of channels', async () => {
    const simulation = simulate({ fails: () => 'hang' });
    const { clock, server } = simulation;
    const all = names(50).map((channel) => simulation.call({ channel }));
    const results = await clock.run(Promise.all(all));
    expect(results.filter((one) => one === 'timeout')).toHaveLength(4);
    expect(results.filter((one) => one === 'hanging')).toHaveLength(46);
    expect(clock.monotonic()).toBe(120_000);
    expect(server.calls).toBe(4);
  });

  test('to large calls still gets smaller ones, and the next call', async () => {
    const { clock, calls, call } = simulate({ fails: (number) => (number < 4 ? 'hang' : undefined) });
    const large = calls(5);
    const small = call({ tokens: 1_400 });
    expect(await clock.run(large)).toEqual(['timeout', 'timeout', 'timeout', 'timeout', 'hanging']);
    expect(await clock.run(small)).toBe('answered');
    expect(await clock.run(call())).toBe('answered');
  });
});

describe('what was learned', () => {
  test('is kept from run to run, and may be resumed by another process', async () => {
    const first = simulate({ tokensPerMinute: 1e9 });
    expect(first.limiter.learned()).toBeUndefined();
    await score(first, 10, 10);
    expect(first.limiter.learned()).toBe(24);
    const second = simulate({ tokensPerMinute: 1e9 });
    second.limiter.resume(first.limiter.learned());
    second.limiter.resume(2);
    await score(second, 10, 10);
    expect(second.limiter.state().concurrency).toBe(24);
    expect(second.clock.monotonic()).toBeLessThan(6 * callMs);
  });

  test('does not override what is configured', () => {
    const { limiter } = simulate({}, { concurrency: 3 });
    limiter.resume(24);
    expect(limiter.state().concurrency).toBe(3);
    expect(limiter.learned()).toBeUndefined();
  });
});

describe('the calls of runs', () => {
  test('are shared between them, and what one leaves goes to the others', () => {
    const { limiter } = simulate({}, { concurrency: 12 });
    const [one, two, three] = [limiter.join('digest'), limiter.join('digest'), limiter.join('digest')];
    expect([one.mayAdd(11), one.mayAdd(12)]).toEqual([true, false]);
    expect([two.mayAdd(3), two.mayAdd(4)]).toEqual([true, false]);
    expect(one.mayAdd(8)).toBe(false);
    one.mayAdd(2);
    expect([two.mayAdd(9), two.mayAdd(10), three.mayAdd(3), three.mayAdd(4)]).toEqual([true, false, true, false]);
    two.leave();
    expect([three.mayAdd(9), three.mayAdd(10)]).toEqual([true, false]);
  });

  test('of digests do not leave any to remedial ones', () => {
    const { limiter } = simulate({}, { concurrency: 12 });
    const [old, day] = [limiter.join('remedial'), limiter.join('digest')];
    expect([old.mayAdd(11), old.mayAdd(12)]).toEqual([true, false]);
    expect([day.mayAdd(11), day.mayAdd(12)]).toEqual([true, false]);
    expect([old.mayAdd(5), old.mayAdd(6)]).toEqual([true, false]);
  });
});
