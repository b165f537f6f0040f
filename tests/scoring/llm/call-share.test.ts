import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProcessMemory } from '../../../db/sqlite/process-memory.ts';
import type { CallPermit } from '../../../src/core/call-limiter.ts';
import type { SharedMemory } from '../../../src/core/shared-memory.ts';
import { createCallShare, shareKeyOf } from '../../../src/scoring/llm/call-share.ts';
import { createCallLimiter } from '../../../src/scoring/llm/limiter.ts';

const { signal } = new AbortController();
const key = shareKeyOf('api.openai.com', 'sk-test');
const secondMs = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A process with calls that end when `end` is called. */
const startProcess = (memory: SharedMemory, concurrency: number) => {
  const clock = { monotonic: () => performance.now(), sleep: () => new Promise<void>(() => undefined) };
  const share = (onChange: () => void) => createCallShare(key, memory, onChange);
  const limiter = createCallLimiter({ concurrency, timeoutMs: 120_000, clock, share });
  const open: CallPermit[] = [];
  return {
    ...{ limiter, open },
    ask(calls: number) {
      for (let call = 0; call < calls; call += 1)
        void limiter.acquire({ tokens: 1_000, priority: 'digest', channel: 'a', signal }).then((permit) => {
          if (!('denied' in permit)) open.push(permit);
        });
    },
    end(calls: number) {
      for (const permit of open.splice(0, calls)) permit.release();
    },
    inFlight: () => limiter.state().inFlight,
  };
};

describe('processes with the same key', () => {
  it('make together no more calls than one may, and a lone one makes them all', async () => {
    const memory = createProcessMemory();
    const [one, other] = [startProcess(memory, 8), startProcess(memory, 8)];
    one.ask(20);
    await pass(0);
    expect(one.inFlight()).toBe(8);
    other.ask(20);
    await pass(0);
    // Each learns what the other wants within two seconds.
    await pass(2 * secondMs);
    one.end(8);
    expect([one.inFlight(), other.inFlight()]).toEqual([4, 4]);
    other.end(4);
    await pass(0);
    other.end(4);
    await pass(0);
    // It wants eight of twenty calls still, then none.
    for (let round = 0; round < 12; round += 1) {
      other.end(8);
      await pass(secondMs);
    }
    expect(other.inFlight()).toBe(0);
    expect(one.inFlight()).toBe(8);
  });

  it('share in proportion to what they want, with one call each at least', async () => {
    const memory = createProcessMemory();
    const [busy, idle] = [startProcess(memory, 8), startProcess(memory, 8)];
    busy.ask(30);
    idle.ask(1);
    await pass(secondMs);
    busy.end(8);
    await pass(0);
    expect([busy.inFlight(), idle.inFlight()]).toEqual([7, 1]);
  });

  it('keep under the limits of the server with their parts of them', async () => {
    const memory = createProcessMemory();
    const [one, other] = [startProcess(memory, 8), startProcess(memory, 8)];
    one.ask(1);
    other.ask(1);
    await pass(2 * secondMs);
    one.open[0]?.answered(undefined, { requests: {}, tokens: { limit: 8_000, remaining: 8_000, resetMs: 100 } });
    one.end(1);
    one.ask(6);
    await pass(0);
    // Half of 8,000 tokens, of which the first call took 1,000.
    expect(one.inFlight()).toBe(2);
    expect(one.limiter.state().tokensPerMinute).toBe(8_000);
  });

  it('go on with the last share while the database is away', async () => {
    const memory = createProcessMemory();
    const away = { ...memory, list: () => Promise.reject(new Error('away')) };
    const lone = startProcess(away, 4);
    lone.ask(6);
    await pass(0);
    expect(lone.inFlight()).toBe(4);
  });

  it('is not counted once it has ended', async () => {
    const memory = createProcessMemory();
    const [one, killed] = [startProcess(memory, 8), startProcess(memory, 8)];
    killed.ask(8);
    await pass(0);
    vi.clearAllTimers();
    await pass(6 * secondMs);
    one.ask(20);
    await pass(0);
    expect(one.inFlight()).toBe(8);
  });
});

it('names a key without revealing it', () => {
  expect(key).toMatch(/^[0-9a-f]{16}$/);
  expect(shareKeyOf('api.openai.com', 'sk-other')).not.toBe(key);
  expect(shareKeyOf('localhost', 'sk-test')).not.toBe(key);
});
