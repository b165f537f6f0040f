import { describe, expect, it } from 'vitest';
import type { Digest, DigestDraft, DigestEntry } from '../../src/core/digest.ts';
import { dayAsMarkdown } from '../../src/pages/markdown.ts';
import { digestOf, entryOf, paperOf, scoreOf } from '../fakes/fixtures.ts';

const stored = (entries: DigestEntry[], more: Partial<DigestDraft> = {}): Digest => ({
  ...digestOf(entries, more),
  digestId: 1,
  createdAt: '2025-07-08T13:00:00.000Z',
});
const entry = (rank: number, id: string): DigestEntry => entryOf(rank, paperOf(id), scoreOf(id, 9, 8));
const free = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };

/** A page with the text in every place that a paper, a model or a config can fill. */
const pageWith = (text: string): string => {
  const paper = paperOf('2507.00001', { title: text, authors: [text, text], abstract: text });
  const scored = scoreOf('2507.00001', 9, 8, { comment: text });
  const one: DigestEntry = { ...entryOf(1, paper, scored), reason: { kind: 'author', name: text } };
  return dayAsMarkdown(
    stored([one], { channel: text, notices: [text], engines: [{ engine: 'openai', model: text, papers: 12 }] }),
  );
};

/** What of Markdown is not escaped and not the page's own: everything but its headings, links, tables and bold names. */
const shape = (page: string): string => page.replaceAll(/\\[\\`*_{}[\]<>()#+!|~@&]|&(?:lt|gt|amp);/g, '');

describe('the page of a day', () => {
  it('looks like its golden file', async () => {
    const byAuthor: DigestEntry = { ...entry(2, '2507.00002'), reason: { kind: 'author', name: 'Ada First' } };
    const page = dayAsMarkdown(
      stored([entry(1, '2507.00001'), byAuthor], {
        notices: ['The daily budget of $0.02 is spent, so 3 of 12 papers were scored by the built-in scorer.'],
        engines: [
          { engine: 'openai', model: 'gpt-test', papers: 9 },
          { engine: 'local', model: 'local-1', papers: 3 },
        ],
        counts: { announced: 20, scanned: 13, relevant: 2, unscored: 1 },
      }),
    );
    await expect(page).toMatchFileSnapshot('golden/day.md');
  });

  it('of a sample says so and links to none of its papers', async () => {
    const page = dayAsMarkdown(stored([entry(1, 'sample.00001')], { sample: true, usage: free }));
    await expect(page).toMatchFileSnapshot('golden/sample.md');
    expect(page).not.toMatch(/https?:\/\/arxiv\.org/);
  });

  it('of a day with nothing has its counts, and no table where nothing was paid', async () => {
    const page = dayAsMarkdown(stored([], { usage: free, nearest: [entry(1, '2507.00001')] }));
    await expect(page).toMatchFileSnapshot('golden/nothing.md');
    expect(page).not.toContain('|');
  });

  it('says where the cost is unknown', () => {
    const usage = { promptTokens: 10, cachedTokens: 0, completionTokens: 2, costUsd: undefined };
    expect(dayAsMarkdown(stored([entry(1, '1')], { usage }))).toContain('unknown: no price for this model');
  });
});

describe('hostile text on the page', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<!-- hidden',
    '[a](javascript:alert(1))',
    '![a](https://evil.example/pixel)',
    '](https://evil.example) [x',
    '<https://evil.example>',
    '[x]: https://evil.example',
    '[^1]',
    '*bold* _italic_ **both** __both__ ~~gone~~',
    '`code` ```block```',
    '| a | b |',
    '&lt;b&gt; &#60;b&#62;',
    '\\[a\\](b) \\*x\\* \\\\<b>',
    'a@evil.example @everyone',
    '{{ template }}',
  ])('is no Markdown and no HTML: %s', (text) => {
    const plain = pageWith('plain');
    expect(shape(pageWith(text)).replaceAll(/[^`*_{}[\]<>()#+!|~@&\\\n]/g, '')).toBe(
      shape(plain).replaceAll(/[^`*_{}[\]<>()#+!|~@&\\\n]/g, ''),
    );
  });

  it.each([
    '# heading',
    '> quote',
    '- item',
    '+ item',
    '1. item',
    '---',
    '===',
    '```',
    '    code',
    '| a |\n|--|',
    '\n\n# heading',
  ])('never begins a line of its own: %j', (text) => {
    const ownLines = pageWith('plain').split('\n');
    const lines = pageWith(text).split('\n');
    expect(lines).toHaveLength(ownLines.length);
    for (const [index, line] of lines.entries()) expect(line.slice(0, 2)).toBe(ownLines[index]?.slice(0, 2));
  });

  it('keeps mathematics and other letters as they are', () => {
    expect(pageWith('Größe $x^2$: 数学')).toContain('**Abstract:** Größe $x^2$: 数学');
  });
});
