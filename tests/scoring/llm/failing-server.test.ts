import { describe, expect, test } from 'vitest';
import { createClock } from '../../../src/core/clock.ts';
import type { Fault } from '../../fakes/openai.ts';
import { collect, idsOf, inFirstCalls, papersOf, provenHabits, scorerFor, startServer, taskOf } from './setup.ts';

describe('a server that fails', () => {
  test('is called again after about 1, 2, 4 and 8 seconds', async () => {
    const server = await startServer({ fault: inFirstCalls(4, { kind: 'status', status: 503 }) });
    const { scorer, clock } = scorerFor(server.url);
    const { ids } = await collect(scorer, taskOf(papersOf(3)));
    expect(ids).toHaveLength(3);
    expect(clock.slept).toEqual([938, 1875, 3750, 7500]);
  });

  test('gets no call during its requested pause', async () => {
    const times: number[] = [];
    const server = await startServer({
      fault: (call) => {
        times.push(performance.now());
        return call === 0 ? { kind: 'status', status: 429, headers: { 'retry-after-ms': '1000' } } : undefined;
      },
    });
    const { scorer } = scorerFor(server.url, { clock: createClock(), clientOptions: { habits: provenHabits() } });
    const { ids } = await collect(scorer, taskOf(papersOf(20)));
    expect(ids).toHaveLength(20);
    const [refused = 0, parallel = 0, next = 0] = times;
    expect(parallel - refused).toBeLessThan(800);
    expect(next - refused).toBeGreaterThan(990);
  });

  test('loses no paper if some batches run out of attempts and others succeed', async () => {
    const failures = new Map([
      ['2401.00001', 10],
      ['2401.00005', 5],
    ]);
    const server = await startServer({
      fault: (_, { ids }) => {
        const left = failures.get(ids[0] ?? '') ?? 0;
        failures.set(ids[0] ?? '', left - 1);
        return left > 0 ? { kind: 'status', status: 503 } : undefined;
      },
    });
    const { ids, stop } = await collect(scorerFor(server.url, { concurrency: 1 }).scorer, taskOf(papersOf(40)));
    expect(ids).toEqual(idsOf(40));
    expect(stop).toBeUndefined();
  });

  test('ends the run when three batches in a row run out of attempts', async () => {
    const server = await startServer({ fault: (call) => (call >= 2 ? { kind: 'status', status: 503 } : undefined) });
    const { scorer, ledger } = scorerFor(server.url, { concurrency: 1, model: 'priced' });
    const { ids, stop } = await collect(scorer, taskOf(papersOf(40)));
    expect(ids).toEqual(idsOf(8));
    expect(stop).toMatchObject({ kind: 'outage', reason: expect.stringMatching(/^127\.0\.0\.1:\d+ failed \(503\)$/) });
    expect(server.requests).toHaveLength(2 + 5 + 2 + 2);
    expect([...ledger.entries.values()].every(({ usage }) => usage !== undefined)).toBe(true);
  });

  test('ends the run if it is not running, with nothing booked', async () => {
    const server = await startServer();
    await server.close();
    const { scorer, ledger } = scorerFor(server.url, { concurrency: 1, model: 'priced' });
    const { verdicts, stop } = await collect(scorer, taskOf(papersOf(40)));
    expect(verdicts).toEqual([]);
    expect(stop).toMatchObject({
      kind: 'outage',
      reason: expect.stringMatching(/could not be reached \(connection refused\)/),
    });
    expect(ledger.entries.size).toBe(0);
  });

  test('ends the run after three to five minutes if it asks for short pauses again and again', async () => {
    const server = await startServer({
      fault: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '2' } }),
    });
    const { scorer, clock } = scorerFor(server.url);
    const began = clock.monotonic();
    const { ids, stop } = await collect(scorer, taskOf(papersOf(40)));
    expect(ids).toEqual([]);
    expect(stop).toMatchObject({ kind: 'outage', reason: expect.stringMatching(/asked for fewer requests \(429\)$/) });
    const minutes = (clock.monotonic() - began) / 60_000;
    expect(minutes).toBeGreaterThan(3);
    expect(minutes).toBeLessThan(5);
  });

  test('ends the run if it asks for a pause of an hour', async () => {
    const server = await startServer({
      fault: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }),
    });
    const { scorer, clock } = scorerFor(server.url, { concurrency: 1 });
    const { stop } = await collect(scorer, taskOf(papersOf(12)));
    expect(stop).toMatchObject({
      kind: 'outage',
      reason: expect.stringMatching(/asked for fewer requests \(429\) for 60 minutes$/),
    });
    expect(clock.slept).toEqual([]);
  });

  test.each([
    [401, undefined, /rejected the key/],
    [403, undefined, /refused access/],
    [404, undefined, /has no such model or address \(404\)/],
    [429, 'insufficient_quota', /no quota left/],
  ])('ends the run at once if it refuses access (%i %s)', async (status, code, reason) => {
    const server = await startServer({ fault: () => ({ kind: 'status', status, ...(code ? { code } : {}) }) });
    const { stop } = await collect(scorerFor(server.url).scorer, taskOf(papersOf(40)));
    expect(stop).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });

  test.each([1, 40])('ends the run after a few refused requests (%i papers)', async (count) => {
    const server = await startServer({ fault: () => ({ kind: 'status', status: 400, message: 'nonsense' }) });
    const { verdicts, stop } = await collect(scorerFor(server.url).scorer, taskOf(papersOf(count)));
    expect(verdicts).toEqual([]);
    expect(stop).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/refused the request \(400\)/) });
    expect(server.requests.length).toBeLessThan(15);
  });

  test('loses no paper if it fails now and then in every way', async () => {
    const faults: (Fault | undefined)[] = [
      { kind: 'status', status: 429, headers: { 'retry-after-ms': '5' } },
      undefined,
      { kind: 'missing' },
      undefined,
      { kind: 'truncated', share: 0.7 },
      { kind: 'reset' },
      { kind: 'hallucinate' },
      undefined,
      { kind: 'notJson' },
      { kind: 'status', status: 500 },
    ];
    const server = await startServer({ fault: (call) => faults[call % faults.length] });
    const { ids, stop } = await collect(
      scorerFor(server.url, { batchSize: 5, concurrency: 4 }).scorer,
      taskOf(papersOf(120)),
    );
    expect(ids).toEqual(idsOf(120));
    expect(stop).toBeUndefined();
  });
});
