import { describe, expect, it } from 'vitest';
import { createSampleSource, readSampleDay, sampleChannel } from '../../config/sample-day.ts';
import { channelDefaults } from '../../src/core/channel.ts';
import { matchLimitsOf } from '../../src/daily/draft/select.ts';
import { createLocalScorer } from '../../src/scoring/built-in/scorer.ts';
import { channelOf } from '../fakes/fixtures.ts';
import { scoringTask, verdictsOf } from '../scoring/built-in/papers.ts';

describe('the sample day', () => {
  it('has 36 papers with distinct ids, each marked as invented', async () => {
    const { papers } = await readSampleDay();
    expect(papers).toHaveLength(36);
    expect(new Set(papers.map(({ paper }) => paper.id)).size).toBe(36);
    expect(papers.filter(({ paper }) => !paper.abstract.startsWith('Invented example: '))).toEqual([]);
    expect(papers.filter(({ paper }) => /^\d{4}\.\d{4,5}$/.test(paper.id))).toEqual([]);
    expect(papers.filter(({ type }) => type === 'replace')).toHaveLength(2);
  });

  it('has mathematics and accents', async () => {
    const { papers } = await readSampleDay();
    expect(papers.some(({ paper }) => paper.abstract.includes('$O(n)$'))).toBe(true);
    expect(papers.some(({ paper }) => paper.title.includes('é') && paper.authors.join().includes('É'))).toBe(true);
  });

  it('gives the built-in scorer at least three papers to pick', async () => {
    const { date, papers } = await readSampleDay();
    const day = papers.filter(({ type }) => type === 'new' || type === 'cross').map(({ paper }) => paper);
    const topics = '- Model Compression: sparsity, pruning, quantization, KV cache\n- Architecture: mixture of experts';
    const verdicts = await verdictsOf(createLocalScorer(), scoringTask({ date, day, topics }));
    const { floor } = matchLimitsOf(channelDefaults, day.length);
    const picked = verdicts.filter(({ match }) => match >= floor);
    const named = picked.filter(({ comment }) => /^Matches (Model Compression|Architecture)[:.]/.test(comment));
    expect(named.length).toBeGreaterThanOrEqual(3);
  });

  it('is the only announcement of its source', async () => {
    const source = createSampleSource();
    const { category, date, papers } = await source.newest('sample');
    expect({ category, date, papers: papers.length }).toEqual({ category: 'sample', date: '2025-01-06', papers: 36 });
    expect((await source.on('sample', date))?.papers).toHaveLength(36);
    expect(await source.on('sample', '2025-01-07')).toBeUndefined();
  });

  it('has its own paused channel that reads nothing else', () => {
    const channel = sampleChannel(channelOf({ post: ['web:foundations', 'console'], minHIndex: 10 }));
    expect(channel).toMatchObject({ name: 'sample', categories: ['sample'], isPaused: true, minHIndex: 0 });
    expect(channel.post).toEqual(['web:sample', 'console']);
  });
});
