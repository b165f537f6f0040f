import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStores } from '../../db/index.ts';
import { createArxivClient } from '../../src/arxiv/client.ts';
import { createPaperFinder } from '../../src/arxiv/papers.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import type { Stores } from '../../src/core/stores.ts';
import { type FakeArxiv, startFakeArxiv } from '../fakes/arxiv.ts';
import { paperOf } from '../fakes/fixtures.ts';
import { keepWarnings } from '../fakes/logger.ts';

const paper = { title: 'On gears', abstract: 'About gears.', authors: ['Ada Moe'], categories: ['cs.LG', 'cs.AI'] };
const signal = new AbortController().signal;

let arxiv: FakeArxiv;
let stores: Stores;
beforeEach(async () => {
  const papers = [
    { id: '2507.00001', version: 2, ...paper },
    { id: 'hep-th/9901001', ...paper },
  ];
  arxiv = await startFakeArxiv({ days: { '2025-07-08': papers } });
  stores = openStores(':memory:');
});
afterEach(async () => {
  stores.close();
  await arxiv.close();
});

const find = (id: string, of = signal) => {
  const clock = { realNow: () => Date.now(), sleep: async () => {} };
  const { logger } = keepWarnings();
  const client = createArxivClient({ fetch, clock, logger, userAgent: 'Paperboy/0', random: () => 0 });
  return createPaperFinder({ client, apiUrl: `${arxiv.url}/`, announcements: stores.announcements }).find(id, of);
};

test('a paper that was never seen is fetched by its id, and stored', async () => {
  expect(await find('2507.00001')).toMatchObject({ id: '2507.00001', version: 2, title: 'On gears' });
  expect(await find('2507.00001')).toMatchObject({ authors: ['Ada Moe'], categories: ['cs.LG', 'cs.AI'] });
  expect(arxiv.requests).toEqual(['/api/query?id_list=2507.00001&max_results=1']);
});

test('an old id is found, and one with a version as the paper itself', async () => {
  expect(await find('hep-th/9901001')).toMatchObject({ id: 'hep-th/9901001' });
  expect(await find('2507.00001v1')).toMatchObject({ id: '2507.00001', version: 2 });
});

test('a stored paper is not asked for', async () => {
  await stores.announcements.savePapers([paperOf('2401.00001')]);
  expect((await find('2401.00001')).title).toBe('Title of 2401.00001');
  expect(arxiv.requests).toEqual([]);
});

test('a paper that arXiv does not know is told in a sentence, after a second look', async () => {
  await expect(find('2507.99999')).rejects.toThrow(new UserError('arXiv has no paper 2507.99999; check the id.'));
  expect(arxiv.requests).toHaveLength(2);
  expect(await stores.announcements.paper('2507.99999')).toBeUndefined();
});

test.each([
  { kind: 'status', status: 400 } as const,
  {
    kind: 'body',
    body: '<feed><entry><id>https://arxiv.org/api/errors#incorrect_id_format</id></entry></feed>',
  } as const,
])('an id that arXiv refuses is no paper ($kind)', async (fault) => {
  arxiv.failNext(fault, { times: 2 });
  await expect(find('2507.00001')).rejects.toThrow('arXiv has no paper 2507.00001; check the id.');
});

test('an empty answer is looked at again, a cut one fetched again', async () => {
  arxiv.failNext({ kind: 'empty' });
  arxiv.failNext({ kind: 'cut' });
  expect((await find('2507.00001')).id).toBe('2507.00001');
});

test('arXiv out of order is a failure of arXiv, not of the id', async () => {
  arxiv.failNext({ kind: 'status', status: 503 }, { times: 6 });
  await expect(find('2507.00001')).rejects.toThrow(ExternalError);
});
