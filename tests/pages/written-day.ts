import type { Digest, DigestDraft, DigestEntry, ModelUsage } from '../../src/core/digest.ts';
import type { Price } from '../../src/core/score.ts';
import type { Day } from '../../src/pages/day/day.ts';
import { digestOf, entryOf, paperOf, rubricOf, scoreOf, standingOf } from '../fakes/fixtures.ts';

export const storedDigest = (entries: DigestEntry[], more: Partial<Digest> = {}): Digest => ({
  ...digestOf(entries, more),
  digestId: 1,
  createdAt: '2025-07-08T13:00:00.000Z',
  ...more,
});

export const entry = (rank: number, id: string, more: Partial<DigestEntry> = {}): DigestEntry => ({
  ...entryOf(rank, paperOf(id), scoreOf(id, 9, 8)),
  ...more,
});

/** A paper that the built-in scorer ranked. */
export const matched = (rank: number, id: string, position: number, match: number): DigestEntry =>
  entryOf(rank, paperOf(id), standingOf(id, position, match));

const builtIn = { engine: 'local', model: 'local-1', papers: 383 } as const;
const free = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 };

/** A day that only the built-in scorer read. */
export const builtInDay = (more: Partial<DigestDraft> = {}): Day =>
  writtenDay(
    [matched(1, '2507.00001', 1, 99.73), matched(2, '2507.00002', 2, 97.4)],
    { engines: [builtIn], matchLimits: { papers: 10, floor: 96 }, usage: free, ...more },
    { models: [] },
  );

/** A day that both scorers read. */
export const mixedDay = (more: Partial<DigestDraft> = {}): Day =>
  writtenDay([entry(1, '2507.00001'), matched(2, '2507.00002', 4, 97.4)], {
    engines: [
      { engine: 'openai', model: 'gpt-test', papers: 300 },
      { ...builtIn, papers: 83 },
    ],
    matchLimits: { papers: 10, floor: 96 },
    ...more,
  });

const price: Price = {
  prompt: 2,
  cachedPrompt: 1,
  completion: 8,
  source: 'https://example.org/prices_(all)',
  date: '2025-07-01',
};

export const modelUsage = (more: Partial<ModelUsage> = {}): ModelUsage => ({
  model: 'gpt-test',
  channel: 'foundations',
  calls: 3,
  usage: { promptTokens: 9000, cachedTokens: 4500, completionTokens: 700, costUsd: 0.0191 },
  price,
  ...more,
});

/** A price below ten cents, and cost parts that differ by two orders of magnitude. */
export const smallModelUsage = (): ModelUsage =>
  modelUsage({
    usage: { promptTokens: 893_600, cachedTokens: 24_600, completionTokens: 126_400, costUsd: 0.208 },
    price: { ...price, prompt: 0.15, cachedPrompt: 0.075, completion: 0.6 },
  });

export const writtenDay = (entries: DigestEntry[], draft: Partial<DigestDraft> = {}, more: Partial<Day> = {}): Day => ({
  channel: { name: 'foundations', timezone: 'Europe/Berlin' },
  digest: storedDigest(entries, draft),
  previous: '2025-07-07',
  next: '2025-07-09',
  rubric: rubricOf(),
  models: [modelUsage()],
  votes: new Map(),
  ...more,
});

/** A day with every kind of content. */
export const fullDay = (): Day => {
  const mathematical = paperOf('2507.00001', {
    version: 2,
    title: 'Sorting in $O(n \\log n)$ for $5',
    abstract: 'We sort $n$ numbers \\(x_1, \\dots, x_n\\) and pay $5 to $10 for <each> of them.',
    categories: ['cs.LG', 'stat.ML'],
    comments: '12 pages',
  });
  const first: DigestEntry = {
    ...entryOf(1, mathematical, scoreOf('2507.00001', 10, 8)),
    reason: {
      kind: 'author',
      matches: [
        { name: 'Ada First', basis: 'id' },
        { name: 'Ben Second', basis: 'name' },
      ],
    },
    topic: 'Model Compression',
  };
  const refuted: DigestEntry = entry(2, '2507.00002', {
    reason: { kind: 'author', matches: [{ name: 'Cy Third', basis: 'refuted' }] },
  });
  const third = entry(3, '2507.00003', {
    topic: 'Model Compression',
    nudge: { points: 0.84, words: 'you liked 5 papers on quantization' },
    summary: { summaryId: 1, text: 'Sorts numbers for <less> than $5, 40% faster than *before*.' },
  });
  return writtenDay(
    [first, refuted, third],
    {
      counts: { announced: 1820, scanned: 1013, relevant: 4, unscored: 1 },
      authorCheck: { minHIndex: 12, below: 30, unknown: 5, notLookedUp: 2 },
      remedial: { from: '2025-07-04', to: '2025-07-07', approximate: true },
      notices: ['The daily budget of $0.02 is spent, so 3 of 12 papers were scored by the built-in scorer.'],
      engines: [
        { engine: 'openai', model: 'gpt-test', papers: 9 },
        { engine: 'local', model: 'local-1', papers: 3 },
      ],
      matchLimits: { papers: 10, floor: 96 },
      groupByTopic: true,
    },
    {
      models: [
        modelUsage(),
        modelUsage({
          usage: { promptTokens: 6000, cachedTokens: 0, completionTokens: 500, costUsd: 0.008 },
          price: { ...price, prompt: 1, cachedPrompt: 1, completion: 4, isBatch: true },
        }),
        modelUsage({
          ...{ purpose: 'summaries', calls: 1 },
          usage: { promptTokens: 1200, cachedTokens: 0, completionTokens: 60, costUsd: 0.002_88 },
        }),
        modelUsage({
          model: 'house_model',
          channel: 'vision',
          usage: { promptTokens: 100, cachedTokens: 0, completionTokens: 20, costUsd: undefined },
          price: undefined,
        }),
      ],
      votes: new Map([['2507.00001', { up: 3, down: 1 }]]),
    },
  );
};

export const prompt = 'Score these papers.\n\n```json\n{"papers": []}\n```\n';
