import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createArxivClient } from '../../src/arxiv/client.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { useProxies } from '../../src/core/proxy.ts';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { keepWarnings } from '../fakes/logger.ts';

let arxiv: FakeArxiv;
beforeAll(async () => {
  arxiv = await startFakeArxiv({ days: { '2025-07-08': [] } });
});
afterAll(() => arxiv.close());
beforeEach(() => {
  arxiv.requests.length = 0;
});

/** A clock whose sleeps end at once and move its time. */
const quickClock = () => {
  const sleeps: number[] = [];
  let now = Date.parse('2025-07-08T12:00:00Z');
  return {
    sleeps,
    realNow: () => now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      sleeps.push(ms);
      now += ms;
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
};

const clientWith = (clock: ReturnType<typeof quickClock>, fetcher: typeof fetch = fetch) =>
  createArxivClient({
    fetch: fetcher,
    clock,
    logger: keepWarnings().logger,
    userAgent: 'Paperboy/0.1 (arXiv reader for research teams)',
    random: () => 1,
  });

const request = { accept: 'text/html', parse: (body: string) => body };
const feedUrl = () => `${arxiv.url}/rss/cs.LG`;

/** A fetch that answers every address and records the times and the number of parallel calls. */
const recordingFetch = (clock: ReturnType<typeof quickClock>) => {
  const calls: { host: string; at: number }[] = [];
  let running = 0;
  let most = 0;
  const fetcher: typeof fetch = async (input) => {
    running += 1;
    most = Math.max(most, running);
    calls.push({ host: new URL(String(input)).host, at: clock.realNow() });
    await new Promise(setImmediate);
    running -= 1;
    return new Response('fine');
  };
  return { calls, fetcher, most: () => most };
};

test('requests arxiv.org every 15 seconds and any arXiv host every 3 seconds, one at a time', async () => {
  const clock = quickClock();
  const { calls, fetcher, most } = recordingFetch(clock);
  const client = clientWith(clock, fetcher);
  await Promise.all([
    client.get('https://arxiv.org/list/cs.LG/new', request),
    client.get('https://rss.arxiv.org/rss/cs.LG', request),
    client.get('https://arxiv.org/list/cs.AI/new', request),
    client.get('https://rss.arxiv.org/rss/cs.AI', request),
    client.get('https://export.arxiv.org/api/query', request),
  ]);
  const start = calls[0]?.at ?? 0;
  expect(calls.map(({ host, at }) => [host, (at - start) / 1_000])).toEqual([
    ['arxiv.org', 0],
    ['rss.arxiv.org', 3],
    ['arxiv.org', 15],
    ['rss.arxiv.org', 18],
    ['export.arxiv.org', 21],
  ]);
  expect(most()).toBe(1);
});

test('requests what is urgent before what waited longer', async () => {
  const clock = quickClock();
  const calls: [string, number][] = [];
  const fetcher: typeof fetch = async (input) => {
    calls.push([new URL(String(input)).pathname, clock.realNow()]);
    await new Promise(setImmediate);
    return new Response('fine');
  };
  const client = clientWith(clock, fetcher);
  const get = (path: string, priority: 'run' | 'command' | 'background') =>
    client.get(`https://export.arxiv.org${path}`, { ...request, priority });
  const shows = Array.from({ length: 60 }, (_, nth) => get(`/show/${nth}`, 'command'));
  const idle = get('/archive', 'background');
  const digest = client.get('https://export.arxiv.org/run', request);
  await Promise.all([...shows, idle, digest]);
  expect(calls.map(([path]) => path).slice(0, 3)).toEqual(['/show/0', '/run', '/show/1']);
  expect(calls.at(-1)?.[0]).toBe('/archive');
  const [first, second] = calls;
  expect((second?.[1] ?? 0) - (first?.[1] ?? 0)).toBe(3_000);
});

test('lets the requests of a run, made one after the other, go before waiting commands', async () => {
  let now = 0;
  /** A wait takes several turns, in which other requests arrive, and may be interrupted. */
  const sleep = async (ms: number, signal?: AbortSignal) => {
    for (let turn = 0; turn < 20; turn += 1) {
      await new Promise(setImmediate);
      if (signal?.aborted) throw signal.reason;
    }
    now += ms;
  };
  const calls: [string, number][] = [];
  const client = createArxivClient({
    fetch: async (input) => {
      calls.push([new URL(String(input)).pathname, now]);
      return new Response('fine');
    },
    clock: { realNow: () => now, sleep },
    logger: keepWarnings().logger,
    userAgent: 'Paperboy',
    random: () => 1,
  });
  const shows = Array.from({ length: 60 }, (_, nth) =>
    client.get(`https://arxiv.org/html/${nth}`, { ...request, priority: 'command' }),
  );
  for (const nth of [1, 2, 3]) await client.get(`https://arxiv.org/run/${nth}`, request);
  expect(calls).toEqual([
    ['/html/0', 0],
    ['/run/1', 15_000],
    ['/run/2', 30_000],
    ['/run/3', 45_000],
  ]);
  await Promise.all(shows);
  expect(calls.slice(4).map(([path]) => path)).toEqual(Array.from({ length: 59 }, (_, nth) => `/html/${nth + 1}`));
});

test('counts time that has already passed, and does not wait longer if the clock is set back', async () => {
  const clock = quickClock();
  const client = clientWith(clock, recordingFetch(clock).fetcher);
  await client.get('https://arxiv.org/list/cs.LG/new', request);
  clock.pass(14_000);
  await client.get('https://arxiv.org/list/cs.LG/new', request);
  clock.pass(-3_600_000);
  await client.get('https://arxiv.org/list/cs.LG/new', request);
  expect(clock.sleeps).toEqual([1_000, 15_000]);
});

test.each(['http://127.0.0.1:1', 'http://127.8.9.1:1', 'http://localhost:1', 'http://[::1]:1'])(
  'does not pace %s',
  async (base) => {
    const clock = quickClock();
    const client = clientWith(clock, recordingFetch(clock).fetcher);
    for (let count = 0; count < 3; count += 1) await client.get(`${base}/list/cs.LG/new`, request);
    expect(clock.sleeps).toEqual([]);
  },
);

test('sends User-Agent and Accept with every request', async () => {
  const seen: (string | null)[] = [];
  const client = clientWith(quickClock(), async (_url, init) => {
    const headers = new Headers(init?.headers);
    seen.push(headers.get('user-agent'), headers.get('accept'));
    return new Response('fine');
  });
  await client.get('http://localhost/x', request);
  expect(seen).toEqual(['Paperboy/0.1 (arXiv reader for research teams)', 'text/html']);
});

test.each([429, 503, 406, 500, 502])('retries HTTP %i', async (status) => {
  arxiv.failNext({ kind: 'status', status });
  await expect(clientWith(quickClock()).get(feedUrl(), request)).resolves.toContain('</rss>');
  expect(arxiv.requests).toHaveLength(2);
});

test.each([400, 404])('does not retry HTTP %i', async (status) => {
  arxiv.failNext({ kind: 'status', status });
  const error = await clientWith(quickClock())
    .get(feedUrl(), request)
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ExternalError);
  expect(error).toMatchObject({ service: 'arXiv', status, retryable: false });
  expect(arxiv.requests).toHaveLength(1);
});

test('retries a broken connection and the words "Rate exceeded."', async () => {
  arxiv.failNext({ kind: 'drop' });
  arxiv.failNext({ kind: 'body', body: 'Rate exceeded.' });
  await expect(clientWith(quickClock()).get(feedUrl(), request)).resolves.toContain('</rss>');
  expect(arxiv.requests).toHaveLength(3);
});

test('fetches an unreadable answer again', async () => {
  arxiv.failNext({ kind: 'cut' });
  const parse = (body: string) => {
    if (!body.includes('</rss>')) throw new ExternalError({ service: 'arXiv', message: 'cut' });
    return 'read';
  };
  await expect(clientWith(quickClock()).get(feedUrl(), { ...request, parse })).resolves.toBe('read');
  expect(arxiv.requests).toHaveLength(2);
});

test('throws a bug in parsing at once', async () => {
  const parse = () => {
    throw new TypeError('a bug');
  };
  await expect(clientWith(quickClock()).get(feedUrl(), { ...request, parse })).rejects.toThrow(TypeError);
  expect(arxiv.requests).toHaveLength(1);
});

test('makes six attempts with doubling waits', async () => {
  arxiv.failNext({ kind: 'status', status: 500 }, { times: 6 });
  const clock = quickClock();
  await expect(clientWith(clock).get(feedUrl(), request)).rejects.toMatchObject({ status: 500, retryable: true });
  expect(arxiv.requests).toHaveLength(6);
  expect(clock.sleeps).toEqual([50, 100, 200, 400, 800]);
});

test('starts with a wait of a second for real hosts', async () => {
  const clock = quickClock();
  const client = clientWith(clock, async () => new Response('', { status: 500 }));
  await expect(client.get('https://export.arxiv.org/x', request)).rejects.toThrow(/HTTP 500/);
  // The rest of the three seconds between requests follows each wait.
  expect(clock.sleeps).toEqual([1_000, 2_000, 2_000, 1_000, 4_000, 8_000, 16_000]);
});

test.each([
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND arxiv.org', 'arxiv.org was not found'],
  // Of several addresses tried, Node.js says nothing but the code.
  ['ECONNREFUSED', '', 'arxiv.org refuses the connection'],
  ['EPROTO', 'ssl3_get_record:wrong version number', 'arxiv.org did not connect (EPROTO)'],
  [undefined, 'other side closed', 'arxiv.org did not connect (other side closed)'],
])('explains a connection that fails with %s', async (code, message, words) => {
  const fetcher: typeof fetch = async () => {
    throw new TypeError('fetch failed', {
      cause: Object.assign(new Error(message), code === undefined ? {} : { code }),
    });
  };
  await expect(clientWith(quickClock(), fetcher).get('https://arxiv.org/list/cs.LG/new', request)).rejects.toThrow(
    `Cannot reach arXiv: ${words}. Check the network.`,
  );
});

test('does not try again if the proxy refuses the connection', async () => {
  const restore = useProxies({ http: undefined, https: 'http://127.0.0.1:1', except: '' });
  const clock = quickClock();
  try {
    await expect(clientWith(clock, fetch).get('https://arxiv.org/list/cs.LG/new', request)).rejects.toThrow(
      'The proxy 127.0.0.1:1 refuses the connection. Check HTTPS_PROXY.',
    );
  } finally {
    restore();
  }
  expect(clock.sleeps).toEqual([]);
});

test('obeys Retry-After, also on loopback and for other requests to the same host', async () => {
  arxiv.failNext({ kind: 'status', status: 503, retryAfter: '7' });
  const clock = quickClock();
  const client = clientWith(clock);
  await Promise.all([client.get(feedUrl(), request), client.get(`${arxiv.url}/rss/cs.AI`, request)]);
  expect(clock.sleeps.reduce((sum, ms) => sum + ms)).toBeGreaterThanOrEqual(7_000);
  expect(clock.sleeps).toContain(7_000);
});

test('does not wait for a host that asks for an hour, and says how long it takes', async () => {
  arxiv.failNext({ kind: 'status', status: 429, retryAfter: '3600' });
  const clock = quickClock();
  const client = clientWith(clock);
  await expect(client.get(feedUrl(), request)).rejects.toMatchObject({ status: 429, retryAfterMs: 3_600_000 });
  clock.pass(1_800_000);
  await expect(client.get(feedUrl(), request)).rejects.toMatchObject({ retryAfterMs: 1_800_000 });
  expect(arxiv.requests).toHaveLength(1);
  expect(clock.sleeps).toEqual([]);
  clock.pass(1_800_000);
  await expect(client.get(feedUrl(), request)).resolves.toContain('</rss>');
});

test('ends an aborted request with the reason and lets others go on', async () => {
  const controller = new AbortController();
  const reason = new Error('shutting down');
  const clock = quickClock();
  const client = clientWith(clock, async (url, init) => {
    if (!String(url).includes('hang')) return new Response('fine');
    return await new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      controller.abort(reason);
    });
  });
  const hanging = client.get('http://localhost/hang', { ...request, signal: controller.signal });
  const queued = client.get('http://localhost/queued', { ...request, signal: controller.signal });
  await expect(hanging).rejects.toBe(reason);
  await expect(queued).rejects.toBe(reason);
  await expect(client.get('http://localhost/free', request)).resolves.toBe('fine');
});

test('gives up after three minutes in all if arXiv hangs, and asks once for each further page', async () => {
  const clock = quickClock();
  const asked: string[] = [];
  const client = clientWith(clock, async (input) => {
    asked.push(new URL(String(input)).pathname);
    clock.pass(60_000);
    throw new TypeError('fetch failed');
  });
  const ask = (path: string) =>
    expect(client.get(`https://arxiv.org/${path}`, request)).rejects.toThrow('Cannot reach');
  const began = clock.realNow();
  await ask('list/cs.LG/new');
  expect(asked).toHaveLength(3);
  expect(clock.realNow() - began).toBeGreaterThan(180_000);
  await ask('rss/cs.LG');
  await ask('list/cs.AI/new');
  expect(asked.slice(3)).toEqual(['/rss/cs.LG', '/list/cs.AI/new']);

  // The next attempt at a run.
  clock.pass(600_000);
  await ask('list/cs.LG/new');
  expect(asked).toHaveLength(8);
});

test('counts the pauses that arXiv asks for, and waits for none of more than two minutes', async () => {
  const clock = quickClock();
  let retryAfter = '100';
  let answers = 0;
  const client = clientWith(clock, async () => {
    answers += 1;
    return new Response('Not now', { status: 429, headers: { 'retry-after': retryAfter } });
  });
  const ask = () => expect(client.get('https://arxiv.org/list/cs.LG/new', request)).rejects.toThrow('HTTP 429');
  await ask();
  expect(answers).toBe(3);
  retryAfter = '121';
  clock.pass(600_000);
  await ask();
  expect(answers).toBe(4);
});
