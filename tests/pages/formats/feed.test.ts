import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/core/digest.ts';
import { channelFeed } from '../../../src/pages/formats/feed.ts';
import { entryOf, paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { entry, fullDay, storedDigest } from '../written-day.ts';

const now = new Date('2025-07-10T00:00:00.000Z');
const feedOf = (digests: Digest[]): string => channelFeed({ channel: 'foundations', digests, now });

type Link = { '@rel': string; '@href': string };
type Entry = { id: string; title: string; updated: string; link: Link; content: { '#text': string; '@type': string } };

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
    return storedDigest([entry(1, '2506.00001')], { date, createdAt: `${date}T13:00:00.000Z` });
  });

describe('the feed of a channel', () => {
  it('matches its golden file', async () => {
    const empty = storedDigest([], { date: '2025-07-07', nearest: [entry(1, '2507.00009')] });
    const feed = feedOf([empty, fullDay().digest]);
    expect(XMLValidator.validate(feed)).toBe(true);
    await expect(feed).toMatchFileSnapshot('golden/feed.xml');
  });

  it('lists the newest twenty days, newest first', () => {
    const { entry: entries, updated } = parsed(feedOf(days(25)));
    expect(entries).toHaveLength(20);
    expect(entries[0]).toMatchObject({
      title: 'Wednesday, 25 June 2025: 1 paper',
      updated: '2025-06-25T13:00:00.000Z',
      link: { '@href': '2025-06-25.html' },
    });
    expect(updated).toBe('2025-06-25T13:00:00.000Z');
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

  it('links to files in its own folder', () => {
    const { link, entry: entries } = parsed(feedOf(days(1)));
    expect(link.map((one) => one['@href'])).toEqual(['feed.xml', 'index.html']);
    expect(entries[0]?.link['@href']).toBe('2025-06-01.html');
    expect(entries[0]?.content['#text']).toContain('href="2025-06-01.html"');
  });

  it('escapes hostile text, also within its HTML', () => {
    const text = ']]> <script>alert(1)</script> "quoted" & \'so\' \u0000\u0008\ufffe\ud800 \u202e end';
    const paper = paperOf('2507.00001', { title: text, authors: [text] });
    const one = {
      ...entryOf(1, paper, scoreOf('2507.00001', 9, 8, { comment: text })),
      topic: text,
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
    expect(parsed(feed).entry[0]?.content['#text']).toContain('<b>In O(n²)</b>');
  });
});
