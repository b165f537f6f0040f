import { describe, expect, it } from 'vitest';
import type { DigestDraft } from '../../src/core/digest.ts';
import { dollars } from '../../src/core/score.ts';
import {
  byTopic,
  describeCost,
  describeCounts,
  describeEngines,
  describeMatches,
  describePrefilter,
  describeReason,
  describeRemedial,
} from '../../src/digest/text.ts';
import { digestOf, entryOf, paperOf, scoreOf } from '../fakes/fixtures.ts';

it.each([
  [0, '$0.00'],
  [0.00004, '$0.0000'],
  [0.0312, '$0.0312'],
  [0.1, '$0.10'],
  [1.2, '$1.20'],
])('%d US dollars read %s', (usd, read) => {
  expect(dollars(usd)).toBe(read);
});

it('describes a cost by tokens, cached share and dollars; empty if no model was called', () => {
  const usage = { promptTokens: 9000, cachedTokens: 0, completionTokens: 1000, costUsd: 0.5 };
  expect(describeCost({ usage })).toBe('10,000 tokens · $0.50');
  expect(describeCost({ usage: { ...usage, cachedTokens: 3000 } })).toBe(
    '10,000 tokens, 33% of the prompt cached · $0.50',
  );
  expect(describeCost({ usage: { ...usage, promptTokens: 0, completionTokens: 0 } })).toBe('');
  expect(describeCost({ usage: { ...usage, costUsd: undefined } })).toMatch(
    /cost unknown \(no price for this model\)$/,
  );
});

it('names the scorers, with shares only if there are several', () => {
  const local = { engine: 'local', model: 'local-1', papers: 1 } as const;
  const model = { engine: 'openai', model: 'gpt-test', papers: 11 } as const;
  expect(describeEngines(digestOf([], { engines: [model] }))).toBe('Scored by gpt-test');
  expect(describeEngines(digestOf([], { engines: [model, local] }))).toBe(
    'Scored by gpt-test (11 papers) and the built-in scorer (1 paper)',
  );
  expect(describeEngines(digestOf([], { engines: [] }))).toBe('Nothing to score');
});

const entry = (rank: number, more: Partial<ReturnType<typeof entryOf>> = {}) => ({
  ...entryOf(rank, paperOf(String(rank)), scoreOf(String(rank), 9, 8)),
  ...more,
});
const matched = (basis: 'id' | 'name' | 'refuted') => ({
  reason: { kind: 'author' as const, matches: [{ name: 'Ada First', basis }] },
});

it('counts papers by followed authors, without refuted matches', () => {
  const entries = [entry(1, matched('id')), entry(2, matched('name')), entry(3, matched('refuted')), entry(4)];
  expect(describeCounts(digestOf(entries))).toContain('), 2 by followed authors.');
  expect(describeCounts(digestOf([entry(1)]))).not.toContain('follow');
});

it.each([
  ['id', 'Followed author: Ada First'],
  ['name', 'Followed author (by name only): Ada First'],
  ['refuted', 'Another author with the same name: Ada First'],
] as const)('labels a match by %s', (basis, shown) => {
  expect(describeMatches(entry(1, matched(basis)))).toBe(shown);
  expect(describeMatches(entry(1))).toBe('');
});

it.each([
  ['2025-07-07', '2025-07-07', 'covering 7 July 2025'],
  ['2025-07-04', '2025-07-06', 'covering 4 to 6 July 2025'],
  ['2025-01-31', '2025-02-02', 'covering 31 January to 2 February 2025'],
  ['2024-12-31', '2025-01-01', 'covering 31 December 2024 to 1 January 2025'],
])('names the days from %s to %s of a remedial digest', (from, to, shown) => {
  const remedial = { from, to, approximate: false };
  expect(describeRemedial({ date: '2025-07-08', remedial })).toContain(shown);
});

it('orders topics by their best paper, papers without a topic last, and keeps ranks', () => {
  const entries = [undefined, 'b', 'a', 'b', undefined].map((topic, index) => entry(index + 1, { topic }));
  const groups = byTopic(entries).map(({ topic, entries: some }) => [topic, some.map(({ rank }) => rank)]);
  expect(groups).toEqual([
    ['b', [2, 4]],
    ['a', [3]],
    ['Other', [1, 5]],
  ]);
});

it('gives the reason after a summary, and only once if both are the same', () => {
  const one = entry(1);
  const reason = (text: string) => describeReason({ ...one, summary: { summaryId: 1, text } });
  expect(describeReason(one)).toBe(one.score.comment);
  expect(reason('Another text.')).toBe(`Why: ${one.score.comment}`);
  expect(reason(one.score.comment.replace(/\.$/, '').toUpperCase())).toBe('');
});

describe('the screening', () => {
  const described = (prefilter: DigestDraft['prefilter']) => {
    const { counts } = digestOf([entry(1)]);
    return describePrefilter({ prefilter, counts: { ...counts, scanned: 459 } });
  };

  it('is described with the measured recall and its interval', () => {
    const prefilter = { skipped: 230, sampled: 9, recall: 0.9899, low: 0.968, high: 0.9941, days: 14 };
    expect(described(prefilter)).toBe(
      'screened out 230 of 459 papers; about 98% of picks kept (96–100%), measured on 14 days',
    );
    expect(described({ ...prefilter, days: 1 })).toContain('measured on 1 day');
  });

  it('is described without a recall before it is measured', () => {
    expect(described({ skipped: 230, sampled: 9, days: 3 })).toBe(
      'screened out 230 of 459 papers; the share of picks kept is not measured yet',
    );
  });

  it('has a sentence among the counts only if papers were screened out', () => {
    const of = (skipped: number) =>
      describeCounts({ ...digestOf([entry(1)]), prefilter: { skipped, sampled: 0, days: 0 } });
    expect(of(3)).toContain('Screened out 3 of ');
    expect(of(0)).not.toMatch(/screened/i);
  });
});
