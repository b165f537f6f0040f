import { XmlParseError } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/core/digest.ts';
import { channelFeed, topicsWithFeed } from '../../../src/pages/formats/feed.ts';
import { entryOf, paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { entry, fullDay, matched, mixedDay, storedDigest } from '../written-day.ts';
import { atomFaults } from './atom-faults.ts';

const now = new Date('2025-07-10T00:00:00.000Z');
const base = 'https://papers.example.org/foundations/';

const feedOf = (digests: Digest[], more: Partial<Parameters<typeof channelFeed>[0]> = {}): string =>
  channelFeed({ channel: 'foundations', digests, now, base, ...more });

const titles = [
  'Sorting in $O(n \\log n)$ for $x < y$ & $\\{a\\}$, or for $5 to $10',
  'Bounds $\\sum_{i=1}^{n} x_i \\le \\sqrt{n}$ with \\alpha, \\unknown{$x$} and $unclosed',
  ']]> <![CDATA[ <!-- </title><entry> <script>alert(1)</script> "quoted" \'so\' &amp; &#0; &nosuch;',
  'Controls \u0000\u0008\u001f\u007f\u0085\ufffe\uffff, half a pair \ud800, directions \u202e\u2066 end',
  '稀疏网络 العربية 𝔐𝕒𝕥𝕙 👩‍🔬 \u{e0001}',
  '   ',
  '',
];

/** Papers whose every text from outside is one of the titles. */
const hostileDigest = (): Digest => {
  const entries = titles.map((text, index) => {
    const id = `2507.0000${index + 1}`;
    const paper = paperOf(id, { title: text, abstract: text, authors: [text, 'Ada First'], categories: ['cs.LG'] });
    return {
      ...entryOf(index + 1, paper, scoreOf(id, 9, 8, { comment: text })),
      topic: text,
      summary: { summaryId: index + 1, text },
      nudge: { points: 1, words: text },
    };
  });
  return storedDigest([...entries, entry(8, '2507.00008', { topic: undefined })], { notices: titles });
};

describe('the Atom feed, validated by the schema of RFC 4287', () => {
  it.each([
    ['a day with every kind of content', [fullDay().digest]],
    ['a day with papers of both scorers', [mixedDay().digest]],
    ['hostile and mathematical texts', [hostileDigest()]],
    [
      'a paper without authors or a comment',
      [
        storedDigest([
          entryOf(1, paperOf('2507.00001', { authors: [] }), scoreOf('2507.00001', 9, 8, { comment: '' })),
        ]),
      ],
    ],
    ['an invented paper', [storedDigest([matched(1, 'sample.0001', 1, 99)])]],
    [
      'the same paper on two days',
      [storedDigest([entry(1, '2507.00001')]), storedDigest([entry(1, '2507.00001')], { date: '2025-07-09' })],
    ],
    ['a day without papers', [storedDigest([])]],
    ['no day', []],
  ])('is valid for %s', (_name, digests) => {
    expect(atomFaults(feedOf(digests), 'absolute')).toEqual([]);
    expect(atomFaults(feedOf(digests, { base: undefined }), 'relative')).toEqual([]);
  });

  it('is valid for each topic, and for a channel with a hostile name', () => {
    const digest = hostileDigest();
    const topics = topicsWithFeed([digest]);
    expect(topics.length).toBeGreaterThan(3);
    for (const topic of topics) expect(atomFaults(feedOf([digest], { topic }), 'absolute')).toEqual([]);
    for (const channel of titles) expect(atomFaults(feedOf([digest], { channel }), 'absolute')).toEqual([]);
  });
});

const days = (): Digest[] => [
  storedDigest([entry(1, '2507.00001'), entry(2, '2507.00002')]),
  storedDigest([entry(1, '2507.00003')], { date: '2025-07-09' }),
];

/** Replaces the first match, and fails if there is none. */
const replaced = (feed: string, pattern: RegExp | string, by: string): string => {
  const broken = feed.replace(pattern, by);
  expect(broken).not.toBe(feed);
  return broken;
};

describe('the validation', () => {
  it.each([
    ['without its id', /<id>.*?<\/id>/, ''],
    ['without its title', /<title>.*?<\/title>/, ''],
    ['without its update', /<updated>.*?<\/updated>/, ''],
    ['with a date in words', /<updated>.*?<\/updated>/, '<updated>9 July 2025</updated>'],
    ['with a date without a time', /<updated>.*?<\/updated>/, '<updated>2025-07-09</updated>'],
    ['with two titles', '<rights>', '<title>Another</title><rights>'],
    ['with an unknown element', '<rights>', '<item>1</item><rights>'],
    ['that continues after its entries', '</feed>', '<rights>1</rights></feed>'],
    ['with an entry without an id', /(<entry>\s*)<id>.*?<\/id>/, '$1'],
    ['with an entry without an update', /(<entry>[\s\S]*?)<updated>.*?<\/updated>/, '$1'],
    ['with a link without an address', /(<entry>[\s\S]*?)href="[^"]*"/, '$1'],
    ['with an author without a name', /(<author>)<name>.*?<\/name>/, '$1'],
    ['with a category without a term', '<summary>', '<category/><summary>'],
    ['with HTML as elements', /<content type="html">[\s\S]*?<\/content>/, '<content type="html"><p>1</p></content>'],
    ['with a relative link', `href="${base}feed.xml"`, 'href="feed.xml"'],
    ['with a script as a link', `href="${base}index.html"`, 'href="javascript:alert(1)"'],
    [
      'with two alternate links',
      '<generator>',
      '<link rel="alternate" type="text/html" href="https://e.org/"/><generator>',
    ],
  ])('rejects a feed %s', (_name, pattern, by) => {
    const feed = feedOf(days());
    expect(atomFaults(feed, 'absolute')).toEqual([]);
    expect(atomFaults(replaced(feed, pattern, by), 'absolute')).not.toEqual([]);
  });

  it('rejects an entry that nobody wrote or that leads nowhere, and an id of two entries', () => {
    const feed = feedOf(days());
    const withoutAuthors = feed.replace(/<author>.*<\/author>/g, '');
    expect(atomFaults(withoutAuthors, 'absolute').join('\n')).toContain('must have an atom:author');
    const withoutContent = feed.replace(/<content[\s\S]*?<\/content>/g, '').replace(/<link rel="alternate"[^>]*>/g, '');
    expect(atomFaults(withoutContent, 'absolute').join('\n')).toContain(
      "rel attribute of 'alternate' or an atom:content",
    );
    const [, , first = '', second = ''] = feed.split('<id>').map((part) => part.split('</id>')[0] ?? '');
    expect(atomFaults(feed.replace(second, first), 'absolute').join('\n')).toContain(
      'An id may belong to one entry only',
    );
  });

  it('rejects text that is not XML', () => {
    const feed = feedOf(days());
    for (const text of ['&', '<', '\u0001', '&nosuch;'])
      expect(() => atomFaults(replaced(feed, 'Title of', text), 'absolute')).toThrow(XmlParseError);
  });
});
