import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createHabits } from '../../../src/scoring/llm/habits.ts';
import { collect, idsOf, papersOf, provenHabits, scorerFor, sleeplessClock, startServer, taskOf } from './setup.ts';

const timeoutMs = 120_000;

/**
 * A scorer and the papers of each of its calls. Its clock shows only the time that answers take, and a call that would
 * take longer than the timeout fails at once, as the SDK reports it.
 * @param msFor The time for an answer about so many papers.
 */
const open = async (msFor: (papers: number, call: number) => number, concurrency = 1) => {
  const { url } = await startServer();
  let elapsedMs = 0;
  const clock = { ...sleeplessClock(), monotonic: () => elapsedMs };
  const sizes: number[] = [];
  const timed: typeof fetch = async (input, init) => {
    const papers = String(init?.body).match(/=== \d/g)?.length ?? 0;
    const ms = msFor(papers, sizes.push(papers) - 1);
    if (ms >= timeoutMs) {
      // Long enough for runs that start together to overlap, as real timeouts do.
      await delay(50);
      throw new Error('the request timed out');
    }
    elapsedMs += ms;
    return fetch(input, init);
  };
  const habits = concurrency > 1 ? provenHabits() : createHabits();
  const clientOptions = { timeoutMs, habits, fetch: timed };
  const { scorer, ledger } = scorerFor(url, { batchSize: 12, concurrency, model: 'priced', clock, clientOptions });
  const later = (ms: number): void => {
    elapsedMs += ms;
  };
  return { sizes, habits, ledger, later, score: (papers: number) => collect(scorer, taskOf(papersOf(papers))) };
};

describe('a server that hangs', () => {
  const never = () => timeoutMs;

  it('is asked for one paper after a timeout, for a shorter time, and then given up', async () => {
    const { sizes, habits, ledger, score } = await open(never);
    const { stop } = await score(24);
    expect(sizes).toEqual([12, 1]);
    expect(stop).toEqual({
      kind: 'outage',
      reason: expect.stringMatching(/did not answer within 60 seconds, even with one paper per request$/),
      remedy: expect.stringMatching(/^Check the server's status\. .*raise scorer\.timeoutSeconds/),
    });
    // The provider may have charged for them.
    expect(ledger.entries.size).toBe(2);
    expect(habits.current()).not.toHaveProperty('batchSize');
  });

  it('gets at most two requests with one paper at a time', async () => {
    const { sizes, score } = await open(never, 4);
    await score(96);
    expect(sizes.length).toBeLessThanOrEqual(4 + 3);
    expect(new Set(sizes.slice(4))).toEqual(new Set([1]));
  });

  it('is found out once for all runs, not once for each', async () => {
    const { sizes, score } = await open(never, 2);
    const runs = await Promise.all(Array.from({ length: 10 }, () => score(24)));
    expect(runs.map(({ stop }) => stop?.kind)).toEqual(runs.map(() => 'outage'));
    expect(sizes.length).toBeLessThan(15);
  });

  it('is not asked in a run that follows at once, and once in a later one', async () => {
    const { sizes, later, score } = await open(never);
    const { stop } = await score(24);
    expect(await score(24)).toMatchObject({ ids: [], stop });
    expect(sizes).toEqual([12, 1]);
    later(61_000);
    expect((await score(24)).stop).toMatchObject({ kind: 'outage' });
    expect(sizes).toEqual([12, 1, 1]);
  });

  it('scores the next run in whole batches once it answers again', async () => {
    const { sizes, later, score } = await open((_, call) => (call < 2 ? timeoutMs : 10));
    await score(24);
    later(61_000);
    expect(await score(25)).toMatchObject({ ids: idsOf(25), stop: undefined });
    expect(sizes).toEqual([12, 1, 1, 12, 12]);
  });

  it('in the middle of a day is given up after four timeouts', async () => {
    const { sizes, score } = await open((_, call) => (call < 2 ? 10 : timeoutMs));
    const { ids, stop } = await score(60);
    expect(ids).toEqual(idsOf(24));
    expect(stop).toMatchObject({ kind: 'outage' });
    expect(sizes).toEqual([12, 12, 12, 6, 1, 1]);
  });
});

describe('a slow model', () => {
  it.each([
    [1, [9, 1, 5, 1, 1, 1]],
    [2, [9, 1, 5, 2, 2, 2]],
    [3, [9, 1, 5, 3, 3, 3]],
    [5, [9, 1, 5, 5, 5, 5]],
    [8, [9, 1, 8, 8, 8]],
  ])('that has time for %i papers scores all', async (papers, first) => {
    const { sizes, score } = await open((count) => (count * timeoutMs) / (papers + 0.9));
    expect(await score(25)).toMatchObject({ ids: idsOf(25), stop: undefined });
    expect(sizes.slice(0, 6)).toEqual(first);
  });

  it('that takes as long for one paper as for six scores five at a time', async () => {
    const { sizes, score } = await open((count) => timeoutMs * (count > 6 ? 2 : 0.8));
    expect(await score(25)).toMatchObject({ ids: idsOf(25), stop: undefined });
    expect(sizes).toEqual([9, 1, 5, 5, 5, 5, 4]);
  });
});
