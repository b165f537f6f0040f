import { describe, expect, it } from 'vitest';
import { isSeed, parseSeed } from '../../../tools/seeds/parse-seed.ts';
import { firstPage, remedialPage, textPage } from './invented-pages.ts';

describe('a page of the first generation', () => {
  const seed = parseSeed('first.txt', firstPage);

  it('has its date, counts, model, tokens and cost', () => {
    expect(seed).toMatchObject({
      ...{ file: 'first.txt', form: 'markdown', date: '2024-02-05', model: 'gpt-4o' },
      counts: { announced: 9, scanned: 5, relevant: 2 },
      tokens: { prompt: 41_000, completion: 5_000, total: 46_000 },
      cost: { prompt: 0.1, completion: 0.05, total: 0.15 },
    });
  });

  it('is not remedial and has no links to other days', () => {
    expect([seed.remedial, seed.previous, seed.month, seed.next]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('has its papers in order, with unchanged texts', () => {
    expect(seed.papers).toEqual([
      {
        ...{ id: '2402.00001', title: 'Gears [and] Wheels (II)', authors: "Ada Moe, Bo D\\'ia" },
        ...{ abstract: 'We turn $x_1$.\n\nThen we turn \\emph{back}.', comment: 'It meets "gears".' },
        ...{ relevance: 10, novelty: 8, followed: false },
      },
      {
        ...{ id: '2402.00002', title: 'Bearings', authors: 'Cy Ek', abstract: 'Comment: none.', comment: 'Fine.' },
        ...{ relevance: 7, novelty: 6, followed: false },
      },
    ]);
    expect(seed.contents.map(({ title }) => title)).toEqual(['Gears [and] Wheels (II)', 'Bearings']);
  });

  it('has topics and criteria in its prompt', () => {
    expect(seed.topics).toBe('Keep gears.\n\n1. Gear Trains\n   - Relevant: worm drives.');
    expect(seed.criteria).toBe('> Two scores.\n\n### Relevance Scoring\n\n- Relevance 9-10\n  - Focus: gears.');
    expect(seed.prompt).toMatch(/^You read papers\.[\s\S]*JSONL\.$/);
  });
});

describe('a remedial page in Markdown', () => {
  it('has the days it covers and the day it was made', () => {
    const seed = parseSeed('remedial.txt', remedialPage);
    expect(seed.remedial).toEqual({ from: '2024-02-02', to: '2024-02-04', made: '2024-02-09' });
    expect(seed.date).toBe('2024-02-05');
    expect(seed.tokens).toEqual({ prompt: 41_000, completion: 5_000, total: 46_000 });
  });
});

describe('a page as text', () => {
  const seed = parseSeed('text.txt', textPage);

  it('has the same data, and links to the neighboring days', () => {
    expect(seed).toMatchObject({
      ...{ form: 'text', date: '2024-02-05', previous: '2024-02-02', month: '2024-02', next: '2024-02-06' },
      remedial: { from: '2024-02-02', to: '2024-02-04', made: '2024-02-09' },
      counts: { announced: 9, scanned: 9, relevant: 2 },
      tokens: { prompt: 41_000, completion: 5_000, total: 46_000 },
      cost: { prompt: 0.1, completion: 0.05, total: 0.15 },
      topics: 'Keep gears.\n\n  1. Gear Trains - Relevant: worm drives.',
      criteria: 'Two scores.\n\nRelevance Scoring',
    });
  });

  it('has an author match without scores', () => {
    expect(seed.papers).toEqual([
      {
        ...{ id: '2402.00003', title: 'Teeth', authors: 'Ada Moe, Bo Ek', abstract: 'We bite.' },
        ...{ comment: 'Author match', relevance: undefined, novelty: undefined, followed: true },
      },
      {
        ...{ id: '2402.00001', title: '2. Gears', authors: 'Cy Ek', abstract: '1. A list.\n\n2. Its end.' },
        ...{ comment: 'Fine.', relevance: 8, novelty: 7, followed: false },
      },
    ]);
  });
});

describe('a page that cannot be read', () => {
  it('is not a page without its title', () => {
    expect(isSeed('# What the pages show\n')).toBe(false);
    expect([firstPage, remedialPage, textPage].map(isSeed)).toEqual([true, true, true]);
  });

  it.each([
    ['Total relevant papers: 2', 'Total relevant papers: 3', '2 papers, but 3 relevant ones are counted'],
    ['Total scanned papers: 5', '', 'no count of scanned papers'],
    ['**Token**', '**Other**', 'no line of Token'],
    ['**ArXiv ID:** 2402.00002', '', 'no fields of paper 2'],
    ['## 2. [Bearings]', '## 3. [Bearings]', 'the papers are not numbered from 1'],
    ['2. [Bearings](#user-content-link2)', 'Bearings', '1 papers in the table of contents'],
    ['## Scoring Criteria', '## Scores', 'no Scoring Criteria in the prompt'],
  ])('names the fault without "%s"', (text, instead, problem) => {
    expect(firstPage).toContain(text);
    expect(() => parseSeed('first.txt', firstPage.replace(text, instead))).toThrow(problem);
  });
});
