import { expect, test } from 'vitest';
import { isWhole, parseListing } from '../../src/arxiv/listing.ts';
import type { FakePaper } from '../fakes/arxiv.ts';
import { arxivListing } from '../fakes/arxiv-pages.ts';

const paper = (id: string, more: Partial<FakePaper> = {}): FakePaper => ({
  id,
  title: `On ${id}`,
  abstract: `About ${id}.`,
  authors: ['Ada Moe', 'Bo Ek'],
  categories: ['cs.LG', 'cs.AI'],
  ...more,
});

const entries = [
  { paper: paper('2507.00001'), kind: 'new' },
  { paper: paper('2507.00002'), kind: 'new' },
  { paper: paper('2507.00003', { categories: ['math.OC', 'cs.LG'] }), kind: 'cross' },
  { paper: paper('2506.00004', { version: 3 }), kind: 'replace' },
] as const;

const page = (more: Partial<Parameters<typeof arxivListing>[0]> = {}): string =>
  arxivListing({ category: 'cs.LG', date: '2025-07-08', entries, page: 1, pageSize: 2_000, catchup: false, ...more });

test.each([false, true])('reads date, total, sections and versions (catch-up page: %s)', (catchup) => {
  const listing = parseListing(page({ catchup }));
  expect(listing).toMatchObject({ date: '2025-07-08', total: 4 });
  expect(listing.sections.map(({ kind, total, papers }) => [kind, total, papers.map(({ id }) => id)])).toEqual([
    ['new', 2, ['2507.00001', '2507.00002']],
    ['cross', 1, ['2507.00003']],
    ['replace', 1, ['2506.00004']],
  ]);
  expect(listing.sections[2]?.papers[0]?.version).toBe(3);
  expect(isWhole(listing)).toBe(true);
});

test('reads every field of an entry and restores addresses', () => {
  const full = paper('2507.00009', {
    title: String.raw`{GPT} & Schr\"odinger`,
    abstract: 'Code at https://example.org/code and\n data at https://example.org/data.',
    authors: [String.raw`Andr\'e Moe`, 'Bo Ek'],
    categories: ['cs.LG', 'cond-mat.mtrl-sci', 'hep-th'],
    comments: '12 pages, see https://example.org/page',
    journalReference: 'J. Test 1 (2025)',
  });
  const listing = parseListing(page({ entries: [{ paper: full, kind: 'new' }] }));
  expect(listing.sections[0]?.papers).toEqual([
    {
      id: '2507.00009',
      version: 1,
      title: 'GPT & Schrödinger',
      abstract: 'Code at https://example.org/code and data at https://example.org/data.',
      authors: ['André Moe', 'Bo Ek'],
      categories: ['cs.LG', 'cond-mat.mtrl-sci', 'hep-th'],
      comments: '12 pages, see https://example.org/page',
      journalReference: 'J. Test 1 (2025)',
    },
  ]);
});

test("keeps a link's own text and reads a line break as a space", () => {
  const html = page().replace(
    'About 2507.00001.',
    'See <a href="https://arxiv.org/abs/2401.1">arXiv:2401.1</a><br>and &eacute;.',
  );
  expect(parseListing(html).sections[0]?.papers[0]?.abstract).toBe('See arXiv:2401.1 and é.');
});

test('reads an entry without HTML link or abstract', () => {
  const html = page({ entries: [entries[3]] })
    .replace(/, <a [^>]*title="View HTML".*?<\/a>/, '')
    .replace(/<p class='mathjax'>[\s\S]*?<\/p>/, '');
  expect(parseListing(html).sections[0]?.papers[0]).toMatchObject({ version: undefined, abstract: '' });
});

test('leaves out the note about authors that arXiv hides', () => {
  const html = page().replace('>Bo Ek<', '>et al. (17 additional authors not shown)<');
  expect(parseListing(html).sections[0]?.papers[0]?.authors).toEqual(['Ada Moe']);
});

test.each([
  'New submissions (showing 2 of 2 entries)',
  'New submissions (showing first 2 of 40 entries)',
  'New submissions (continued, showing 2 of 40 entries)',
  'New submissions (continued, showing last 2 of 40 entries)',
  'New submissions for Tuesday, 8 July 2025 (showing 2 of 40 entries )',
])('reads the heading "%s"', (heading) => {
  const html = page()
    .replace('New submissions (showing 2 of 2 entries)', heading)
    .replaceAll('Total of 4', 'Total of 42');
  const [section] = parseListing(html).sections;
  expect([section?.kind, section?.papers.length, section?.total]).toEqual(['new', 2, heading.includes('40') ? 40 : 2]);
});

test('recognizes one page of several as incomplete', () => {
  const first = parseListing(page({ pageSize: 3 }));
  expect(first).toMatchObject({ total: 4 });
  expect(isWhole(first)).toBe(false);
  const second = parseListing(page({ pageSize: 3, page: 2, catchup: true }));
  expect(second.sections.map(({ kind, papers }) => [kind, papers.length])).toEqual([['replace', 1]]);
});

test.each([false, true])('reads a day without updates as a total of 0 (catch-up page: %s)', (catchup) => {
  expect(parseListing(page({ entries: [], catchup }))).toEqual({ date: '2025-07-08', total: 0, sections: [] });
});

test.each([
  ['cut in half', (html: string) => html.slice(0, html.length / 2), /cut off/],
  ['with one entry fewer than it says', (html: string) => html.replace(/<dt>[\s\S]*?<\/dd>/, ''), /has 1/],
  ['with sections larger than the total', (html: string) => html.replaceAll('Total of 4', 'Total of 3'), /total of 3/],
  ['with a total and no section', (html: string) => html.replace(/<dl[\s\S]*<\/dl>/, ''), /shows none/],
  ['without a total', (html: string) => html.replace(/Total of \d+/g, ''), /no total/],
  ['without a date', (html: string) => html.replace('8 July 2025', ''), /no date/],
  ['with an unknown section', (html: string) => html.replace('Cross submissions', 'Other things'), /unknown section/],
  ['that is another page', () => '<html><body>Sign in</body></html>', /not a listing/],
])('refuses a page %s', (_what, change, message) => {
  expect(() => parseListing(change(page()))).toThrow(
    expect.objectContaining({ message: expect.stringMatching(message), retryable: true }),
  );
});
