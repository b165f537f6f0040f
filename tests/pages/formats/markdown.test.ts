import { describe, expect, it } from 'vitest';
import type { DigestEntry } from '../../../src/core/digest.ts';
import { dayAsMarkdown } from '../../../src/pages/formats/markdown.ts';
import { entryOf, paperOf, rubricOf, scoreOf } from '../../fakes/fixtures.ts';
import {
  builtInDay,
  entry,
  fullDay,
  mixedDay,
  modelUsage,
  prompt,
  smallModelUsage,
  writtenDay,
} from '../written-day.ts';

const free = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };

/** A page with the text in every field that papers, models, people or the config can fill. */
const pageWith = (text: string, prompt = ''): string => {
  const paper = paperOf('2507.00001', { title: text, authors: [text, text], abstract: text, categories: [text] });
  const one: DigestEntry = {
    ...entryOf(1, paper, scoreOf('2507.00001', 9, 8, { comment: text })),
    reason: { kind: 'author', matches: [{ name: text, basis: 'name' }] },
    topic: text,
    summary: { summaryId: 1, text },
    nudge: { points: 1, words: text },
  };
  const day = writtenDay(
    [one],
    { channel: text, notices: [text], engines: [{ engine: 'openai', model: text, papers: 12 }], groupByTopic: true },
    { models: [modelUsage({ model: text, channel: 'vision' })] },
  );
  return dayAsMarkdown(day, prompt);
};

const marks = /[^`*_{}[\]<>|~\n]/g;

/** The Markdown marks outside of escapes and mathematics: the page's own. */
const ownMarks = (page: string): string =>
  page
    .replaceAll(/\\[\\`*_{}[\]<>|~@&$]|&(?:lt|gt|amp);/g, '')
    .replaceAll(/\$[^$\n]+\$/g, '')
    .replaceAll(marks, '');

describe('the page of a day', () => {
  it('matches its golden file', async () => {
    const byAuthor = entry(2, '2507.00002', {
      reason: { kind: 'author', matches: [{ name: 'Ada First', basis: 'name' }] },
    });
    const page = dayAsMarkdown(writtenDay([entry(1, '2507.00001'), byAuthor]), prompt);
    await expect(page).toMatchFileSnapshot('golden/day.md');
  });

  it('matches its golden file with every kind of content', async () => {
    await expect(dayAsMarkdown(fullDay(), prompt)).toMatchFileSnapshot('golden/full-day.md');
  });

  it('marks invented papers and does not link to them', async () => {
    const day = writtenDay([entry(1, 'sample.00001')], { usage: free }, { models: [] });
    const page = dayAsMarkdown(day, '');
    await expect(page).toMatchFileSnapshot('golden/sample.md');
    expect(page).not.toMatch(/https?:\/\/arxiv\.org/);
  });

  it('shows counts and the closest papers of a day without picks, and no table without cost', async () => {
    const day = writtenDay([], { usage: free, nearest: [entry(1, '2507.00001')] }, { models: [] });
    const page = dayAsMarkdown(day, '');
    await expect(page).toMatchFileSnapshot('golden/nothing.md');
    expect(page).not.toContain('|');
  });

  it('has each field of a paper on its own line', () => {
    const [, section = ''] = dayAsMarkdown(fullDay(), prompt).split(/^## 1\. /m);
    const field = (name: string) => new RegExp(`^\\*\\*${name}:\\*\\* (.*)$`, 'm').exec(section)?.[1];
    expect(['ArXiv ID', 'Authors', 'Relevance', 'Novelty', 'Comment'].map(field)).toEqual([
      '2507.00001',
      'Ada First, Ben Second',
      '10',
      '8',
      'Comment on 2507.00001.',
    ]);
    expect(field('Abstract')).toBe(
      'We sort $n$ numbers $x_1, \\dots, x_n$ and pay \\$5 to \\$10 for &lt;each&gt; of them.',
    );
  });

  it('leaves out an empty comment', () => {
    const one = entryOf(1, paperOf('2507.00001'), scoreOf('2507.00001', 9, 8, { comment: '' }));
    expect(dayAsMarkdown(writtenDay([one]), prompt)).not.toContain('**Comment:**');
  });

  it('mentions the effect of votes only from half a point', () => {
    const moved = (points: number) => ({ nudge: { points, words: 'you disliked 2 papers by Ada First' } });
    const page = dayAsMarkdown(writtenDay([entry(1, '1', moved(-0.62)), entry(2, '2', moved(-1))]), '');
    expect(page).toContain('\n\nYour votes moved 2 papers; the note under each says why.\n\n');
    expect(page).toContain('\n\n**Moved by your votes:** −0.6 points: you disliked 2 papers by Ada First\n\n');
    expect(dayAsMarkdown(writtenDay([entry(1, '1', moved(0.4)), entry(2, '2')]), '')).not.toMatch(/moved/i);
  });

  it('links only to existing neighbors', () => {
    const page = dayAsMarkdown(writtenDay([], {}, { previous: undefined, next: undefined }), '');
    expect(page.split('\n')[0]).toBe('[Month 2025-07](2025-07.html)');
  });

  it('names a single missed day once, and dates the run in the channel’s time zone', () => {
    const day = writtenDay([], { remedial: { from: '2025-07-07', to: '2025-07-07', approximate: false } });
    const late = { ...day, digest: { ...day.digest, createdAt: '2025-07-09T22:30:00.000Z' } };
    expect(dayAsMarkdown(late, '')).toContain(
      '> This is a remedial run for missed papers of 2025-07-07.\n>\n> Results generated on 2025-07-10.\n',
    );
  });

  it('shows the totals of the digest if its calls were not recorded', () => {
    const usage = { promptTokens: 10, cachedTokens: 0, completionTokens: 2, costUsd: undefined };
    const page = dayAsMarkdown(writtenDay([entry(1, '1')], { usage }, { models: [] }), '');
    expect(page).toContain('| *gpt-test* |');
    expect(page).toContain('unknown: no price for this model');
  });

  it('rounds the amounts of a row alike, but never prices', () => {
    const page = dayAsMarkdown(writtenDay([], {}, { models: [smallModelUsage()] }), '');
    expect(page).toContain('| **Cost** | $0.1322 | $0.0018 | $0.0758 | $0.2080 |');
    expect(page).toContain(
      '\\$0.15 per million prompt tokens (\\$0.075 cached), \\$0.60 per million completion tokens',
    );
  });

  it('says which other channel paid', () => {
    const models = [modelUsage({ channel: 'vision' })];
    expect(dayAsMarkdown(writtenDay([], {}, { models }), '')).toContain(
      '\n\nPaid by channel vision, for all of its papers; foundations uses the same scores.\n\n',
    );
  });

  it('has a match instead of points for the built-in scorer, and its papers apart', () => {
    const page = dayAsMarkdown(builtInDay(), '');
    expect(page).toContain('**Match:** 99.7%, 1st of 383\n');
    expect(page).toContain('- Relevant: 2, with at most 10, match 96% or higher\n');
    expect(page).not.toMatch(/\*\*(?:Relevance|Novelty):/);
    const mixed = dayAsMarkdown(mixedDay(), '');
    expect(mixed).toMatch(
      /\*\*Relevance:\*\* 9\n[\s\S]*# Ranked by the built-in scorer: 1 paper\n[\s\S]*\*\*Match:\*\* 97%, 4th/,
    );
    expect(mixed).toContain('### Ranked by the built-in scorer (1)\n\n2. [Title of 2507.00002](#paper-2)');
    expect(mixed).toContain('novelty 7 or higher; by the built-in scorer, at most 10, match 96% or higher\n');
  });

  it('shows the topics if only the built-in scorer was used', () => {
    const engines = [{ engine: 'local' as const, model: 'local-1', papers: 12 }];
    const day = writtenDay([], { engines }, { rubric: rubricOf({ topics: 'The topics.' }) });
    const page = dayAsMarkdown(day, prompt);
    expect(page).toContain('## Paper selection topics\n');
    expect(page).toContain('```text\nThe topics.\n```\n');
    expect(page).not.toContain('Paper selection prompt');
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
    '{{ template }}',
    '$5 <b> $6',
  ])('stays plain text: %s', (text) => {
    expect(ownMarks(pageWith(text))).toBe(ownMarks(pageWith('plain')));
  });

  it.each([
    ['$<script>alert(1)</script>$', /<script/],
    ['$\\alpha<img src=x>$', /<img/],
    ['$a](https://evil.example)$', /(?<!\\)\]\(https:\/\/evil/],
    ['$![a](https://evil.example)$', /(?<!\\)\]\(https:\/\/evil/],
    ['$[a][b]$', /(?<!\\)\]\[/],
    ['$a`b$ and $c`d$', /(?<!\\)`/],
    ['\\(<b>\\)', /<b>/],
    ['$$<b>$$', /<b>/],
    ['\\begin{align}<b>\\end{align}', /<b>/],
    ['$\\text{$<b>$}$', /<b>/],
  ])('stays harmless in mathematics: %s', (text, active) => {
    expect(pageWith(text)).not.toMatch(active);
  });

  it.each(['$[0,1)$', '$]$', '$[$', '$][$'])('breaks no link with mathematics: %s', (text) => {
    const title = /^## 1\. \[(.*)\]\(https:\/\/arxiv\.org\/abs\/2507\.00001\) /m.exec(pageWith(text))?.[1];
    expect(title).toMatch(/^\$[^[\]]+\$$/);
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
    '$a\n\n# b$',
  ])('never starts a line: %j', (text) => {
    const ownLines = pageWith('plain').split('\n');
    const lines = pageWith(text).split('\n');
    expect(lines).toHaveLength(ownLines.length);
    for (const [index, line] of lines.entries()) expect(line.slice(0, 2)).toBe(ownLines[index]?.slice(0, 2));
  });

  it.each(['```\n# out', '`````\n\n<b>', '~~~\n```'])('stays in the code block of the prompt: %j', (text) => {
    const [, fence = '', inside = ''] = /^(`{3,})text\n([\s\S]*)\n\1\n/m.exec(pageWith('plain', text)) ?? [];
    expect(inside).toBe(text);
    expect(text).not.toContain(fence);
  });

  it('drops control characters and direction marks', () => {
    const page = pageWith('a\u202eb\u0007c\u2066d $x\u202e$', '\u001b[31mred\u202e');
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });

  it('keeps mathematics and other scripts', () => {
    expect(pageWith('Größe $x^2_{[i]}$: 数学')).toContain('**Abstract:** Größe $x^2_{[i]}$: 数学');
  });
});
