import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createScholarClient, type ScholarClient } from '../../src/authors/client.ts';
import { createClock } from '../../src/core/clock.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { createSteppingClock, type SteppingClock } from '../fakes/clock.ts';
import { quietLogger } from '../fakes/logger.ts';
import { type FakeScholar, startFakeScholar } from '../fakes/semantic-scholar.ts';

const ada = { authorId: '11', name: 'Ada Moe', hIndex: 9 };
const ids = ['2507.00001'];
const host = 'https://api.semanticscholar.org';
const logger = quietLogger;
const minute = () => ({ leftMs: 60_000 });

let scholar: FakeScholar;
let clock: SteppingClock;
let client: ScholarClient;
const clientOf = (apiUrl: string, fetcher: typeof fetch = fetch) =>
  createScholarClient({
    ...{ apiUrl, clock, logger, fetch: fetcher },
    ...{ apiKey: undefined, userAgent: 'Paperboy/0', random: () => 1 },
  });
beforeEach(async () => {
  clock = createSteppingClock('2025-07-08T12:00:00Z');
  scholar = await startFakeScholar({ papers: { '2507.00001': [ada] } });
  client = clientOf(scholar.url);
});
afterEach(() => scholar.close());

/** A fetch in place of the real host that records when it is called and how many calls run at a time. */
const recordingFetch = (answer: () => Response) => {
  const at: number[] = [];
  let inFlight = 0;
  let most = 0;
  const fetcher: typeof fetch = async () => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    at.push(clock.monotonic());
    await clock.sleep(300);
    inFlight -= 1;
    return answer();
  };
  return { at, fetcher, most: () => most };
};

describe('the gap between requests', () => {
  test('is a second from the end of one to the start of the next', async () => {
    const { at, fetcher, most } = recordingFetch(() => Response.json([{ authors: [ada] }]));
    const remote = clientOf(host, fetcher);
    await Promise.all([1, 2, 3].map(() => remote.authorsOf(ids, minute())));
    expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, 1_300, 2_600]);
    expect(most()).toBe(1);
  });

  test('does not delay a request if it has passed, and costs no patience', async () => {
    const remote = clientOf(host, recordingFetch(() => Response.json([{ authors: [ada] }])).fetcher);
    const patience = minute();
    await remote.authorsOf(ids, patience);
    clock.set('2025-07-08T12:01:00Z');
    await remote.authorsOf(ids, patience);
    await remote.authorsOf(ids, patience);
    // Each answer takes 300 ms.
    expect(clock.slept).toEqual([300, 300, 1_000, 300]);
    expect(patience).toEqual(minute());
  });

  test('is not kept on loopback', async () => {
    for (let count = 0; count < 3; count += 1) await client.authorsOf(ids, minute());
    expect(clock.slept).toEqual([]);
  });
});

describe('waiting after a failure', () => {
  test('grows, and ends after twelve attempts', async () => {
    scholar.failNext({ kind: 'status', status: 500 }, { times: 20 });
    await expect(client.authorsOf(ids, minute())).rejects.toThrow('Semantic Scholar failed (HTTP 500)');
    expect(scholar.requests).toHaveLength(12);
    expect(clock.slept).toEqual([20, 40, 80, 160, 320, 400, 400, 400, 400, 400, 400]);
  });

  test('is longer for real hosts, and spread by chance', async () => {
    const remote = createScholarClient({
      ...{ apiUrl: host, apiKey: undefined, clock, logger, userAgent: 'Paperboy/0', random: () => 0 },
      fetch: async () => new Response('', { status: 429 }),
    });
    await expect(remote.search('Ada Moe', minute())).rejects.toThrow(/HTTP 429/);
    // After half a second of waiting, the other half of the distance between requests is left.
    expect(clock.slept).toEqual([500, 500, 1_000, 2_000, ...Array.from({ length: 8 }, () => 2_500)]);
  });

  test('ends with the patience, which failed requests also spend', async () => {
    const { at, fetcher } = recordingFetch(() => new Response('', { status: 502 }));
    const patience = { leftMs: 5_000 };
    await expect(clientOf(host, fetcher).authorsOf(ids, patience)).rejects.toThrow(/HTTP 502/);
    // 300 ms, 1 s, 300 ms, 2 s, 300 ms; 4 s more would be too much.
    expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, 1_300, 3_600]);
    expect(patience.leftMs).toBe(1_100);
  });

  test('makes one request without patience', async () => {
    scholar.failNext({ kind: 'status', status: 429 });
    await expect(client.authorsOf(ids, { leftMs: 0 })).rejects.toThrow(/HTTP 429/);
    expect(await client.authorsOf(ids, { leftMs: -5 })).toEqual([[ada]]);
    expect(scholar.requests).toHaveLength(2);
  });
});

describe('Retry-After', () => {
  test('is obeyed on loopback and by other requests', async () => {
    scholar.failNext({ kind: 'status', status: 429, retryAfter: '7' });
    const patience = minute();
    await Promise.all([client.authorsOf(ids, minute()), client.search('Ada Moe', patience)]);
    expect(clock.slept).toContain(7_000);
    expect(patience.leftMs).toBe(53_000);
    expect(clock.slept.reduce((sum, ms) => sum + ms)).toBeGreaterThanOrEqual(7_000);
    expect(scholar.requests).toHaveLength(3);
  });

  test('is compared with the system clock if it is a date', async () => {
    scholar.failNext({ kind: 'status', status: 503, retryAfter: 'Tue, 08 Jul 2025 12:00:09 GMT' });
    await client.authorsOf(ids, minute());
    expect(clock.slept).toEqual([9_000]);
  });

  test('ends the attempts if it is an hour, and those of later calls until then', async () => {
    scholar.failNext({ kind: 'status', status: 429, retryAfter: '3600' });
    const first = await client.authorsOf(ids, minute()).catch((error: unknown) => error);
    expect(first).toBeInstanceOf(ExternalError);
    expect(first).toMatchObject({
      message: 'Semantic Scholar turned requests away (HTTP 429); retry after 60 minutes',
    });
    clock.set('2025-07-08T12:30:00Z');
    await expect(client.authorsOf(ids, minute())).rejects.toThrow('limits requests for another 30 minutes');
    expect(scholar.requests).toHaveLength(1);
    expect(clock.slept).toEqual([]);
    clock.set('2025-07-08T13:00:00Z');
    expect(await client.authorsOf(ids, minute())).toEqual([[ada]]);
  });
});

describe('aborting', () => {
  const reason = new Error('shutting down');

  test('rejects a request, or one that waits for it, with the reason, and continues others', async () => {
    scholar.failNext({ kind: 'hang' });
    const controller = new AbortController();
    const hanging = client.authorsOf(ids, minute(), controller.signal);
    const queued = client.search('Ada Moe', minute(), controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    await expect(hanging).rejects.toBe(reason);
    await expect(queued).rejects.toBe(reason);
    expect(await client.authorsOf(ids, minute())).toEqual([[ada]]);
    await expect(client.authorsOf(ids, minute(), AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('rejects a wait with the reason', async () => {
    scholar.failNext({ kind: 'status', status: 429, retryAfter: '30' });
    const controller = new AbortController();
    const real = createClock();
    const clock: typeof real = {
      ...real,
      sleep(ms, signal) {
        if (scholar.requests.length > 0) setTimeout(() => controller.abort(reason));
        return real.sleep(ms, signal);
      },
    };
    const patient = createScholarClient({
      ...{ apiUrl: scholar.url, apiKey: undefined, fetch, clock, logger },
      ...{ userAgent: 'Paperboy/0', random: () => 1 },
    });
    await expect(patient.authorsOf(ids, minute(), controller.signal)).rejects.toBe(reason);
    expect(scholar.requests).toHaveLength(1);
  });
});
