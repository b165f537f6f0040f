import { describe, expect, it } from 'vitest';
import type { DigestDraft, DigestEntry } from '../../src/core/digest.ts';
import { type Message, plainText } from '../../src/core/message.ts';
import { headerMessage, paperMessage as messageOf, type ShownEntry } from '../../src/digest/messages.ts';
import { digestOf, entryOf, paperOf, scoreOf, standingOf } from '../fakes/fixtures.ts';

const entry = (rank: number, id: string, relevance = 9, novelty = 8, title = `Title of ${id}`): DigestEntry =>
  entryOf(rank, paperOf(id, { title }), scoreOf(id, relevance, novelty));

const byAuthor = (one: DigestEntry, name: string): DigestEntry => ({
  ...one,
  reason: { kind: 'author', matches: [{ name, basis: 'name' }] },
});

const hostileTitle = '<!channel> *bold* [a](https://evil.example) @everyone <script>alert(1)</script> $x<y$';
const hostile = entryOf(
  1,
  paperOf('2507.00001', { title: hostileTitle, authors: ['<@U1> *Mallory*', 'B. `Two`'], abstract: '# H\n> q' }),
  scoreOf('2507.00001', 9, 8, { comment: '<!here> says the model' }),
);

const builtIn = { engine: 'local', model: 'local-1', papers: 12 } as const;
/** A paper that the built-in scorer ranked. */
const matched = (rank: number, match: number) => {
  const id = `2507.0000${rank}`;
  return entryOf(rank, paperOf(id), standingOf(id, rank, match));
};

const two = [entry(1, '2507.00001', 10, 9), byAuthor(entry(2, '2507.00002', 3, 2), 'Ada First')];
const many = (count: number, title = 'Title of a paper with quite a long name that says all there is to say') =>
  Array.from({ length: count }, (_, index) => entry(index + 1, `2507.${10_000 + index}`, 9, 8, title));

const headers: Record<string, DigestDraft> = {
  'two-papers': digestOf(two),
  notices: digestOf(two, {
    notices: ['The daily budget of $0.02 is spent, so 3 of 12 papers were scored by the built-in scorer.'],
    engines: [
      { engine: 'openai', model: 'gpt-test', papers: 9 },
      { engine: 'local', model: 'local-1', papers: 3 },
    ],
    counts: { announced: 1820, scanned: 1012, relevant: 2, unscored: 1 },
  }),
  sample: digestOf([entry(1, 'sample.00001')], {
    channel: 'sample',
    notices: ['Every paper here is invented.'],
    engines: [{ engine: 'local', model: 'local-1', papers: 12 }],
    usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 },
  }),
  'nothing-passed': digestOf([], { nearest: [entry(1, '2507.00001', 7, 9), entry(2, '2507.00002', 7, 6)] }),
  'nothing-announced-to-read': digestOf([], {
    counts: { announced: 4, scanned: 0, relevant: 0, unscored: 0 },
    engines: [],
    usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 },
  }),
  'cut-to-top': digestOf(two, { counts: { announced: 900, scanned: 646, relevant: 48, unscored: 0 } }),
  'unknown-cost': digestOf(two, {
    usage: { promptTokens: 1234, cachedTokens: 0, completionTokens: 56, costUsd: undefined },
  }),
  'long-list': digestOf(many(52)),
  hostile: digestOf([hostile]),
  remedial: digestOf(two, { remedial: { from: '2025-07-04', to: '2025-07-06', approximate: false } }),
  'remedial-approximate': digestOf([], { remedial: { from: '2025-07-07', to: '2025-07-07', approximate: true } }),
  'by-topic': digestOf(
    [
      { ...entry(1, '2507.00001'), topic: undefined },
      { ...entry(2, '2507.00002'), topic: 'Sparsity' },
      { ...entry(3, '2507.00003'), topic: 'Quantization' },
      { ...entry(4, '2507.00004'), topic: 'Sparsity' },
    ],
    { groupByTopic: true },
  ),
  'built-in': digestOf([matched(1, 99.73), matched(2, 97.4)], {
    engines: [builtIn],
    matchLimits: { papers: 10, floor: 96 },
    usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 },
  }),
  'built-in-nothing-picked': digestOf([], {
    engines: [builtIn],
    matchLimits: { papers: 10, floor: 96 },
    nearest: [matched(1, 95.2)],
  }),
  'both-scorers': digestOf([byAuthor(matched(1, 12), 'Ada First'), entry(2, '2507.00002'), matched(3, 99.2)], {
    engines: [
      { engine: 'openai', model: 'gpt-test', papers: 9 },
      { ...builtIn, papers: 3 },
    ],
    matchLimits: { papers: 10, floor: 96 },
  }),
  'h-index': digestOf(two, { authorCheck: { minHIndex: 20, below: 130, unknown: 1_044, notLookedUp: 0 } }),
};

const papers: Record<string, ShownEntry> = {
  'by-match': matched(3, 97.4),
  'rescored-by-model': {
    ...matched(3, 97.4),
    rescored: { score: scoreOf('2507.00003', 9, 7), on: '2025-07-09' },
  },
  'by-cutoffs': entry(1, '2507.00001'),
  summary: { ...entry(1, '2507.00001'), summary: { summaryId: 1, text: 'Halves the memory of $O(n^2)$ attention.' } },
  'summary-hostile': { ...hostile, summary: { summaryId: 1, text: '<!channel> *bold* [a](https://evil.example)' } },
  'by-author': byAuthor(entry(12, '2507.00002', 3, 2), 'José Nuñez'),
  'by-two-authors': {
    ...entry(1, '2507.00002'),
    reason: {
      kind: 'author',
      matches: [
        { name: 'Ada First', basis: 'id' },
        { name: 'Ben Second', basis: 'name' },
      ],
    },
  },
  sample: entry(1, 'sample.00001'),
  'old-id': entryOf(3, paperOf('hep-th/9901001', { version: 3, categories: ['hep-th', 'cs.LG'] }), scoreOf('x', 8, 7)),
  'many-authors': entryOf(
    1,
    paperOf('2507.00003', { authors: Array.from({ length: 15 }, (_, index) => `Author ${index + 1}`) }),
    scoreOf('2507.00003', 8, 7),
  ),
  hostile,
  rescored: {
    ...entry(1, '2507.00001', 8, 7),
    rescored: { score: scoreOf('2507.00001', 9, 7, { comment: 'Said on second thought.' }), on: '2025-07-09' },
  },
};

const paperMessage = (one: ShownEntry, more: Partial<DigestDraft> = {}): Message =>
  messageOf(one, { ...digestOf([]), ...more });

const golden = (name: string) => `golden/${name}.json`;
/** In the JSON form of the project's formatter: plain text is an object too. */
const asJson = (message: Message) => {
  const plain = (_: string, value: unknown) =>
    Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? { text: one } : one)) : value;
  return `${JSON.stringify(message, plain, 2)}\n`;
};

const textsOf = (message: Message): string[] =>
  message.blocks.flatMap((block) => {
    if (block.type === 'heading' || block.type === 'code') return [block.text];
    if (block.type === 'list') return block.items.map(plainText);
    return block.type === 'paragraph' || block.type === 'note' ? [plainText(block.content)] : [];
  });

describe('the header of a digest', () => {
  it.each(Object.entries(headers))('looks like its golden file (%s)', async (name, digest) => {
    await expect(asJson(headerMessage(digest))).toMatchFileSnapshot(golden(`header-${name}`));
  });

  const header = (name: string) => textsOf(headerMessage(headers[name] ?? digestOf([])));

  it('begins with the best three papers, and ends with counts, engine and cost in one line', () => {
    expect(header('two-papers')).toEqual([
      'Tuesday, 8 July 2025 · foundations',
      '1. Title of 2507.00001  10 + 9',
      'Comment on 2507.00001.',
      '2. Title of 2507.00002  3 + 2  by Ada First',
      'Comment on 2507.00002.',
      '2 of 12 papers picked (relevance 8 and novelty 7 or higher), 1 by followed authors. 20 were announced. · Scored by gpt-test · 9,700 tokens, 50% of the prompt cached · $0.0123',
      'Scores are relevance + novelty, each from 1 to 10.',
    ]);
    const first = headerMessage(digestOf(two)).blocks.find((block) => block.type === 'paragraph');
    expect(first?.content[1]).toMatchObject({ url: 'https://arxiv.org/abs/2507.00001' });
  });

  it('says in one line that none was picked, with the closest papers', () => {
    expect(header('nothing-passed').slice(1, 4)).toEqual([
      '0 of 12 papers picked. Closest to the cutoffs:',
      'Title of 2507.00001  7 + 9',
      'Title of 2507.00002  7 + 6',
    ]);
  });

  it('lists papers after the third as titles with their numbers', () => {
    const blocks = headerMessage(digestOf(many(5))).blocks;
    const list = blocks.find((block) => block.type === 'list');
    expect(list).toMatchObject({ ordered: true, start: 4 });
    expect(list?.items).toHaveLength(2);
  });

  it('counts all papers of a topic, and keeps their numbers', () => {
    const message = headerMessage(headers['by-topic'] ?? digestOf([]));
    expect(textsOf(message)).toEqual(expect.arrayContaining(['Sparsity (2)', '4. Title of 2507.00004  9 + 8']));
  });

  it('has a button for the picked papers that `top` leaves out', () => {
    const { blocks } = headerMessage(headers['cut-to-top'] ?? digestOf([]));
    expect(blocks.at(-1)).toEqual({
      type: 'buttons',
      buttons: [{ label: '46 more picked', command: 'picked 2025-07-08' }],
    });
    expect(headerMessage(digestOf(two)).blocks.map(({ type }) => type)).not.toContain('buttons');
  });

  it('names the first paper in the notification, and says that votes changed the order', () => {
    const moved = { ...entry(1, '2507.00003', 7, 7), nudge: { points: 1.5, words: '' } };
    const message = headerMessage(digestOf([moved, entry(2, '2507.00001', 10, 9)]));
    expect(message.summary).toContain('Tuesday, 8 July 2025: Title of 2507.00003 (14 of 20). 2 of 12');
    expect(textsOf(message)).toContain('Your votes changed this order.');
    expect(header('two-papers')).not.toContain('Your votes changed this order.');
  });

  it('shortens the titles of a long list', () => {
    const items = header('long-list').filter((text) => text.startsWith('Title of a paper'));
    expect(items).toHaveLength(49);
    expect(Math.max(...items.map((text) => text.length))).toBeLessThanOrEqual(56 + '  9 + 8'.length);
  });

  it('keeps a hostile title as one plain text', () => {
    const message = headerMessage(headers.hostile ?? digestOf([]));
    const first = message.blocks.find((block) => block.type === 'paragraph');
    expect(first?.content[1]).toEqual({ text: hostileTitle, bold: false, url: 'https://arxiv.org/abs/2507.00001' });
  });
});

describe('the message of a paper', () => {
  it.each(Object.entries(papers))('looks like its golden file (%s)', async (name, one) => {
    await expect(asJson(paperMessage(one))).toMatchFileSnapshot(golden(`paper-${name}`));
    await expect(asJson(paperMessage(one, { style: 'full' }))).toMatchFileSnapshot(golden(`paper-full-${name}`));
  });

  it('is compact: title, three authors with the id, and the reason with its scores', () => {
    const texts = (one: ShownEntry) =>
      paperMessage(one).blocks.flatMap((block) => (block.type === 'paragraph' ? [plainText(block.content)] : []));
    expect(texts(papers['many-authors'] ?? hostile)).toEqual([
      '1. Title of 2507.00003',
      'Author 1, Author 2, Author 3 and 12 more · 2507.00003 · PDF',
      '8 + 7 · Comment on 2507.00003.',
    ]);
    expect(texts(papers['by-author'] ?? hostile)[2]).toBe(
      '3 + 2 · Followed author (by name only): José Nuñez · Comment on 2507.00002.',
    );
  });

  it('has the summary beside the scores, and the reason below', () => {
    const texts = (style: DigestDraft['style']) =>
      textsOf(paperMessage(papers.summary ?? hostile, { style })).slice(1, 5);
    expect(texts('compact')).toEqual([
      'Ada First, Ben Second · 2507.00001 · PDF',
      '9 + 8 · Halves the memory of $O(n^2)$ attention.',
      'Why: Comment on 2507.00001.',
    ]);
    expect(texts('full')).toEqual([
      'Ada First, Ben Second',
      'Halves the memory of $O(n^2)$ attention.',
      'Relevance 9 · Novelty 8 · cs.LG',
      'Why: Comment on 2507.00001.',
    ]);
  });

  it('is full if its digest is from before there were styles', () => {
    const abstract = paperMessage(entry(1, '2507.00001'), { style: undefined }).blocks.length;
    expect(abstract).toBe(paperMessage(entry(1, '2507.00001'), { style: 'full' }).blocks.length);
  });

  it('shows the bare id, and links to abstract, PDF and HTML', () => {
    const note = paperMessage(entry(1, '2507.00001'), { style: 'full' }).blocks.find(({ type }) => type === 'note');
    expect(note).toEqual({
      type: 'note',
      content: [
        '2507.00001',
        ' · ',
        { text: 'Abstract', url: 'https://arxiv.org/abs/2507.00001' },
        ' · ',
        { text: 'PDF', url: 'https://arxiv.org/pdf/2507.00001' },
        ' · ',
        { text: 'HTML', url: 'https://arxiv.org/html/2507.00001v1' },
      ],
    });
  });

  it('has buttons, except for an invented paper', () => {
    const one = { ...entry(1, 'hep-th/9901001'), counts: { up: 2, down: 0, saved: 1 } };
    expect(paperMessage(one).blocks.at(-1)).toEqual({
      type: 'buttons',
      buttons: [
        { label: '👍 2', command: 'vote up hep-th/9901001' },
        { label: '👎', command: 'vote down hep-th/9901001' },
        { label: 'Save 1', command: 'save hep-th/9901001' },
        { label: 'Abstract', command: 'abstract hep-th/9901001' },
      ],
      menu: {
        label: 'More',
        items: [
          { label: 'Similar papers', command: 'similar hep-th/9901001' },
          { label: 'Ask a question', command: 'ask hep-th/9901001' },
          { label: 'Rescore', command: 'rescore hep-th/9901001' },
          { label: 'BibTeX', command: 'bibtex hep-th/9901001' },
        ],
      },
    });
    const last = paperMessage(one, { engines: [builtIn], style: 'full' }).blocks.at(-1);
    const labels = last?.type === 'buttons' ? [last.buttons, last.menu?.items ?? []] : [];
    expect(labels.map((some) => some.map(({ label }) => label))).toEqual([
      ['👍 2', '👎', 'Save 1'],
      ['Similar papers', 'BibTeX'],
    ]);
    expect(paperMessage(entry(1, 'sample.00001')).blocks.map(({ type }) => type)).not.toContain('buttons');
  });

  it('says when a paper was rescored, with both scores, and shows the new one', () => {
    const texts = paperMessage(papers.rescored ?? entry(1, '1'), { style: 'full' }).blocks.map((block) =>
      block.type === 'paragraph' ? plainText(block.content) : '',
    );
    expect(texts).toContain('Relevance 9 · Novelty 7 · cs.LG');
    expect(texts).toContain('Rescored on 9 July: 8 + 7 → 9 + 7');
    expect(texts).toContain('Said on second thought.');
    expect(texts).not.toContain('Comment on 2507.00001.');
  });

  it('cuts an abstract that is too long for Slack at a word', () => {
    const abstract = 'word '.repeat(1000).trim();
    const full = { style: 'full' } as const;
    const shown = paperMessage(entryOf(1, paperOf('1', { abstract }), scoreOf('1', 8, 7)), full).blocks[4];
    const text = shown?.type === 'paragraph' ? plainText(shown.content) : '';
    expect(text.length).toBeLessThanOrEqual(2600);
    expect(text).toMatch(/word word…$/);
  });

  it('keeps hostile text as plain text of its own field', () => {
    expect(paperMessage(hostile, { style: 'full' }).blocks.slice(0, 5)).toEqual([
      {
        type: 'paragraph',
        content: [
          { text: '1. ', bold: true },
          { text: hostileTitle, bold: true, url: 'https://arxiv.org/abs/2507.00001' },
        ],
      },
      { type: 'paragraph', content: [{ text: '<@U1> *Mallory*, B. `Two`', italic: true }] },
      expect.anything(),
      { type: 'paragraph', content: ['<!here> says the model'] },
      { type: 'paragraph', content: ['# H\n> q'] },
    ]);
  });
});

describe('the effect of votes', () => {
  const textOf = (points: number): string =>
    paperMessage({ ...entry(1, '2507.00001'), nudge: { points, words: 'you liked 5 papers on quantization' } })
      .blocks.flatMap((block) => (block.type === 'note' ? [plainText(block.content)] : []))
      .join('\n');

  it('is a note from half a point on', () => {
    expect(textOf(0.84)).toContain('Your votes moved it by +0.8 points: you liked 5 papers on quantization');
    expect(textOf(-1.5)).toContain('−1.5 points: you liked');
    expect(textOf(0.4)).not.toContain('votes');
    expect(textOf(0.84)).not.toContain('chance');
  });
});
