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

test('fetches an unknown paper by its id and stores it', async () => {
  expect(await find('2507.00001')).toMatchObject({ id: '2507.00001', version: 2, title: 'On gears' });
  expect(await find('2507.00001')).toMatchObject({ authors: ['Ada Moe'], categories: ['cs.LG', 'cs.AI'] });
  expect(arxiv.requests).toEqual(['/api/query?id_list=2507.00001&max_results=1']);
});

test('finds an old id, and ignores a version', async () => {
  expect(await find('hep-th/9901001')).toMatchObject({ id: 'hep-th/9901001' });
  expect(await find('2507.00001v1')).toMatchObject({ id: '2507.00001', version: 2 });
});

test('does not fetch a stored paper', async () => {
  await stores.announcements.savePapers([paperOf('2401.00001')]);
  expect((await find('2401.00001')).title).toBe('Title of 2401.00001');
  expect(arxiv.requests).toEqual([]);
});

test('says that arXiv has no such paper after a second empty answer', async () => {
  await expect(find('2507.99999')).rejects.toThrow(new UserError('arXiv has no paper 2507.99999. Check the id.'));
  expect(arxiv.requests).toHaveLength(2);
  expect(await stores.announcements.paper('2507.99999')).toBeUndefined();
});

test.each([
  { kind: 'status', status: 400 } as const,
  {
    kind: 'body',
    body: '<feed><entry><id>https://arxiv.org/api/errors#incorrect_id_format</id></entry></feed>',
  } as const,
])('says that there is no such paper if arXiv refuses the id ($kind)', async (fault) => {
  arxiv.failNext(fault, { times: 2 });
  await expect(find('2507.00001')).rejects.toThrow('arXiv has no paper 2507.00001. Check the id.');
});

test('asks again after an empty answer and after one that is cut off', async () => {
  arxiv.failNext({ kind: 'empty' });
  arxiv.failNext({ kind: 'cut' });
  expect((await find('2507.00001')).id).toBe('2507.00001');
});

test('reports an outage of arXiv as such', async () => {
  arxiv.failNext({ kind: 'status', status: 503 }, { times: 6 });
  await expect(find('2507.00001')).rejects.toThrow(ExternalError);
});
