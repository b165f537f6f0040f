import { afterEach, describe, expect, test } from 'vitest';
import { createScholarClient } from '../../src/authors/client.ts';
import type { ConnectionOptions } from '../../src/authors/connection.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import { createSteppingClock } from '../fakes/clock.ts';
import { quietLogger } from '../fakes/logger.ts';
import {
  type FakeScholar,
  type FakeScholarOptions,
  type ScholarFault,
  startFakeScholar,
} from '../fakes/semantic-scholar.ts';

let running: FakeScholar | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

const logger = quietLogger;
const minute = () => ({ leftMs: 60_000 });
const ada = { authorId: '11', name: 'Ada Moe', hIndex: 9 };
const bo = { authorId: '12', name: 'Bo Ek', hIndex: 0 };

/** A client of an address whose waits end at once and move its clock. */
const clientOf = (apiUrl: string, more: Partial<ConnectionOptions> = {}) => {
  const clock = createSteppingClock('2025-07-08T12:00:00Z');
  const userAgent = 'Paperboy/0.1 (arXiv reader for research teams)';
  const parts = { apiUrl, apiKey: undefined, fetch, clock, logger, userAgent, random: () => 1 };
  return { clock, client: createScholarClient({ ...parts, ...more }) };
};

const start = async (options: FakeScholarOptions = {}, more: Partial<ConnectionOptions> = {}) => {
  const scholar = await startFakeScholar({ papers: { '2507.00001': [ada, bo] }, ...options });
  running = scholar;
  return { scholar, ...clientOf(scholar.url, more) };
};

const failureOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe('a batch', () => {
  test('asks for bare arXiv ids of either style and gives the authors in the order of the ids', async () => {
    const { scholar, client } = await start({ papers: { 'hep-th/9901001': [bo], '2507.00001': [ada, bo] } });
    const ids = ['2507.00009', 'hep-th/9901001', '2507.00001'];
    expect(await client.authorsOf(ids, minute())).toEqual([undefined, [bo], [ada, bo]]);
    expect(scholar.requests).toMatchObject([
      {
        method: 'POST',
        path: '/graph/v1/paper/batch?fields=authors.name,authors.hIndex',
        ids: ['ARXIV:2507.00009', 'ARXIV:hep-th/9901001', 'ARXIV:2507.00001'],
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Paperboy/0.1 (arXiv reader for research teams)',
        },
      },
    ]);
    expect(scholar.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });

  test('accepts authors with missing fields', async () => {
    const { client } = await start({
      papers: {
        '2507.00001': [
          { authorId: null, name: 'Cy Oe' },
          { authorId: '13', name: null, hIndex: null },
          { hIndex: '7' },
        ],
      },
    });
    expect(await client.authorsOf(['2507.00001'], minute())).toEqual([
      [
        { authorId: undefined, name: 'Cy Oe', hIndex: undefined },
        { authorId: '13', name: '', hIndex: undefined },
        { authorId: undefined, name: '', hIndex: undefined },
      ],
    ]);
  });

  test('treats a paper without authors as unknown', async () => {
    const { scholar, client } = await start({ papers: { '2507.00001': [] } });
    expect(await client.authorsOf(['2507.00001'], minute())).toEqual([undefined]);
    scholar.failNext({ kind: 'body', body: '[{ "paperId": "x" }]' });
    expect(await client.authorsOf(['2507.00001'], minute())).toEqual([undefined]);
  });

  test('counts as answered if HTTP 400 says that no paper is known', async () => {
    const { scholar, client } = await start();
    expect(await client.authorsOf(['2507.00008', '2507.00009'], minute())).toEqual([undefined, undefined]);
    expect(scholar.requests).toHaveLength(1);
  });

  test.each<[string, ScholarFault, RegExp]>([
    ['too short', { kind: 'shorter' }, /^Semantic Scholar answered for 1 paper instead of 2$/],
    ['cut', { kind: 'cut' }, /cannot be read$/],
    ['not a list', { kind: 'body', body: '{"message":"fine"}' }, /cannot be read$/],
    ['of broken authors', { kind: 'body', body: '[{"authors":"Ada Moe"},null]' }, /cannot be read$/],
  ])('is requested again and never used if its answer is %s', async (_name, fault, message) => {
    const { scholar, client } = await start();
    scholar.failNext(fault);
    const ids = ['2507.00009', '2507.00001'];
    expect(await client.authorsOf(ids, minute())).toEqual([undefined, [ada, bo]]);
    scholar.failNext(fault, { times: 12 });
    const error = await failureOf(client.authorsOf(ids, minute()));
    expect(error).toBeInstanceOf(ExternalError);
    expect(error).toMatchObject({ service: 'Semantic Scholar', message: expect.stringMatching(message) });
  });
});

describe('a search', () => {
  test('returns the authors that a name may mean', async () => {
    const found = [{ ...ada, paperCount: 40, homepage: 'x' }, { authorId: '14', name: 'A. Moe' }, { name: 'No Id' }];
    const { scholar, client } = await start({ authors: { 'Ada Moé & Co': found } });
    expect(await client.search('Ada Moé & Co', minute())).toEqual([
      { ...ada, papers: 40 },
      { authorId: '14', name: 'A. Moe', hIndex: undefined, papers: undefined },
    ]);
    expect(scholar.requests).toMatchObject([
      {
        method: 'GET',
        path: '/graph/v1/author/search?query=Ada%20Mo%C3%A9%20%26%20Co&fields=name,hIndex,paperCount',
      },
    ]);
  });

  test('is repeated with spaces if a hyphenated name finds nobody', async () => {
    const { scholar, client } = await start({ authors: { 'Ada Moe Ek': [{ ...ada, name: 'Ada-Moe Ek' }] } });
    expect(await client.search('Ada-Moe Ek', minute())).toMatchObject([{ name: 'Ada-Moe Ek' }]);
    expect(await client.search('Nobody', minute())).toEqual([]);
    expect(scholar.requests.map(({ query }) => query)).toEqual(['Ada-Moe Ek', 'Ada Moe Ek', 'Nobody']);
  });

  test('has plain apostrophes and hyphens', async () => {
    const { scholar, client } = await start();
    await client.search('Nora d’Angelo‑Roy', minute());
    expect(scholar.requests[0]?.query).toBe("Nora d'Angelo-Roy");
  });

  test('counts as answered without data only if its total is 0', async () => {
    const { scholar, client } = await start();
    scholar.failNext({ kind: 'body', body: '{"total":0,"offset":0}' });
    expect(await client.search('Ada Moe', minute())).toEqual([]);
    scholar.failNext({ kind: 'body', body: '{"message":"fine"}' }, { times: 12 });
    expect(await failureOf(client.search('Ada Moe', minute()))).toBeInstanceOf(ExternalError);
  });
});

describe('the key', () => {
  test('is sent with every request, but to no other host and in no message', async () => {
    const apiKey = new Secret('k3y-of-the-lab');
    const other = await startFakeScholar({ papers: { '2507.00001': [ada] } });
    const { scholar, client } = await start({}, { apiKey });
    await client.authorsOf(['2507.00001'], minute());
    await client.search('Ada Moe', minute());
    expect(scholar.requests.map(({ headers }) => headers['x-api-key'])).toEqual(['k3y-of-the-lab', 'k3y-of-the-lab']);
    scholar.failNext({ kind: 'status', status: 307, location: `${other.url}/graph/v1/paper/batch` });
    const redirected = await failureOf(client.authorsOf(['2507.00001'], minute()));
    expect(redirected).toMatchObject({ message: 'Semantic Scholar refused the request (HTTP 307)' });
    expect(other.requests).toEqual([]);
    await other.close();
    scholar.failNext({ kind: 'status', status: 403 });
    const refused = await failureOf(client.authorsOf(['2507.00001'], minute()));
    expect(refused).toMatchObject({ message: 'Semantic Scholar rejected the key (HTTP 403)', retryable: false });
  });

  test('is refused without quoting it if a header cannot carry it', () => {
    const make = () => clientOf('http://127.0.0.1:1', { apiKey: new Secret('k3y\nof the lab') });
    expect(make).toThrow(UserError);
    expect(make).not.toThrow(/k3y/);
  });
});

describe('failures', () => {
  test.each<[string, ScholarFault]>([
    ['HTTP 429', { kind: 'status', status: 429 }],
    ['HTTP 408', { kind: 'status', status: 408 }],
    ['HTTP 500', { kind: 'status', status: 500 }],
    ['HTTP 504', { kind: 'status', status: 504 }],
    ['a broken connection', { kind: 'drop' }],
  ])('are retried after %s', async (_name, fault) => {
    const { scholar, client } = await start();
    scholar.failNext(fault);
    expect(await client.authorsOf(['2507.00001'], minute())).toEqual([[ada, bo]]);
    expect(scholar.requests).toHaveLength(2);
  });

  test.each([400, 401, 404, 413])('are not retried after HTTP %i', async (status) => {
    const { scholar, client } = await start();
    scholar.failNext({ kind: 'status', status });
    const error = await failureOf(client.authorsOf(['2507.00001'], minute()));
    expect(error).toMatchObject({ status, retryable: false });
    expect(scholar.requests).toHaveLength(1);
  });

  test.each([false, true])('include no answer in time (head sent: %s)', async (head) => {
    const { scholar, client } = await start({}, { timeoutMs: 50 });
    scholar.failNext({ kind: 'hang', head }, { times: 1 });
    expect(await client.authorsOf(['2507.00001'], minute())).toEqual([[ada, bo]]);
    scholar.failNext({ kind: 'hang', head }, { times: 12 });
    await expect(client.authorsOf(['2507.00001'], minute())).rejects.toThrow(/did not answer within 1 second$/);
  });

  test('include a refused connection, with the reason', async () => {
    const { scholar, client } = await start();
    await scholar.close();
    running = undefined;
    await expect(client.search('Ada Moe', minute())).rejects.toThrow(
      'Semantic Scholar cannot be reached (connection refused)',
    );
  });

  test('do not include bugs', async () => {
    const broken = async () => {
      throw new RangeError('a bug');
    };
    const { clock } = clientOf('http://127.0.0.1:1');
    const { client } = clientOf('http://127.0.0.1:1', { clock: { ...clock, sleep: broken } });
    await expect(client.search('Ada Moe', minute())).rejects.toThrow(RangeError);
  });
});
