import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/core/digest.ts';
import { channelFeed, topicFeedName, topicsWithFeed } from '../../../src/pages/formats/feed.ts';
import { entryOf, paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { entry, fullDay, storedDigest } from '../written-day.ts';

const now = new Date('2025-07-10T00:00:00.000Z');
const feedOf = (digests: Digest[]): string => channelFeed({ channel: 'foundations', digests, now });

type Link = { '@rel': string; '@href': string };
type Entry = {
  id: string;
  title: string;
  updated: string;
  link: Link;
  content: { '#text': string; '@type': string };
};

const parsed = (feed: string): { id: string; updated: string; rights: string; link: Link[]; entry: Entry[] } =>
  new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    isArray: (name) => name === 'entry',
  }).parse(feed).feed;

const days = (count: number): Digest[] =>
  Array.from({ length: count }, (_, day) => {
    const date = `2025-06-${String(day + 1).padStart(2, '0')}`;
    return storedDigest([entry(1, `2506.000${date.slice(8)}`)], { date, createdAt: `${date}T13:00:00.000Z` });
  });

describe('the feed of a channel', () => {
  it('matches its golden file', async () => {
    const empty = storedDigest([], { date: '2025-07-07', nearest: [entry(1, '2507.00009')] });
    const feed = feedOf([empty, fullDay().digest]);
    expect(XMLValidator.validate(feed)).toBe(true);
    await expect(feed).toMatchFileSnapshot('golden/feed.xml');
  });

  it('has an entry for each paper of the newest ten digests, newest first', () => {
    const { entry: entries, updated } = parsed(feedOf(days(25)));
    expect(entries).toHaveLength(10);
    expect(entries[0]).toMatchObject({
      title: 'Title of 2506.00025',
      updated: '2025-06-25T13:00:00.000Z',
      link: { '@href': 'https://arxiv.org/abs/2506.00025' },
      author: [{ name: 'Ada First' }, { name: 'Ben Second' }],
      summary: 'Relevance 9 · Novelty 8. Comment on 2506.00025.',
    });
    expect(entries[0]?.content['#text']).toContain('Abstract of 2506.00025.');
    expect(updated).toBe('2025-06-25T13:00:00.000Z');
  });

  it('has the papers of one topic in a feed of their own', () => {
    const digest = storedDigest([
      entry(1, '2507.00001', { topic: 'Model Compression' }),
      entry(2, '2507.00002', { topic: 'Sparsity & Pruning' }),
      entry(3, '2507.00003', { topic: undefined }),
    ]);
    expect(topicsWithFeed([digest])).toEqual(['Model Compression', 'Sparsity & Pruning']);
    expect(topicFeedName('Sparsity & Pruning')).toBe('feed-sparsity-pruning.xml');
    expect(topicFeedName('稀疏')).toBeUndefined();
    const topic = 'Sparsity & Pruning';
    const feed = parsed(channelFeed({ channel: 'foundations', digests: [digest], now, topic }));
    expect(feed.entry.map(({ title }) => title)).toEqual(['Title of 2507.00002']);
    expect(feed.link[0]?.['@href']).toBe('feed-sparsity-pruning.xml');
    expect(feed.id).not.toBe(parsed(feedOf([digest])).id);
  });

  it('is well-formed without digests', () => {
    const feed = feedOf([]);
    expect(XMLValidator.validate(feed)).toBe(true);
    expect(parsed(feed).updated).toBe('2025-07-10T00:00:00.000Z');
  });

  it('has unique, stable ids', () => {
    const ids = (feed: string): string[] => [parsed(feed).id, ...parsed(feed).entry.map(({ id }) => id)];
    const early = ids(feedOf(days(3)));
    expect(new Set(early).size).toBe(4);
    expect(ids(feedOf(days(4)))).toEqual(expect.arrayContaining(early));
    for (const id of early)
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('links to pages at the public address, or else in its own folder', () => {
    const linksOf = (base?: string) => {
      const { link, entry: entries } = parsed(channelFeed({ channel: 'foundations', digests: days(1), now, base }));
      const page = /href="([^"]*#paper-1)"/.exec(entries[0]?.content['#text'] ?? '')?.[1];
      return [...link.map((one) => one['@href']), page];
    };
    expect(linksOf()).toEqual(['feed.xml', 'index.html', '2025-06-01.html#paper-1']);
    const base = 'https://papers.example.org/foundations/';
    expect(linksOf(base)).toEqual([`${base}feed.xml`, `${base}index.html`, `${base}2025-06-01.html#paper-1`]);
  });

  it('escapes hostile text, also within its HTML', () => {
    const text = ']]> <script>alert(1)</script> "quoted" & \'so\' \u0000\u0008\ufffe\ud800 \u202e end';
    const paper = paperOf('2507.00001', { title: text, authors: [text] });
    const one = {
      ...entryOf(1, paper, scoreOf('2507.00001', 9, 8, { comment: text })),
      ...{ topic: text, summary: { summaryId: 1, text } },
      nudge: { points: 1, words: text },
    };
    const feed = channelFeed({
      channel: text,
      digests: [storedDigest([one], { channel: text, notices: [text] })],
      now,
    });
    expect(XMLValidator.validate(feed)).toBe(true);
    expect(feed).toBe(feed.toWellFormed());
    expect(feed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\ufffe]/u);
    const content = parsed(feed).entry[0]?.content['#text'] ?? '';
    expect(content).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(content).not.toMatch(/<script|\u202e/);
  });

  it('begins with the summary of a paper', () => {
    const summary = { summaryId: 1, text: 'Sorts in $O(n)$.' };
    const [one] = parsed(feedOf([storedDigest([entry(1, '2507.00001', { summary })])])).entry;
    expect(one).toMatchObject({ summary: 'Sorts in O(n). Relevance 9 · Novelty 8. Why: Comment on 2507.00001.' });
    expect(one?.content['#text']).toMatch(/^<p>Sorts in O\(n\)\.<\/p>\n<p><b>Why: Comment on 2507\.00001\./);
  });

  it('leaves out an empty comment', () => {
    const one = entryOf(1, paperOf('2507.00001'), scoreOf('2507.00001', 9, 8, { comment: '' }));
    expect(feedOf([storedDigest([one])])).not.toContain('&lt;p&gt;&lt;/p&gt;');
  });

  it('mentions the effect of votes only from half a point', () => {
    const small = entry(1, '2507.00001', { nudge: { points: 0.4, words: 'you liked 5 papers on quantization' } });
    expect(feedOf([storedDigest([small, entry(2, '2507.00002')])])).not.toMatch(/votes moved|moved by/i);
  });

  it('shows mathematics in plain characters', () => {
    const paper = paperOf('2507.00001', { title: 'In $O(n^2)$' });
    const feed = feedOf([storedDigest([entryOf(1, paper, scoreOf('2507.00001', 9, 8))])]);
    expect(parsed(feed).entry[0]?.title).toBe('In O(n²)');
  });
});
