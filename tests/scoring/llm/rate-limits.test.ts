import { describe, expect, test } from 'vitest';
import { readRateLimits } from '../../../src/scoring/llm/rate-limits.ts';

const now = Date.parse('2025-07-08T12:00:00Z');
const read = (headers: Record<string, string>) => readRateLimits(new Headers(headers), now);

test('the limits of requests and of tokens are read', () => {
  expect(
    read({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-reset-tokens': '6m0s',
    }),
  ).toEqual({
    requests: { limit: 60, remaining: 59, resetMs: 1_000 },
    tokens: { limit: 150_000, remaining: 149_984, resetMs: 360_000 },
  });
});

const unknown = { limit: undefined, remaining: undefined, resetMs: undefined };

test('answers without these headers have no limits', () => {
  expect(read({ 'retry-after': '3', 'x-ratelimit-limit': '7' })).toEqual({ requests: unknown, tokens: unknown });
  expect(readRateLimits(undefined, now)).toEqual({ requests: unknown, tokens: unknown });
});

describe('the time until a limit resets', () => {
  test.each([
    ['120ms', 120],
    ['0s', 0],
    ['7.66s', 7_660],
    ['2m59.56s', 179_560],
    ['1h0m0s', 3_600_000],
    ['1d2h', 93_600_000],
    ['500us', 0.5],
    ['17', 17_000],
    ['0.25', 250],
    [String(now / 1_000 + 30), 30_000],
    [String(now + 30_000), 30_000],
    [String(now - 30_000), 0],
    ['2025-07-08T12:00:30Z', 30_000],
    [' 12s ', 12_000],
  ])('is read from "%s"', (text, ms) => {
    expect(read({ 'x-ratelimit-reset-tokens': text }).tokens.resetMs).toBeCloseTo(ms, 6);
  });

  test.each(['', '-1', '-5s', 'soon', '5 minutes', '1e3', '12s later', 's', 'NaN', '2025-99-99T00:00:00Z'])(
    'is unknown for "%s"',
    (text) => {
      expect(read({ 'x-ratelimit-reset-tokens': text }).tokens.resetMs).toBeUndefined();
    },
  );
});

test.each(['-1', 'unlimited', '', 'NaN', 'Infinity'])('a limit of "%s" is unknown', (text) => {
  expect(read({ 'x-ratelimit-limit-tokens': text, 'x-ratelimit-remaining-tokens': text }).tokens).toEqual(unknown);
});

test('nothing may be left, but a limit of 0 is none', () => {
  const { requests } = read({ 'x-ratelimit-limit-requests': '0', 'x-ratelimit-remaining-requests': '0' });
  expect(requests).toEqual({ ...unknown, remaining: 0 });
});
