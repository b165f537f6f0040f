import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { CallLimiter } from '../../../src/core/call-limiter.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { createCallLimiter } from '../../../src/scoring/llm/limiter.ts';
import type { FakeOpenAiOptions } from '../../fakes/openai.ts';
import {
  collect,
  papersOf,
  provenHabits,
  scorerFor,
  sleeplessClock,
  startClient,
  startServer,
  taskOf,
} from './setup.ts';

/**
 * A clock whose time passes only in waits, which are skipped, but not while calls are in flight. So the server counts
 * every call at the time at which it was sent, however slow this machine is.
 */
const patientClock = (): Clock & { watch(limiter: CallLimiter): void } => {
  let time = 0;
  let watched: CallLimiter | undefined;
  return {
    ...sleeplessClock(),
    monotonic: () => time,
    watch: (limiter) => {
      watched = limiter;
    },
    sleep: async (ms, signal) => {
      while (watched && watched.state().inFlight > 0) await delay(1, undefined, { signal });
      signal?.throwIfAborted();
      time += ms;
    },
  };
};

/** Scores papers under many rubrics at once, with one key. */
const scoreAtOnce = async (
  { rubrics, papers }: { rubrics: number; papers: number },
  server: FakeOpenAiOptions,
  {
    concurrency,
    clock = sleeplessClock(),
  }: { concurrency?: number; clock?: Clock & { watch?(limiter: CallLimiter): void } } = {},
) => {
  const fake = await startServer(server);
  const limiter = createCallLimiter({ concurrency, timeoutMs: 120_000, clock });
  clock.watch?.(limiter);
  const habits = provenHabits();
  const { scorer } = scorerFor(fake.url, {
    ...{ concurrency: limiter.max, clock },
    clientOptions: { limiter, habits },
  });
  const tasks = Array.from({ length: rubrics }, (_, index) => {
    const task = taskOf(papersOf(papers, index * papers + 1));
    return { ...task, channel: `channel-${index}`, rubric: { ...task.rubric, hash: `rubric-${index}` } };
  });
  const results = await Promise.all(tasks.map((task) => collect(scorer, task)));
  return {
    ...{ fake, limiter, habits },
    stops: results.flatMap(({ stop }) => stop ?? []),
    scored: results.reduce((sum, { ids }) => sum + new Set(ids).size, 0),
  };
};

describe('runs at the same time', () => {
  test.each([
    [10, 40],
    [100, 8],
  ])('(%i) stay within the slots of a server', async (rubrics, papers) => {
    const { fake, stops, scored } = await scoreAtOnce({ rubrics, papers }, { slots: 30, msPerToken: 0.2 });
    expect(stops).toEqual([]);
    expect(scored).toBe(rubrics * papers);
    expect(fake.maxConcurrent()).toBeLessThanOrEqual(30);
    expect(fake.refused()).toBe(0);
    expect(fake.requests).toHaveLength((rubrics * papers) / 4);
  });

  test('wait for a server with few slots, without losing attempts', async () => {
    const { fake, limiter, habits, stops, scored } = await scoreAtOnce(
      { rubrics: 10, papers: 24 },
      { slots: 3, latencyMs: 5 },
    );
    expect(stops).toEqual([]);
    expect(scored).toBe(240);
    // Far from the 24 that it may try. Answers and refusals cross on a busy machine.
    expect(limiter.state().concurrency).toBeLessThanOrEqual(8);
    // No more than there are calls.
    expect(fake.refused()).toBeLessThanOrEqual(60);
    expect(habits.current().concurrency).toBe(limiter.learned());
  });

  test('keep a limit of tokens per minute', async () => {
    const clock = patientClock();
    const tokenLimit = { perMinute: 30_000, now: clock.monotonic };
    const scoring = scoreAtOnce({ rubrics: 10, papers: 40 }, { tokenLimit }, { clock });
    const { fake, limiter, stops, scored } = await scoring;
    expect(stops).toEqual([]);
    expect(scored).toBe(400);
    expect(fake.refused()).toBeLessThanOrEqual(1);
    expect(limiter.state()).toMatchObject({ inFlight: 0, waiting: 0, tokensPerMinute: 30_000 });
  });

  test('never make more calls at a time than configured', async () => {
    const { fake } = await scoreAtOnce({ rubrics: 5, papers: 24 }, { latencyMs: 100 }, { concurrency: 3 });
    expect(fake.maxConcurrent()).toBe(3);
  });
});

test("an answer's time starts with the permit, not with the wait for it", async () => {
  const clock = sleeplessClock();
  const limiter = createCallLimiter({ timeoutMs: 120_000, clock });
  const fault = (call: number) => {
    if (call === 0) return { kind: 'status', status: 429, headers: { 'retry-after': '200' } } as const;
    return undefined;
  };
  const { ask, server } = await startClient({ fault }, { limiter });
  const start = clock.monotonic();
  const { elapsedMs } = await ask();
  expect(server.requests).toHaveLength(2);
  expect(clock.monotonic() - start).toBeGreaterThan(200_000);
  expect(elapsedMs).toBeLessThan(200_000);
});
