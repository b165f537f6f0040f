import { describe, expect, it } from 'vitest';
import { parseFeed } from '../../src/arxiv/feed.ts';
import { parseFullText } from '../../src/arxiv/fulltext.ts';
import { parseListing } from '../../src/arxiv/listing.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { quietLogger } from '../fakes/logger.ts';

// Each of these took minutes or exhausted the stack, so without its limit a test would run out of time.
const times = 70_000;
const page = (content: string): string =>
  `<html><div id='dlpage'><h3>Showing new listings for Tuesday, 8 July 2025</h3>Total of 1 entries ${content}</div></html>`;
const entry = (content: string): string =>
  page(
    `<dl><h3>New submissions (showing 1 of 1 entries)</h3><dt><a href="/abs/2507.00001">1</a></dt><dd>${content}</dd></dl>`,
  );

describe('hostile markup', () => {
  it.each<[string, () => unknown]>([
    ['a listing of elements without an end', () => parseListing(entry('<div class="meta">'.repeat(times)))],
    ['a listing of entries without an end', () => parseListing(page(`<dl>${'<dt '.repeat(times)}</dl>`))],
    ['a listing of lists without an end', () => parseListing(page('<dl '.repeat(times)))],
    ['a feed of items without an end', () => parseFeed(`<rss>${'<item '.repeat(times)}</rss>`, quietLogger)],
    [
      'a feed of nested elements',
      () => parseFeed(`<rss>${'<a>'.repeat(times)}${'</a>'.repeat(times)}</rss>`, quietLogger),
    ],
    ['a full text of elements without an end', () => parseFullText(`<html><article>${'<p>'.repeat(times)}</html>`)],
    ['a full text with too many elements', () => parseFullText(`<html>${'<p>x</p>'.repeat(3 * times)}</html>`)],
  ])('is refused at once: %s', (_, parse) => {
    expect(parse).toThrow(ExternalError);
  });

  it.each([
    ['comments', '<!--'],
    ['scripts', '<script '],
    ['formulas', '<math '],
  ])('with %s without an end leaves out what follows', (_, opening) => {
    const html = `<html><article><p>Before.</p>${opening.repeat(1_500)}</article></html>`;
    expect(JSON.stringify(parseFullText(html))).toContain('Before.');
  });
});
