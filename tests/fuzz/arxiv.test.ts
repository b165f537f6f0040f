import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAtom } from '../../src/arxiv/atom.ts';
import { categoryForm, parseFeed } from '../../src/arxiv/feed.ts';
import { parseFullText } from '../../src/arxiv/fulltext.ts';
import { parseListing } from '../../src/arxiv/listing.ts';
import { isIsoDate } from '../../src/core/dates.ts';
import { ExternalError } from '../../src/core/errors.ts';
import type { FakePaper } from '../fakes/arxiv.ts';
import { arxivAtom, arxivFeed, arxivListing, type FakeEntry } from '../fakes/arxiv-pages.ts';
import { quietLogger } from '../fakes/logger.ts';
import { fuzzing, mutated } from './mutations.ts';

const paper: FakePaper = {
  ...{
    id: '2507.00001',
    title: 'Gears & $\\alpha$-cogs <of> learning',
    authors: ['Ada Lovelace', 'Émilie du Châtelet'],
  },
  abstract: 'We study gears. See https://example.org/gears for the code, where $x < y$ holds.',
  ...{ categories: ['cs.LG', 'stat.ML'], comments: '9 pages, see https://example.org', doi: '10.1000/1' },
};
const entries: FakeEntry[] = [
  { paper, kind: 'new' },
  { paper: { ...paper, id: '2507.00002', categories: ['cs.AI', 'cs.LG'] }, kind: 'cross' },
  { paper: { ...paper, id: '2507.00003', version: 3 }, kind: 'replace' },
];
const about = { category: 'cs.LG', date: '2025-07-08', entries };
const feed = arxivFeed(about);
const listings = [false, true].map((catchup) => arxivListing({ ...about, page: 1, pageSize: 50, catchup }));
const atom = arxivAtom({
  ...{ query: 'cat:cs.LG', start: 0, max: 10 },
  found: entries.map((entry) => ({ paper: entry.paper, submitted: '2025-07-07T12:00:00Z' })),
});
const fullText = `<html><body><article class="ltx_document"><section><h2>1 Introduction</h2><p>Gears <math alttext="x^2"><mi>x</mi></math> learn.</p>
<!-- no --><table><tr><td>1</td></tr></table></section><section><h2>2 Method</h2><p>We turn them.</p></section></article></body></html>`;

/** What was read; undefined if the parser refused the input with an error for people. */
const readOrRefused = <T>(parse: () => T): T | undefined => {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ExternalError) return undefined;
    throw error;
  }
};

const expectPapers = (
  papers: readonly { id: string; title: string; abstract: string; categories: string[] }[],
): void => {
  for (const { id, title, abstract, categories } of papers) {
    expect(id).toMatch(/^(?:\d{4}\.\d{4,5}|[\w.-]+\/\d{7})$/);
    expect(title.isWellFormed() && abstract.isWellFormed()).toBe(true);
    expect(title).not.toMatch(/\p{Cc}/u);
    for (const category of categories) expect(category).toMatch(categoryForm);
  }
};

describe('a broken answer of arXiv is read as far as it is sound, or refused', () => {
  it('as a feed', () => {
    fc.assert(
      fc.property(mutated(feed), (xml) => {
        const read = readOrRefused(() => parseFeed(xml, quietLogger));
        if (!read) return;
        if (read.date !== undefined) expect(isIsoDate(read.date)).toBe(true);
        const papers = read.papers.map((one) => one.paper);
        expectPapers(papers);
        for (const { title } of papers) expect(title.trim()).not.toBe('');
      }),
      fuzzing,
    );
  });

  it('as a listing, whose missing fields are empty', () => {
    fc.assert(
      fc.property(mutated(...listings), (html) => {
        const read = readOrRefused(() => parseListing(html));
        if (!read) return;
        for (const { total, papers } of read.sections) {
          expect(total).toBeGreaterThanOrEqual(0);
          expectPapers(papers);
        }
      }),
      fuzzing,
    );
  });

  it('as an answer of the query API', () => {
    fc.assert(
      fc.property(mutated(atom), (xml) => {
        const read = readOrRefused(() => parseAtom(xml));
        if (read) expectPapers(read.papers.map((one) => one.paper));
      }),
      fuzzing,
    );
  });

  it('as a full text', () => {
    fc.assert(
      fc.property(mutated(fullText), (html) => {
        for (const { text } of readOrRefused(() => parseFullText(html)) ?? [])
          expect(text.isWellFormed() && text.trim() !== '').toBe(true);
      }),
      fuzzing,
    );
  });
});
