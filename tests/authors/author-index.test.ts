import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import { createAuthorIndex } from '../../src/authors/author-index.ts';
import { createScholarClient } from '../../src/authors/client.ts';
import type { AuthorIndex } from '../../src/core/author.ts';
import type { Stores } from '../../src/core/stores.ts';
import { createSteppingClock, type SteppingClock } from '../fakes/clock.ts';
import { keepWarnings } from '../fakes/logger.ts';
import { type FakeScholar, type FakeScholarOptions, startFakeScholar } from '../fakes/semantic-scholar.ts';

const ada = { authorId: '11', name: 'Ada Moe', hIndex: 9 };
const bo = { authorId: '12', name: 'Bo Ek', hIndex: 0 };
const start = '2025-07-08T12:00:00Z';
const later = (ms: number): string => new Date(Date.parse(start) + ms).toISOString();
const hour = 3_600_000;
const day = 24 * hour;

let stores: Stores;
let scholar: FakeScholar;
let clock: SteppingClock;
let index: AuthorIndex;
let warnings: string[];
const open = async (options: FakeScholarOptions = {}) => {
  scholar = await startFakeScholar(options);
  stores = openStores(':memory:');
  clock = createSteppingClock(start);
  index = restarted();
};
/** The index of a new process over the same store. */
const restarted = (): AuthorIndex => {
  const kept = keepWarnings();
  warnings = kept.warnings;
  const around = { clock, logger: kept.logger };
  const parts = { apiUrl: scholar.url, apiKey: undefined, fetch, userAgent: 'Paperboy/0', random: () => 1 };
  return createAuthorIndex({ client: createScholarClient({ ...parts, ...around }), store: stores.authors, ...around });
};
beforeEach(() => open({ papers: { '2507.00001': [ada, bo], 'hep-th/9901001': [bo] } }));
afterEach(async () => {
  stores.close();
  await scholar.close();
});

const idsFrom = (count: number): string[] =>
  Array.from({ length: count }, (_, number) => `2507.${String(number).padStart(5, '0')}`);
const everyPaper = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, [ada]]));
const sizes = () => scholar.requests.map(({ ids }) => ids.length);

describe('the authors of papers', () => {
  test('are known or unknown, and requested once', async () => {
    const ids = ['2507.00001', '2507.00009', 'hep-th/9901001', '2507.00001'];
    const lookup = {
      known: new Map([
        ['2507.00001', [ada, bo]],
        ['hep-th/9901001', [bo]],
      ]),
      unknown: new Set(['2507.00009']),
      failure: undefined,
    };
    expect(await index.ofPapers(ids)).toEqual(lookup);
    expect(await index.ofPapers(ids)).toEqual(lookup);
    expect(sizes()).toEqual([3]);
    expect(await index.ofPapers([])).toEqual({ known: new Map(), unknown: new Set(), failure: undefined });
  });

  test('are requested in batches of 500', async () => {
    const ids = idsFrom(1_201);
    await scholar.close();
    stores.close();
    await open({ papers: everyPaper(ids) });
    const { known } = await index.ofPapers(ids);
    expect([...known.keys()]).toEqual(ids);
    expect(sizes()).toEqual([500, 500, 201]);
  });

  test('are requested again after 20 hours if the paper was unknown', async () => {
    await index.ofPapers(['2507.00001', '2507.00009']);
    scholar.learn('2507.00009', [bo]);
    clock.set(later(20 * hour - 1));
    expect((await index.ofPapers(['2507.00001', '2507.00009'])).unknown).toEqual(new Set(['2507.00009']));
    clock.set(later(20 * hour));
    expect((await restarted().ofPapers(['2507.00001', '2507.00009'])).known.get('2507.00009')).toEqual([bo]);
    expect(scholar.requests.map(({ ids }) => ids)).toEqual([
      ['ARXIV:2507.00001', 'ARXIV:2507.00009'],
      ['ARXIV:2507.00009'],
    ]);
  });

  test('are requested again after 30 days if they were known', async () => {
    await index.ofPapers(['2507.00001']);
    scholar.learn('2507.00001', [ada]);
    clock.set(later(30 * day - 1));
    expect((await index.ofPapers(['2507.00001'])).known.get('2507.00001')).toEqual([ada, bo]);
    clock.set(later(30 * day));
    expect((await index.ofPapers(['2507.00001'])).known.get('2507.00001')).toEqual([ada]);
  });

  test('are requested again if they were stored at a much later simulated time', async () => {
    await stores.authors.savePapers(new Map([['2507.00001', undefined]]), later(365 * day));
    expect((await index.ofPapers(['2507.00001'])).known.get('2507.00001')).toEqual([ada, bo]);
  });
});

describe('an outage', () => {
  const outage = (times = 100) => scholar.failNext({ kind: 'status', status: 429 }, { times });
  const why = 'Semantic Scholar turned requests away (HTTP 429)';

  test('leaves papers in neither set, says why, and stores nothing', async () => {
    outage();
    expect(await index.ofPapers(['2507.00001'])).toEqual({ known: new Map(), unknown: new Set(), failure: why });
    expect(await stores.authors.ofPapers(['2507.00001'])).toEqual(new Map());
    expect(warnings).toEqual(['cannot look up authors']);
  });

  test('keeps old authors, but not an old "unknown"', async () => {
    await index.ofPapers(['2507.00001', '2507.00009']);
    clock.set(later(40 * day));
    outage();
    expect(await index.ofPapers(['2507.00001', '2507.00009'])).toEqual({
      known: new Map([['2507.00001', [ada, bo]]]),
      unknown: new Set(),
      failure: why,
    });
    expect((await index.ofPapers(['2507.00001'])).failure).toBeUndefined();
  });

  test('keeps earlier batches, and the next run requests the rest', async () => {
    const ids = idsFrom(1_100);
    await scholar.close();
    stores.close();
    let isOut = true;
    const isAway = (count: number) => isOut && count > 0;
    await open({
      papers: everyPaper(ids),
      fault: (count) => (isAway(count) ? { kind: 'status', status: 429 } : undefined),
    });
    const first = await index.ofPapers(ids);
    expect([first.known.size, first.unknown.size, first.failure]).toEqual([500, 0, why]);
    // All attempts of the second batch, and not the third.
    expect(sizes()).toEqual([500, ...Array.from({ length: 12 }, () => 500)]);
    isOut = false;
    scholar.requests.length = 0;
    expect((await restarted().ofPapers(ids)).known.size).toBe(1_100);
    expect(scholar.requests.map((request) => request.ids[0])).toEqual(['ARXIV:2507.00500', 'ARXIV:2507.01000']);
  });

  test('delays a call much less soon after a failed one', async () => {
    scholar.failNext({ kind: 'status', status: 429, retryAfter: '11' }, { times: 3 });
    await index.ofPapers(['2507.00001']);
    expect(clock.slept).toEqual([11_000, 11_000, 11_000]);
    scholar.failNext({ kind: 'status', status: 429 }, { times: 12 });
    expect(await index.candidates('Ada Moe')).toBeUndefined();
    scholar.failNext({ kind: 'status', status: 429, retryAfter: '11' }, { times: 1 });
    expect(await index.candidates('Bo Ek')).toBeUndefined();
    clock.set(later(2 * hour));
    scholar.failNext({ kind: 'status', status: 429, retryAfter: '11' }, { times: 1 });
    expect(await index.candidates('Bo Ek')).toEqual([]);
  });

  test('delays a call by little more than a minute', async () => {
    scholar.failNext({ kind: 'status', status: 429, retryAfter: '30' }, { times: 100 });
    expect((await index.ofPapers(['2507.00001'])).failure).toMatch(/turned requests away/);
    expect(clock.slept).toEqual([30_000, 30_000]);
  });
});

describe('a batch that fails', () => {
  const ids = idsFrom(1_600);
  const batchOf = (id: string): number => Math.floor(ids.indexOf(id.replace('ARXIV:', '')) / 500);
  const requestedBatches = () => [...new Set(scholar.requests.map((request) => batchOf(request.ids[0] ?? '')))];
  const openWith = async (fault: FakeScholarOptions['fault']) => {
    await scholar.close();
    stores.close();
    await open({ papers: everyPaper(ids), fault });
  };

  test.each([400, 500])(
    'does not affect other batches if one of its papers is the reason (HTTP %i)',
    async (status) => {
      await openWith((count) =>
        batchOf(scholar.requests[count]?.ids[0] ?? '') === 1 ? { kind: 'status', status } : undefined,
      );
      const { known, unknown, failure } = await index.ofPapers(ids);
      expect([known.size, unknown.size]).toEqual([1_100, 0]);
      expect(failure).toMatch(`HTTP ${status}`);
      expect(requestedBatches()).toEqual([0, 1, 2, 3]);
    },
  );

  test('ends the look-up if another batch failed before', async () => {
    await openWith(() => ({ kind: 'shorter' }));
    const { known, failure } = await index.ofPapers(ids);
    expect(known.size).toBe(0);
    expect(failure).toBe('Semantic Scholar answered for 499 papers instead of 500');
    expect(requestedBatches()).toEqual([0, 1]);
  });

  test.each([401, 403, 404])('ends the look-up if all batches share the reason (HTTP %i)', async (status) => {
    await openWith(() => ({ kind: 'status', status }));
    await index.ofPapers(ids);
    expect(sizes()).toEqual([500]);
  });
});

test('gets all 40 batches if half of the requests are refused', async () => {
  let state = 7;
  // A linear congruential generator, so that every run of the test is the same (Numerical Recipes).
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const ids = idsFrom(20_000);
  await scholar.close();
  stores.close();
  await open({
    papers: everyPaper(ids),
    fault: () => (chance() < 0.5 ? { kind: 'status', status: 429 } : undefined),
  });
  const { known, failure } = await index.ofPapers(ids);
  expect([known.size, failure]).toEqual([20_000, undefined]);
  expect(scholar.requests.length).toBeGreaterThan(60);
});

describe('the candidates of a name', () => {
  beforeEach(async () => {
    await scholar.close();
    stores.close();
    await open({ authors: { 'Ada Moe': [{ ...ada, paperCount: 40 }] } });
  });
  const found = [{ ...ada, papers: 40 }];

  test('are requested once in 30 days, ignoring accents and case', async () => {
    expect(await index.candidates('Ada Moe')).toEqual(found);
    clock.set(later(30 * day - 1));
    expect(await index.candidates('ADA  Moé')).toEqual(found);
    expect(scholar.requests).toHaveLength(1);
    clock.set(later(30 * day));
    expect(await index.candidates('Ada Moe')).toEqual(found);
    expect(scholar.requests).toHaveLength(2);
  });

  test('may be empty', async () => {
    expect(await index.candidates('Cy Oe')).toEqual([]);
    expect(await index.candidates('Cy Oe')).toEqual([]);
    expect(scholar.requests).toHaveLength(1);
  });

  test('are the old ones, or undefined, if the index does not answer', async () => {
    await index.candidates('Ada Moe');
    clock.set(later(60 * day));
    scholar.failNext({ kind: 'status', status: 500 }, { times: 24 });
    expect(await index.candidates('Ada Moe')).toEqual(found);
    expect(await index.candidates('Bo Ek')).toBeUndefined();
  });
});

test('rejects with the reason when aborted, even if everything is stored', async () => {
  const reason = new Error('shutting down');
  await index.ofPapers(['2507.00001']);
  await expect(index.ofPapers(['2507.00001'], AbortSignal.abort(reason))).rejects.toBe(reason);
  await expect(index.candidates('Ada Moe', AbortSignal.abort(reason))).rejects.toBe(reason);
  scholar.failNext({ kind: 'hang' });
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 50);
  await expect(index.ofPapers(['hep-th/9901001'], controller.signal)).rejects.toBe(reason);
  expect(warnings).toEqual([]);
});

test('throws a failure of the store', async () => {
  stores.close();
  await expect(index.ofPapers(['2507.00001'])).rejects.toThrow(/not open/);
  stores = openStores(':memory:');
});
