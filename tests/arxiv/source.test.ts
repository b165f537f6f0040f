import { afterEach, expect, test } from 'vitest';
import { createArxivClient } from '../../src/arxiv/client.ts';
import { createArxivSource } from '../../src/arxiv/source.ts';
import { ExternalError } from '../../src/core/errors.ts';
import type { Announcement } from '../../src/core/paper.ts';
import { type FakeArxiv, type FakeArxivOptions, type FakePaper, startFakeArxiv } from '../fakes/arxiv.ts';
import { keepWarnings } from '../fakes/logger.ts';

const paper = (id: string, more: Partial<FakePaper> = {}): FakePaper => ({
  id,
  title: `On ${id}`,
  abstract: `About ${id}.`,
  authors: ['Ada Moe', 'Bo Ek'],
  categories: ['cs.LG'],
  ...more,
});

const monday = [paper('2507.00101'), paper('2507.00102')];
const tuesday = [
  paper('2507.00201', { license: 'https://example.org/license', doi: '10.1000/a', journalReference: 'J. 1' }),
  paper('2507.00202', { comments: '9 pages' }),
  paper('2507.00203', { categories: ['cs.AI', 'cs.LG'], version: 2 }),
  paper('2507.00101', { replaced: true, version: 2 }),
  paper('2506.00009', { replaced: true, version: 4, categories: ['stat.ML', 'cs.LG'] }),
];
const days = { '2025-07-07': monday, '2025-07-08': tuesday };

let running: FakeArxiv | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

/** A source over a fake arXiv whose retries do not wait. */
const start = async (options: Partial<FakeArxivOptions> = {}) => {
  const arxiv = await startFakeArxiv({ days, ...options });
  running = arxiv;
  const { logger, warnings } = keepWarnings();
  const clock = { realNow: () => Date.now(), sleep: async () => {} };
  const client = createArxivClient({ fetch, clock, logger, userAgent: 'Paperboy/0', random: () => 0 });
  const urls = { rssUrl: arxiv.url, webUrl: `${arxiv.url}/`, apiUrl: `${arxiv.url}/` };
  return { arxiv, warnings, source: createArxivSource({ client, ...urls, logger }) };
};

const summary = (announcement: Announcement | undefined): string[] =>
  announcement?.papers.map(({ paper: { id, version }, type }) => `${id}v${version} ${type}`) ?? [];

const wholeTuesday = [
  '2507.00201v1 new',
  '2507.00202v1 new',
  '2507.00203v2 cross',
  '2507.00101v2 replace',
  '2506.00009v4 replace-cross',
];

test("reads the newest announcement from listing and feed, with the listing's date", async () => {
  const { source, warnings } = await start();
  const announcement = await source.newest('cs.LG');
  expect(announcement).toMatchObject({ category: 'cs.LG', date: '2025-07-08' });
  expect(summary(announcement)).toEqual(wholeTuesday);
  expect(announcement.papers[0]?.paper).toEqual({
    id: '2507.00201',
    version: 1,
    title: 'On 2507.00201',
    abstract: 'About 2507.00201.',
    authors: ['Ada Moe', 'Bo Ek'],
    categories: ['cs.LG'],
    license: 'https://example.org/license',
    doi: '10.1000/a',
    journalReference: 'J. 1',
  });
  expect(announcement.papers[1]?.paper.comments).toBe('9 pages');
  expect(warnings).toEqual([]);
});

test('decides per category whether a paper is new or cross-listed', async () => {
  const { source } = await start();
  expect(summary(await source.newest('cs.AI'))).toEqual(['2507.00203v2 new']);
});

test('fetches a listing and a feed again if they are cut off', async () => {
  const { source, arxiv } = await start();
  arxiv.failNext({ kind: 'cut' }, { route: 'list', times: 2 });
  arxiv.failNext({ kind: 'cut' }, { route: 'rss', times: 2 });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
  expect(arxiv.requests).toHaveLength(6);
});

test('reports an arXiv that cannot be reached in one sentence, without the category', async () => {
  const { source, arxiv } = await start();
  await arxiv.close();
  running = undefined;
  await expect(source.newest('cs.LG')).rejects.toThrow(
    /^Cannot reach arXiv: 127\.0\.0\.1:\d+ refuses the connection\. Check the network\.$/,
  );
});

test('ignores a stale feed', async () => {
  const { source, arxiv, warnings } = await start();
  arxiv.failNext({ kind: 'stale' }, { route: 'rss' });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
  expect(warnings).toEqual(['the RSS feed and the listing disagree, using the listing']);
});

test('does not use a stale version in the feed', async () => {
  const { source, arxiv } = await start();
  const older = (body: string) => body.replaceAll('2507.00101v2', '2507.00101v1').replace('About 2507.00101', 'Old');
  arxiv.failNext({ kind: 'change', change: older }, { route: 'rss' });
  const { papers } = await source.newest('cs.LG');
  expect(papers.find(({ paper: { id } }) => id === '2507.00101')?.paper).toMatchObject({
    version: 2,
    abstract: 'About 2507.00101.',
  });
});

test.each([
  ['empty', { kind: 'empty' }, 1],
  ['unreachable', { kind: 'status', status: 503 }, 6],
  ['refused', { kind: 'status', status: 404 }, 1],
] as const)('uses the listing alone if the feed is %s', async (_what, fault, times) => {
  const { source, arxiv } = await start();
  arxiv.failNext(fault, { route: 'rss', times });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
});

test('keeps replacements that only the feed or only the listing has', async () => {
  const { source, arxiv, warnings } = await start();
  const swap = (body: string) => body.replaceAll('2506.00009', '2506.00008');
  arxiv.failNext({ kind: 'change', change: swap }, { route: 'rss' });
  expect(summary(await source.newest('cs.LG'))).toEqual([...wholeTuesday, '2506.00008v4 replace-cross']);
  expect(warnings).toEqual([]);
});

test('takes an item that is unreadable in the feed from the listing', async () => {
  const { source, arxiv, warnings } = await start();
  const spoil = (body: string) => body.replace('oai:arXiv.org:2507.00202v1', '');
  arxiv.failNext({ kind: 'change', change: spoil }, { route: 'rss' });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
  expect(warnings).toContain('an item of the RSS feed could not be read');
});

test.each(['stale', 'empty'] as const)(
  'does not use a feed without a listing, because it may be stale: %s',
  async (kind) => {
    const { source, arxiv } = await start();
    arxiv.failNext({ kind: 'status', status: 503 }, { route: 'list', times: 6 });
    arxiv.failNext({ kind }, { route: 'rss', times: 6 });
    const error = await source.newest('cs.LG').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ExternalError);
    expect(error).toMatchObject({ service: 'arXiv', status: 503, retryable: true });
    // The next poll finds the announcement itself.
    expect(summary(await source.newest('cs.LG'))).toHaveLength(wholeTuesday.length);
  },
);

test('does not fetch the feed without a listing', async () => {
  const { source, arxiv } = await start();
  arxiv.failNext({ kind: 'cut' }, { route: 'list', times: 6 });
  await expect(source.newest('cs.LG')).rejects.toMatchObject({ status: undefined, retryable: true });
  expect(new Set(arxiv.requests)).toEqual(new Set(['/list/cs.LG/new']));
});

test('does not use a feed with papers if the listing stays empty', async () => {
  const { source, arxiv } = await start();
  arxiv.failNext({ kind: 'stale' }, { route: 'rss', times: 10 });
  arxiv.failNext({ kind: 'empty' }, { route: 'list', times: 7 });
  await expect(source.newest('cs.LG')).rejects.toMatchObject({ service: 'arXiv', retryable: true });
});

test('does not use a feed of another date in place of unreadable pages', async () => {
  const { source, arxiv } = await start({ pageSize: 2 });
  const ofMonday = (body: string) => body.replaceAll('Tue, 08 Jul', 'Mon, 07 Jul');
  arxiv.failNext({ kind: 'change', change: ofMonday }, { route: 'rss' });
  arxiv.failNext({ kind: 'status', status: 503 }, { route: 'catchup', times: 6 });
  await expect(source.newest('cs.LG')).rejects.toMatchObject({ status: 503, retryable: true });
});

test("uses a feed with the listing's date, counts and papers in place of unreadable pages", async () => {
  const { source, arxiv, warnings } = await start({ pageSize: 2 });
  arxiv.failNext({ kind: 'status', status: 503 }, { route: 'catchup', times: 6 });
  const announcement = await source.newest('cs.LG');
  expect(announcement.date).toBe('2025-07-08');
  expect(summary(announcement).sort()).toEqual([...wholeTuesday].sort());
  expect(warnings).toContain('the catch-up pages cannot be read, using the RSS feed');
});

test.each([
  ['stale, with as many new papers as the listing', { kind: 'stale' }],
  ['empty', { kind: 'empty' }],
  ['unreachable', { kind: 'status', status: 503 }],
  ['not read in full', { kind: 'change', change: (body: string) => body.replace('2506.00009v4', '') }],
  ['short of a new paper', { kind: 'change', change: (body: string) => body.replace(/<item>[\s\S]*?<\/item>/, '') }],
] as const)('does not replace unreadable pages by a feed that is %s', async (_what, fault) => {
  const { source, arxiv } = await start({ pageSize: 2 });
  arxiv.failNext({ kind: 'status', status: 503 }, { route: 'catchup', times: 6 });
  arxiv.failNext(fault, { route: 'rss', times: 6 });
  const error = await source.newest('cs.LG').catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ExternalError);
  expect(error).toMatchObject({ service: 'arXiv', status: 503, retryable: true });
});

test('does not retry an unknown category', async () => {
  const { source, arxiv } = await start();
  arxiv.failNext({ kind: 'status', status: 404 }, { route: 'list' });
  arxiv.failNext({ kind: 'status', status: 400 }, { route: 'rss' });
  await expect(source.newest('cs.XX')).rejects.toMatchObject({ status: 404, retryable: false });
});

test('reads an empty listing again while the feed has papers', async () => {
  const { source, arxiv } = await start();
  arxiv.failNext({ kind: 'empty' }, { route: 'list', times: 3 });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
});

test('reads an empty listing again if the feed is empty too', async () => {
  const { source, arxiv } = await start();
  arxiv.failNext({ kind: 'empty' }, { route: 'list', times: 2 });
  arxiv.failNext({ kind: 'empty' }, { route: 'rss' });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
});

test('reads an empty listing again if the feed has papers later', async () => {
  const { source, arxiv } = await start();
  arxiv.failNext({ kind: 'empty' }, { route: 'list', times: 5 });
  arxiv.failNext({ kind: 'empty' }, { route: 'rss' });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
});

test('returns an empty announcement for a category without papers', async () => {
  const { source } = await start();
  expect(await source.newest('math.KT')).toEqual({ category: 'math.KT', date: '2025-07-08', papers: [] });
});

test('accepts an empty listing of a later date than the feed', async () => {
  const wednesday = [paper('2507.00301', { categories: ['cs.AI'] })];
  const { source, arxiv } = await start({ days: { ...days, '2025-07-09': wednesday } });
  const ofTuesday = (body: string) => body.replaceAll('Wed, 09 Jul', 'Tue, 08 Jul');
  const feed = await (await fetch(`${arxiv.url}/rss/cs.AI`)).text();
  arxiv.failNext({ kind: 'change', change: () => ofTuesday(feed) }, { route: 'rss' });
  expect(await source.newest('cs.LG')).toMatchObject({ date: '2025-07-09', papers: [] });
});

test('reads a day that does not fit on the listing from the catch-up pages', async () => {
  const { source, arxiv } = await start({ pageSize: 2 });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
  expect(arxiv.requests).toEqual([
    '/list/cs.LG/new',
    '/rss/cs.LG',
    '/catchup/cs.LG/2025-07-08?abs=True&page=1',
    '/catchup/cs.LG/2025-07-08?abs=True&page=2',
    '/catchup/cs.LG/2025-07-08?abs=True&page=3',
  ]);
});

test.each(['cut', 'empty', 'stale'] as const)('fetches catch-up pages again if they are %s', async (kind) => {
  const { source, arxiv } = await start({ pageSize: 2 });
  arxiv.failNext({ kind }, { route: 'catchup', times: 2 });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
});

test('reads a missed day from its catch-up pages', async () => {
  const { source, arxiv } = await start({ pageSize: 1 });
  const announcement = await source.on('cs.LG', '2025-07-07');
  expect(announcement?.date).toBe('2025-07-07');
  expect(summary(announcement)).toEqual(['2507.00101v1 new', '2507.00102v1 new']);
  expect(arxiv.requests).toHaveLength(2);
});

test('returns undefined for a date without announcement, after several attempts on a weekday', async () => {
  const { source, arxiv } = await start();
  expect(await source.on('cs.LG', '2025-07-04')).toBeUndefined();
  expect(arxiv.requests).toHaveLength(6);
  expect(await source.on('cs.LG', '2025-07-05')).toBeUndefined();
  expect(arxiv.requests).toHaveLength(7);
});

test('does not lose a day to a catch-up page that is empty by mistake', async () => {
  const { source, arxiv } = await start();
  arxiv.failNext({ kind: 'empty' }, { route: 'catchup', times: 4 });
  expect(summary(await source.on('cs.LG', '2025-07-07'))).toHaveLength(2);
});

test.each(['2025-01-02', '2025-07-09'])('says that arXiv does not show the date %s', async (date) => {
  const { source, arxiv } = await start();
  const error = await source.on('cs.LG', date).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ExternalError);
  expect(error).toMatchObject({ status: 400, retryable: false, message: expect.stringMatching(/last 90 days/) });
  expect(arxiv.requests).toHaveLength(1);
});

test('refuses a day that stays incomplete', async () => {
  const { source, arxiv } = await start({ pageSize: 2 });
  const without = (body: string) => body.replace(/<dt>[\s\S]*?<\/dd>/, '').replace('showing 1 of 1', 'showing 0 of 1');
  arxiv.failNext({ kind: 'change', change: without }, { route: 'catchup', times: 1_000 });
  const error = await source.on('cs.LG', '2025-07-08').catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ExternalError);
  expect(error).toMatchObject({ retryable: true });
});

test('refuses pages that repeat a paper instead of showing another', async () => {
  const { source, arxiv } = await start({ pageSize: 1 });
  const repeat = (body: string) => body.replaceAll('2507.00102', '2507.00101');
  arxiv.failNext({ kind: 'change', change: repeat }, { route: 'catchup', times: 1_000 });
  await expect(source.on('cs.LG', '2025-07-07')).rejects.toThrow(ExternalError);
});

test('refuses a catch-up with fewer new papers than the listing, but not with fewer replacements', async () => {
  const fewer = (word: string, from: number) => (body: string) =>
    body
      .replace(
        new RegExp(`${word} submissions \\((.*?) of ${from} entries`),
        `${word} submissions ($1 of ${from + 1} entries`,
      )
      .replaceAll('Total of 5', 'Total of 6');
  const { source, arxiv } = await start({ pageSize: 4 });
  arxiv.failNext({ kind: 'change', change: fewer('Replacement', 2) }, { route: 'list' });
  expect(summary(await source.newest('cs.LG'))).toEqual(wholeTuesday);
  arxiv.failNext({ kind: 'change', change: fewer('New', 2) }, { route: 'list' });
  arxiv.failNext({ kind: 'status', status: 404 }, { route: 'rss' });
  await expect(source.newest('cs.LG')).rejects.toThrow(/2 papers of type new, but its listing has 3/);
});

test('ends an aborted call with the reason', async () => {
  const { source } = await start();
  const controller = new AbortController();
  controller.abort(new Error('shutting down'));
  await expect(source.newest('cs.LG', controller.signal)).rejects.toThrow('shutting down');
});

test('reads submissions from the query API', async () => {
  const { source, arxiv } = await start();
  const window = { from: new Date('2025-07-07T00:00:00Z'), to: new Date('2025-07-08T00:00:00Z') };
  const found = await source.submitted('cs.LG', window);
  expect(found.map(({ paper: { id }, type }) => `${id} ${type}`)).toEqual([
    '2507.00201 new',
    '2507.00202 new',
    '2507.00203 cross',
    '2506.00009 cross',
  ]);
  expect(arxiv.requests).toHaveLength(1);
  expect(arxiv.requests[0]).toMatch(/^\/api\/query\?/);
});
