import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores } from '../../db/sqlite/index.ts';
import type { AnnouncementSource } from '../../src/core/arxiv.ts';
import { ExternalError } from '../../src/core/errors.ts';
import type { Scorer, ScorerStop, Verdict } from '../../src/core/score.ts';
import type { Stores } from '../../src/core/stores.ts';
import { watchedAuthors, watchedBatches, watchedScorer, watchedSource } from '../../src/monitoring/watched.ts';
import { channelOf, paperOf, rubricOf } from '../fakes/fixtures.ts';
import { healthOf } from '../fakes/monitoring.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores(':memory:');
});
afterEach(() => stores.close());

const outcome = async (health: ReturnType<typeof healthOf>) =>
  (await health.list()).map(({ subject, failingSince, lastFailure }) =>
    failingSince === undefined ? `${subject} works` : `${subject} fails: ${lastFailure?.reason}`,
  );

const papers = [paperOf('2507.00001'), paperOf('2507.00002')];
const task = {
  ...{ channel: 'foundations', date: '2025-07-08', rubric: rubricOf(), papers, day: papers, recent: [] },
  ...{ cutoffs: { relevance: 7, novelty: 6 }, pickRate: 0.08, signal: new AbortController().signal },
};
const verdict: Verdict = { paperId: '2507.00001', version: 1, relevance: 8, novelty: 7, comment: 'Fits.' };
const scorerOf = (verdicts: Verdict[], stop?: ScorerStop): Scorer => ({
  engine: 'openai',
  model: () => 'gpt-test',
  async *score() {
    if (verdicts.length > 0) yield verdicts;
    return stop;
  },
});

describe('a watched scorer', () => {
  it.each([
    [1, 'scoring works'],
    [2, 'scoring works'],
    [3, 'scoring fails: it gave no valid answer about 2 of 3 papers'],
  ])('compares one verdict with %i papers', async (count, expected) => {
    const health = healthOf(stores);
    const papers = Array.from({ length: count }, (_, nth) => paperOf(`2507.0000${nth + 1}`));
    const scoring = watchedScorer(scorerOf([verdict]), health).score({ ...task, papers });
    for (let step = await scoring.next(); !step.done; ) step = await scoring.next();
    expect(await outcome(health)).toEqual([expected]);
  });

  it.each<[string, Verdict[], ScorerStop | undefined, string[]]>([
    ['scores', [verdict], undefined, ['scoring works']],
    ['scores until the budget is spent', [verdict], { kind: 'budget', reason: 'spent' }, ['scoring works']],
    ['has no budget left', [], { kind: 'budget', reason: 'spent' }, []],
    ['stops halfway', [verdict], { kind: 'outage', reason: 'it is slow' }, ['scoring fails: it is slow']],
    ['is refused', [], { kind: 'refused', reason: 'no such model' }, ['scoring fails: no such model']],
    ['never answers validly', [], undefined, ['scoring fails: it gave no valid answer']],
  ])('reports a model that %s', async (_, verdicts, stop, expected) => {
    const health = healthOf(stores);
    const scoring = watchedScorer(scorerOf(verdicts, stop), health).score(task);
    const found: Verdict[] = [];
    let step = await scoring.next();
    for (; !step.done; step = await scoring.next()) found.push(...step.value);
    expect([found, step.value]).toEqual([verdicts, stop]);
    expect(await outcome(health)).toEqual(expected);
  });
});

describe('watched batches', () => {
  it('report a model that scores, and no failure', async () => {
    const health = healthOf(stores);
    const outcomes = [undefined, 0, 5].map((scored) =>
      scored === undefined ? undefined : { asked: 20, scored, problem: undefined, isFirst: false },
    );
    const batches = watchedBatches(
      {
        ...{ engine: 'openai', model: 'gpt-test', service: 'OpenAI', maxWaitMs: 1 },
        isOwn: () => true,
        score: async () => outcomes.shift(),
        finish: async () => ({ asked: 20, scored: 20, problem: undefined, isFirst: false }),
      },
      health,
    );
    const wait = { until: 0, store: async () => {}, signal: new AbortController().signal };
    const asked = { ...wait, channel: 'foundations', rubric: rubricOf(), days: [], onSent: () => {} };
    expect(await batches.score(asked)).toBeUndefined();
    expect((await batches.score(asked))?.scored).toBe(0);
    expect(await outcome(health)).toEqual([]);
    expect((await batches.score(asked))?.scored).toBe(5);
    expect(await outcome(health)).toEqual(['scoring works']);
  });
});

describe('a watched source', () => {
  const announcement = { date: '2025-07-08', category: 'cs.LG', papers: [] };
  const working: AnnouncementSource = {
    newest: async () => announcement,
    on: async () => undefined,
    submitted: async () => [],
  };
  const failing = async (): Promise<never> => {
    throw new ExternalError({ service: 'arXiv', message: 'arXiv answers with HTTP 503.' });
  };

  it('reports whether arXiv answers, and returns what it says', async () => {
    const health = healthOf(stores);
    const broken = watchedSource({ newest: failing, on: failing, submitted: failing }, health);
    await expect(broken.newest('cs.LG')).rejects.toThrow('503');
    expect(await outcome(health)).toEqual(['arxiv fails: arXiv answers with HTTP 503.']);
    const source = watchedSource(working, health);
    expect(await source.newest('cs.LG')).toBe(announcement);
    expect(await outcome(health)).toEqual(['arxiv works']);
    await expect(broken.on('cs.LG', '2025-07-08')).rejects.toThrow('503');
    expect(await source.on('cs.LG', '2025-07-08')).toBeUndefined();
    expect(await outcome(health)).toEqual(['arxiv works']);
  });

  it('does not report a request that was stopped', async () => {
    const health = healthOf(stores);
    const stopped = { ...working, newest: () => Promise.reject(new Error('stopped')) };
    await expect(watchedSource(stopped, health).newest('cs.LG')).rejects.toThrow('stopped');
    expect(await outcome(health)).toEqual([]);
  });
});

describe('a watched author index', () => {
  it('reports failed lookups', async () => {
    const view = { channels: () => [channelOf({ minHIndex: 5 })] };
    const health = healthOf(stores, { view });
    const lookup = (failure: string | undefined) =>
      watchedAuthors(
        {
          ofPapers: async () => ({ known: new Map(), unknown: new Set(), failure }),
          candidates: async () => [],
        },
        health,
      ).ofPapers(['2507.00001']);
    await lookup('Semantic Scholar asks for a pause');
    expect(await outcome(health)).toEqual(['authors fails: Semantic Scholar asks for a pause']);
    await lookup(undefined);
    expect(await outcome(health)).toEqual(['authors works']);
  });
});
