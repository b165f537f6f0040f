import { afterEach, expect, test } from 'vitest';
import { createArxivClient } from '../../src/arxiv/client.ts';
import { readSubmitted } from '../../src/arxiv/query.ts';
import { ExternalError } from '../../src/core/errors.ts';
import type { AnnouncedPaper } from '../../src/core/paper.ts';
import { type FakeArxiv, type FakePaper, startFakeArxiv } from '../fakes/arxiv.ts';
import { arxivAtom } from '../fakes/arxiv-pages.ts';
import { keepWarnings } from '../fakes/logger.ts';

const paper = (id: string, more: Partial<FakePaper> = {}): FakePaper => ({
  id,
  title: `On ${id}`,
  abstract: `About ${id}.`,
  authors: ['Ada Moe', 'Bo Ek'],
  categories: ['cs.LG'],
  ...more,
});

const window = { from: new Date('2025-03-03T19:00:00Z'), to: new Date('2025-03-04T19:00:00Z') };

/** The given number of papers in the window, a minute apart. */
const many = (count: number): FakePaper[] =>
  Array.from({ length: count }, (_, index) =>
    paper(`2503.${10_000 + index}`, { submitted: new Date(window.from.getTime() + index * 60_000).toISOString() }),
  );

let running: FakeArxiv | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

/** The query API over a fake arXiv whose retries do not wait. */
const start = async (papers: readonly FakePaper[]) => {
  const arxiv = await startFakeArxiv({ days: { '2025-03-05': papers } });
  running = arxiv;
  const { logger, warnings } = keepWarnings();
  const clock = { realNow: () => Date.now(), sleep: async () => {} };
  const client = createArxivClient({ fetch, clock, logger, userAgent: 'Paperboy/0', random: () => 0 });
  const dependencies = { client, apiUrl: arxiv.url, logger };
  const read = (category = 'cs.LG', of = window, signal?: AbortSignal) =>
    readSubmitted(dependencies, category, of, signal);
  return { arxiv, warnings, read };
};

/** Lets the query API answer normally before a request that fails. */
const spare = (arxiv: FakeArxiv, times: number): void =>
  arxiv.failNext({ kind: 'change', change: (body) => body }, { times });

const totalOf = (total: number) => (body: string) => body.replace(/totalResults>\d+</, `totalResults>${total}<`);

const withoutEntries = (body: string): string => body.replace(/<entry>[\s\S]*<\/entry>\s*/, '');

const withoutLastEntry = (body: string): string =>
  body.replace(/<entry>(?:(?!<entry>)[\s\S])*<\/entry>\s*(?=<\/feed>)/, '');

const ids = (papers: AnnouncedPaper[]): string[] => papers.map(({ paper: { id } }) => id);

const caught = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('returns papers by time of submission, with their newest version and type', async () => {
  const { read, warnings } = await start([
    paper('2503.00003', { submitted: '2025-03-04T18:59:59Z', version: 3, categories: ['cs.AI', 'cs.LG'] }),
    paper('2503.00001', { submitted: '2025-03-03T19:00:00Z' }),
    paper('2503.00002', { submitted: '2025-03-04T02:00:00Z', categories: ['cs.LG', 'stat.ML'] }),
    paper('2503.00004', { submitted: '2025-03-04T02:00:00Z', categories: ['cs.AI'] }),
  ]);
  const found = await read();
  expect(found.map(({ paper: { id, version }, type }) => `${id}v${version} ${type}`)).toEqual([
    '2503.00001v1 new',
    '2503.00002v1 new',
    '2503.00003v3 cross',
  ]);
  expect(found[0]?.paper).toEqual({
    id: '2503.00001',
    version: 1,
    title: 'On 2503.00001',
    abstract: 'About 2503.00001.',
    authors: ['Ada Moe', 'Bo Ek'],
    categories: ['cs.LG'],
  });
  expect(warnings).toEqual([]);
});

test('queries minutes in GMT, slice by slice', async () => {
  const { read, arxiv } = await start(many(250));
  expect(ids(await read())).toEqual(many(250).map(({ id }) => id));
  const queries = arxiv.requests.map((address) => new URL(address, arxiv.url));
  expect(queries.map(({ pathname }) => pathname)).toEqual(['/api/query', '/api/query', '/api/query']);
  expect(queries.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual(
    ['0', '100', '200'].map((from) => ({
      search_query: 'cat:cs.LG AND submittedDate:[202503031900 TO 202503041900]',
      sortBy: 'submittedDate',
      sortOrder: 'ascending',
      start: from,
      max_results: '100',
    })),
  );
  expect(arxiv.requests[0]).not.toMatch(/[ [\]]/);
});

test('makes no request after a full last slice', async () => {
  const { read, arxiv } = await start(many(200));
  expect(await read()).toHaveLength(200);
  expect(arxiv.requests).toHaveLength(2);
});

test('includes the start of the window and excludes its end', async () => {
  const { read, arxiv } = await start([
    paper('2503.00001', { submitted: '2025-03-04T10:00:29Z' }),
    paper('2503.00002', { submitted: '2025-03-04T10:00:30Z' }),
    paper('2503.00003', { submitted: '2025-03-04T10:05:14Z' }),
    paper('2503.00004', { submitted: '2025-03-04T10:05:15Z' }),
  ]);
  const found = await read('cs.LG', { from: new Date('2025-03-04T10:00:30Z'), to: new Date('2025-03-04T10:05:15Z') });
  expect(ids(found)).toEqual(['2503.00002', '2503.00003']);
  expect(decodeURIComponent(arxiv.requests[0] ?? '')).toContain('[202503041000+TO+202503041006]');
});

test('gets the same papers from a mirror that rounds to days and does not sort', async () => {
  const { read, arxiv } = await start([]);
  const found = [
    { paper: paper('2503.00001'), submitted: '2025-03-03T18:59:59Z' },
    { paper: paper('2503.00003'), submitted: '2025-03-04T09:00:00Z' },
    { paper: paper('2503.00002'), submitted: '2025-03-03T22:00:00Z' },
    { paper: paper('2503.00004'), submitted: '2025-03-04T19:00:00Z' },
  ];
  arxiv.failNext({ kind: 'body', body: arxivAtom({ query: '', found, start: 0, max: 100 }) });
  expect(ids(await read())).toEqual(['2503.00002', '2503.00003']);
});

test('returns nothing for an empty window without asking', async () => {
  const { read, arxiv } = await start(many(1));
  expect(await read('cs.LG', { from: window.from, to: window.from })).toEqual([]);
  expect(arxiv.requests).toEqual([]);
});

const error = `<feed><opensearch:totalResults>1</opensearch:totalResults><entry>
  <id>http://arxiv.org/api/errors#x</id><title>Error</title><summary>out of order</summary></entry></feed>`;

test.each([
  ['is cut', { kind: 'cut' }],
  ['is too short, but whole in form', { kind: 'change', change: withoutLastEntry }],
  ['is empty in spite of its total', { kind: 'change', change: withoutEntries }],
  ['has another total', { kind: 'change', change: totalOf(151) }],
  ['finds nothing', { kind: 'empty' }],
  [
    'repeats a paper of the slice before',
    { kind: 'change', change: (body: string) => body.replace('10100v1', '10007v1') },
  ],
  ['repeats a paper of its own', { kind: 'change', change: (body: string) => body.replace('10101v1', '10100v1') }],
  ['is an error in the form of an entry', { kind: 'body', body: error }],
  ['says "Rate exceeded."', { kind: 'body', body: 'Rate exceeded.' }],
  ['is a page of another kind', { kind: 'body', body: '<html>Soon back</html>' }],
  ['is HTTP 503', { kind: 'status', status: 503, retryAfter: '3' }],
  ['never comes', { kind: 'drop' }],
] as const)('requests only the second slice again if it %s', async (_what, fault) => {
  const { read, arxiv } = await start(many(150));
  spare(arxiv, 1);
  arxiv.failNext(fault, { times: 2 });
  expect(ids(await read())).toEqual(many(150).map(({ id }) => id));
  const starts = arxiv.requests.map((address) => new URL(address, arxiv.url).searchParams.get('start'));
  expect(starts).toEqual(['0', '100', '100', '100']);
});

test('reads everything again if the first slice contradicts the rest', async () => {
  const { read, arxiv, warnings } = await start(many(150));
  arxiv.failNext({ kind: 'change', change: totalOf(120) });
  expect(ids(await read())).toEqual(many(150).map(({ id }) => id));
  expect(arxiv.requests).toHaveLength(1 + 6 + 2);
  expect(warnings.at(-1)).toBe("responses from arXiv's query API disagree, reading them again");
});

test('refuses answers that stay incomplete', async () => {
  const { read, arxiv } = await start(many(3));
  arxiv.failNext({ kind: 'change', change: withoutLastEntry }, { times: 100 });
  const failure = await caught(read());
  expect(failure).toBeInstanceOf(ExternalError);
  expect(failure).toMatchObject({ service: 'arXiv', retryable: true });
  expect(String(failure)).toMatch(
    /submitted to cs\.LG from 2025-03-03T19.* could not be read: .* returned 2 papers instead of 3/,
  );
  expect(arxiv.requests).toHaveLength(18);
});

test('does not repeat rounds for a host that refuses requests, and passes its Retry-After on', async () => {
  const { read, arxiv } = await start(many(1));
  arxiv.failNext({ kind: 'status', status: 503, retryAfter: '7' }, { times: 100 });
  expect(await caught(read())).toMatchObject({ status: 503, retryAfterMs: 7_000, retryable: true });
  expect(arxiv.requests).toHaveLength(6);
});

test('does not repeat a query that arXiv refuses', async () => {
  const { read, arxiv } = await start(many(1));
  arxiv.failNext({ kind: 'status', status: 400 });
  expect(await caught(read())).toMatchObject({ name: 'ExternalError', status: 400, retryable: false });
  expect(arxiv.requests).toHaveLength(1);
});

test('refuses a query with more papers than arXiv shows', async () => {
  const { read, arxiv } = await start(many(101));
  arxiv.failNext({ kind: 'change', change: totalOf(30_001) }, { times: 100 });
  const failure = await caught(read());
  expect(failure).toMatchObject({ name: 'ExternalError', retryable: false });
  expect(String(failure)).toMatch(/finds 30001 papers but shows only 30000\. Choose a shorter date range/);
  expect(arxiv.requests).toHaveLength(1);
});

test('accepts an empty result at the third attempt', async () => {
  const { read, arxiv } = await start(many(2));
  arxiv.failNext({ kind: 'empty' }, { times: 2 });
  expect(await read()).toHaveLength(2);
  expect(arxiv.requests).toHaveLength(3);
  expect(await read('math.AG')).toEqual([]);
  expect(arxiv.requests).toHaveLength(6);
});

test('logs and leaves out an unreadable entry', async () => {
  const { read, arxiv, warnings } = await start(many(3));
  arxiv.failNext({ kind: 'change', change: (body) => body.replace('<title>On 2503.10001</title>', '') });
  expect(ids(await read())).toEqual(['2503.10000', '2503.10002']);
  expect(warnings).toEqual(['entries of the query API could not be read']);
});

test('ends an aborted call with the reason', async () => {
  const { read, arxiv } = await start(many(1));
  const controller = new AbortController();
  controller.abort(new Error('shutting down'));
  await expect(read('cs.LG', window, controller.signal)).rejects.toThrow('shutting down');
  expect(arxiv.requests).toEqual([]);
});
