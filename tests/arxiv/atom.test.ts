import { expect, test } from 'vitest';
import { parseAtom } from '../../src/arxiv/atom.ts';
import type { FakePaper } from '../fakes/arxiv.ts';
import { arxivAtom } from '../fakes/arxiv-pages.ts';

const paper = (id: string, more: Partial<FakePaper> = {}): FakePaper => ({
  id,
  title: `On ${id}`,
  abstract: `About ${id}.`,
  authors: ['Ada Moe'],
  categories: ['cs.LG', 'cs.AI'],
  ...more,
});

const submitted = '2025-03-04T17:59:58Z';

const answerOf = (...papers: FakePaper[]): string =>
  arxivAtom({ query: 'cat:cs.LG', found: papers.map((one) => ({ paper: one, submitted })), start: 0, max: 100 });

const first = (xml: string) => parseAtom(xml).papers[0]?.paper;

test('reads every field of an entry', () => {
  const xml = answerOf(
    paper('2503.00001', {
      version: 12,
      title: `${String.raw`Schr\"odinger &`}\n  $x<y$`,
      abstract: `${String.raw`With $\alpha < 1$,`}\nsee https://example.org/code.`,
      authors: [String.raw`Andr\'e Moe`, 'Bo Ek, Jr.'],
      affiliation: 'Univ. A, Lab B',
      comments: '9 pages,\n 2 figures',
      doi: '10.1000/abc',
      journalReference: 'J. Test 1 (2025)',
    }),
  );
  expect(parseAtom(xml)).toEqual({
    total: 1,
    ids: ['2503.00001'],
    unreadable: [],
    papers: [
      {
        submitted: new Date(submitted),
        paper: {
          id: '2503.00001',
          version: 12,
          title: 'Schrödinger & $x<y$',
          abstract: String.raw`With $\alpha < 1$, see https://example.org/code.`,
          authors: ['André Moe', 'Bo Ek, Jr.'],
          categories: ['cs.LG', 'cs.AI'],
          comments: '9 pages, 2 figures',
          doi: '10.1000/abc',
          journalReference: 'J. Test 1 (2025)',
        },
      },
    ],
  });
});

test('reads an answer whose elements each declare their namespace', () => {
  const xml = answerOf(paper('2503.00001', { comments: '9 pages', doi: '10.1000/abc' }))
    .replace(/<(opensearch:\w+)>/g, '<$1 xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">')
    .replace(/<(arxiv:\w+)(?=[ >])/g, '<$1 xmlns:arxiv="http://arxiv.org/schemas/atom"')
    .replace('<title>On', '<title type="html">On');
  expect(parseAtom(xml).total).toBe(1);
  expect(first(xml)).toMatchObject({ title: 'On 2503.00001', comments: '9 pages', doi: '10.1000/abc' });
});

test('reads one entry with one author and one category as lists of one', () => {
  expect(first(answerOf(paper('2503.00001', { categories: ['cs.LG'] })))).toMatchObject({
    authors: ['Ada Moe'],
    categories: ['cs.LG'],
  });
});

test('keeps ids of both forms', () => {
  expect(parseAtom(answerOf(paper('2401.00010'), paper('hep-th/9901001'))).ids).toEqual([
    '2401.00010',
    'hep-th/9901001',
  ]);
});

test("puts the primary category first and leaves out authors' own subject classes", () => {
  const xml = answerOf(paper('2503.00001', { categories: ['cs.AI', '68T05, 62M10', 'I.2.6', 'cs.LG'] }));
  expect(first(xml.replace('primary_category term="cs.AI"', 'primary_category term="cs.LG"'))?.categories).toEqual([
    'cs.LG',
    'cs.AI',
  ]);
});

test('does not read the colon after a collaboration as an author', () => {
  const xml = answerOf(paper('2503.00001', { authors: ['TEST Collaboration', ':', 'Ada Moe'] }));
  expect(first(xml)?.authors).toEqual(['TEST Collaboration', 'Ada Moe']);
});

test('reads markup and entities in a text as text', () => {
  const title = '<script>alert(1)</script> & &lt;b&gt; ]]>';
  expect(first(answerOf(paper('2503.00001', { title })))?.title).toBe(title);
});

test('names an entry that lacks a required field', () => {
  const xml = answerOf(
    paper('2503.00001'),
    paper('2503.00002'),
    paper('2503.00003'),
    paper('2503.00004', { categories: ['A'] }),
  )
    .replace('<title>On 2503.00002</title>', '<title/>')
    .replace(/(abs\/2503\.00003v1<[\s\S]*?<published>)[^<]*/, '$1some day');
  const { ids, papers, unreadable } = parseAtom(xml);
  expect(ids).toHaveLength(4);
  expect(papers.map((read) => read.paper.id)).toEqual(['2503.00001']);
  expect(unreadable).toEqual(['2503.00002', '2503.00003', '2503.00004']);
});

test('accepts an entry whose optional fields are missing or broken', () => {
  const xml = answerOf(paper('2503.00001', { abstract: '', authors: [], doi: '10.1000/a' }))
    .replace(/<summary>[\s\S]*?<\/summary>/, '')
    .replace('<arxiv:doi>', '<arxiv:doi><part/>')
    .replace(/<arxiv:primary_category[^>]*>/, '<arxiv:primary_category/>');
  expect(first(xml)).toEqual({
    id: '2503.00001',
    version: 1,
    title: 'On 2503.00001',
    abstract: '',
    authors: [],
    categories: ['cs.LG', 'cs.AI'],
    doi: '10.1000/a',
  });
});

test('refuses an answer that is cut off at any point', () => {
  const xml = answerOf(paper('2503.00001'), paper('2503.00002'));
  for (const part of [0, 0.1, 0.5, 0.9, 0.99]) {
    expect(() => parseAtom(xml.slice(0, xml.length * part))).toThrow(/cut off/);
  }
  expect(() => parseAtom(`${xml.slice(0, xml.indexOf('</entry>'))}</feed>`)).toThrow(/broken/);
});

test.each([
  ['<html><body>Maintenance</body></html>', /cut off/],
  ['<feed><entry></feed>', /broken/],
  ['<feed></feed>', /not a list of papers/],
  [answerOf(paper('2503.00001')).replace('totalResults>1<', 'totalResults>many<'), /not a list of papers/],
  [answerOf(paper('2503.00001')).replace('abs/2503.00001v1', 'abs/2503.00001'), /no id and version/],
])('refuses a broken answer (%#)', (xml, reason) => {
  expect(() => parseAtom(xml)).toThrow(reason);
});

test('reports an error sent as an entry', () => {
  const xml = answerOf(paper('2503.00001', { title: 'Error', abstract: 'start must be an integer' })).replace(
    'abs/2503.00001v1',
    'api/errors#start_must_be_an_integer',
  );
  expect(() => parseAtom(xml)).toThrow(
    expect.objectContaining({ name: 'ExternalError', message: expect.stringContaining('start must be an integer') }),
  );
});

test('reads an empty answer as an empty list', () => {
  expect(parseAtom(answerOf())).toEqual({ total: 0, ids: [], papers: [], unreadable: [] });
});

test('reads a long answer with many entities', () => {
  const abstract = '<&>"'.repeat(400);
  const slice = parseAtom(
    answerOf(...Array.from({ length: 100 }, (_, n) => paper(`2503.${10_000 + n}`, { abstract }))),
  );
  expect(slice.papers.at(-1)?.paper.abstract).toBe(abstract);
});
