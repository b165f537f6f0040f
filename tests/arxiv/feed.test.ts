import { expect, test } from 'vitest';
import { parseFeed } from '../../src/arxiv/feed.ts';
import type { FakePaper } from '../fakes/arxiv.ts';
import { arxivFeed } from '../fakes/arxiv-pages.ts';
import { keepWarnings } from '../fakes/logger.ts';

const paper = (id: string, more: Partial<FakePaper> = {}): FakePaper => ({
  id,
  title: `On ${id}`,
  abstract: `About ${id}.`,
  authors: ['Ada Moe'],
  categories: ['cs.LG', 'cs.AI'],
  ...more,
});

const feedOf = (...papers: FakePaper[]): string =>
  arxivFeed({
    category: 'cs.LG',
    date: '2025-07-08',
    entries: papers.map((entry) => ({ paper: entry, kind: entry.replaced ? 'replace' : 'new' })),
  });

const { logger } = keepWarnings();

test('reads every field of an item', () => {
  const xml = feedOf(
    paper('2507.00001', {
      version: 3,
      title: String.raw`Schr\"odinger & $x<y$`,
      abstract: String.raw`With $\alpha < 1$,\n see https://example.org/code.`.replace(String.raw`\n`, '\n'),
      authors: [String.raw`Andr\'e Moe`, 'Bo Ek'],
      affiliation: 'Univ. A, Lab B',
      doi: '10.1000/abc',
      journalReference: 'J. Test 1 (2025)',
      license: 'http://creativecommons.org/licenses/by/4.0/',
    }),
  );
  expect(parseFeed(xml, logger)).toEqual({
    date: '2025-07-08',
    leftOut: 0,
    papers: [
      {
        type: 'new',
        paper: {
          id: '2507.00001',
          version: 3,
          title: 'Schrödinger & $x<y$',
          abstract: String.raw`With $\alpha < 1$, see https://example.org/code.`,
          authors: ['André Moe', 'Bo Ek'],
          categories: ['cs.LG', 'cs.AI'],
          doi: '10.1000/abc',
          journalReference: 'J. Test 1 (2025)',
          license: 'http://creativecommons.org/licenses/by/4.0/',
        },
      },
    ],
  });
});

test('reads one item with one category as lists of one', () => {
  const { papers } = parseFeed(feedOf(paper('2507.00001', { categories: ['cs.LG'] })), logger);
  expect(papers.map((item) => item.paper.categories)).toEqual([['cs.LG']]);
});

test('keeps an id that looks like a number', () => {
  const { papers } = parseFeed(feedOf(paper('2401.00010'), paper('hep-th/9901001')), logger);
  expect(papers.map((item) => item.paper.id)).toEqual(['2401.00010', 'hep-th/9901001']);
});

test('leaves out a license that is not a web address', () => {
  const { papers } = parseFeed(feedOf(paper('2507.00001', { license: 'javascript:alert(1)' })), logger);
  expect(papers[0]?.paper.license).toBeUndefined();
});

test('reads numeric entities as characters', () => {
  const xml = feedOf(paper('2507.00001')).replace('Ada Moe', 'Ren&#233; M&#xF8;e');
  expect(parseFeed(xml, logger).papers[0]?.paper.authors).toEqual(['René Møe']);
});

test("leaves out authors' own subject classes", () => {
  const { papers } = parseFeed(feedOf(paper('2507.00001', { categories: ['cs.LG', '68T05', 'I.2.6; I.5.1'] })), logger);
  expect(papers[0]?.paper.categories).toEqual(['cs.LG']);
});

test('keeps whether a replacement is cross-listed', () => {
  const xml = feedOf(
    paper('2507.00001', { replaced: true, version: 2 }),
    paper('2507.00002', { replaced: true, version: 2, categories: ['cs.AI', 'cs.LG'] }),
  );
  expect(parseFeed(xml, logger).papers.map(({ type }) => type)).toEqual(['replace', 'replace-cross']);
});

test('logs, counts and leaves out an unreadable item', () => {
  const { logger: kept, warnings } = keepWarnings();
  const xml = feedOf(paper('2507.00001'), paper('2507.00002'), paper('2507.00003'), paper('2507.00004'))
    .replace('oai:arXiv.org:2507.00002v1', 'nonsense')
    .replace('<title>On 2507.00003</title>', '<title>On 2507.00003</titel>');
  const feed = parseFeed(xml, kept);
  expect(feed.papers.map((item) => item.paper.id)).toEqual(['2507.00001', '2507.00004']);
  expect(feed.leftOut).toBe(2);
  expect(warnings).toHaveLength(2);
});

test('leaves out a change of the abstract alone', () => {
  const xml = feedOf(paper('2507.00001')).replaceAll('>new<', '>absonly<');
  expect(parseFeed(xml, logger)).toMatchObject({ papers: [], leftOut: 0 });
});

test('refuses a feed that is cut off at any point', () => {
  const xml = feedOf(paper('2507.00001'), paper('2507.00002'));
  for (const part of [0.1, 0.5, 0.9, 0.99]) {
    expect(() => parseFeed(xml.slice(0, xml.length * part), logger)).toThrow(/cut off/);
  }
});

test('refuses a page that is not a feed', () => {
  expect(() => parseFeed('<html><body>Hello</body></html>', logger)).toThrow(/cut off/);
  expect(() => parseFeed('<rss><item></rss>', logger)).toThrow(/broken/);
  expect(() => parseFeed('<rss></rss>', logger)).toThrow(/no channel/);
});

test('does not retry a category that arXiv refuses', () => {
  const xml = '<rss><channel><title>Feed error for query: cs.XX</title><description>Bad</description></channel></rss>';
  expect(() => parseFeed(xml, logger)).toThrow(expect.objectContaining({ retryable: false }));
});

test('reads an empty feed', () => {
  expect(parseFeed(feedOf(), logger)).toEqual({ date: '2025-07-08', papers: [], leftOut: 0 });
});

test('reads a full feed of 2,000 items with many entities', () => {
  const abstract = '<&>"'.repeat(60);
  const xml = feedOf(
    ...Array.from({ length: 2_000 }, (_, n) => paper(`2507.${String(n).padStart(5, '0')}`, { abstract })),
  );
  const { papers, leftOut } = parseFeed(xml, logger);
  expect([papers.length, leftOut, papers.at(-1)?.paper.abstract]).toEqual([2_000, 0, abstract]);
});
