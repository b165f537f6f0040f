import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
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

let time = 0;

const finder = () => {
  const clock = { realNow: () => Date.now(), monotonic: () => time, sleep: async () => {} };
  const { logger } = keepWarnings();
  const client = createArxivClient({ fetch, clock, logger, userAgent: 'Paperboy/0', random: () => 0 });
  const parts = { client, apiUrl: `${arxiv.url}/`, announcements: stores.announcements, clock };
  return createPaperFinder(parts);
};

const find = (id: string, of = signal) => finder().find(id, of);

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

test('does not ask arXiv again for half an hour about an id that it does not know', async () => {
  const papers = finder();
  for (let times = 0; times < 3; times += 1)
    await expect(papers.find('2507.99999', signal)).rejects.toThrow('arXiv has no paper 2507.99999. Check the id.');
  expect(arxiv.requests).toHaveLength(2);
  time += 30 * 60_000;
  await expect(papers.find('2507.99999', signal)).rejects.toThrow(UserError);
  expect(arxiv.requests).toHaveLength(4);
});

test('finds a paper that was announced after somebody asked for it', async () => {
  const papers = finder();
  await expect(papers.find('2507.99999', signal)).rejects.toThrow(UserError);
  await stores.announcements.savePapers([paperOf('2507.99999')]);
  expect(await papers.find('2507.99999', signal)).toMatchObject({ id: '2507.99999' });
});

test('remembers only the last thousand unknown ids', async () => {
  const unknown = (nth: number) => `2507.${String(90_000 + nth).padStart(5, '0')}`;
  const papers = finder();
  for (let nth = 0; nth <= 1_000; nth += 1) await papers.find(unknown(nth), signal).catch(() => {});
  const before = arxiv.requests.length;
  await papers.find(unknown(1_000), signal).catch(() => {});
  expect(arxiv.requests).toHaveLength(before);
  await papers.find(unknown(0), signal).catch(() => {});
  expect(arxiv.requests).toHaveLength(before + 2);
});

test('asks arXiv once for a paper that several people want', async () => {
  const papers = finder();
  const found = await Promise.all(['U1', 'U2', 'U3'].map((by) => papers.find('2507.00001', signal, by)));
  expect(found.map(({ title }) => title)).toEqual(['On gears', 'On gears', 'On gears']);
  expect(arxiv.requests).toHaveLength(1);
});

test('lets one person wait for five papers, and all for thirty', async () => {
  const papers = finder();
  const ask = (nth: number, by: string) =>
    papers.find(`2507.${90_000 + nth}`, signal, by).catch((error: unknown) => String(error));
  const own = await Promise.all(Array.from({ length: 7 }, (_, nth) => ask(nth, 'slack:T1:U1')));
  expect(
    own.filter((text) => /^UserError: 5 papers that you asked for are still on their way/.test(String(text))),
  ).toHaveLength(2);
  const all = await Promise.all(Array.from({ length: 33 }, (_, nth) => ask(100 + nth, `slack:T1:U${nth % 11}`)));
  expect(all.filter((text) => /^UserError: Many papers are on their way/.test(String(text)))).toHaveLength(3);
  // All have arrived.
  expect(await ask(200, 'slack:T1:U1')).toContain('arXiv has no paper');
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
