import { expect, test } from 'vitest';
import { createBucket } from '../../../src/scoring/llm/bucket.ts';

test('everything may be taken until a limit is known', () => {
  const bucket = createBucket();
  for (let call = 0; call < 100; call += 1) bucket.take(1e6, 0);
  expect(bucket.waitMs(1e9, 0)).toBe(0);
  bucket.learn({ remaining: 0, resetMs: 60_000 }, 0);
  expect(bucket.limit()).toBeUndefined();
  expect(bucket.waitMs(1, 0)).toBe(0);
});

test('what was taken before the limit was known counts', () => {
  const bucket = createBucket();
  bucket.take(40_000, 0);
  bucket.take(50_000, 0);
  bucket.learn({ limit: 100_000, remaining: 60_000, resetMs: 24_000 }, 0);
  expect(bucket.waitMs(5_000, 0)).toBe(0);
  expect(bucket.waitMs(10_000, 0)).toBeCloseTo(1_200);
});

test('a continuous limit refills at its rate, and the rest of a minute is not waited for', () => {
  const bucket = createBucket();
  bucket.learn({ limit: 60_000, remaining: 54_000, resetMs: 6_000 }, 0);
  bucket.take(52_000, 0);
  // 58,800 of 60,000 may be used, 1,000 come back each second.
  expect(bucket.waitMs(800, 0)).toBe(0);
  expect(bucket.waitMs(5_800, 0)).toBeCloseTo(5_000);
  expect(bucket.waitMs(5_800, 5_000)).toBeCloseTo(0);
});

test('a limit per day is known by its reset', () => {
  const bucket = createBucket();
  bucket.learn({ limit: 1_000, remaining: 900, resetMs: 8_640_000 }, 0);
  bucket.take(879, 0);
  expect(bucket.waitMs(1, 0)).toBe(0);
  bucket.take(1, 0);
  expect(bucket.waitMs(1, 0)).toBeCloseTo(86_400);
});

test('in a window, nothing comes back before the first call is a minute old', () => {
  const bucket = createBucket();
  bucket.take(6_000, 0);
  bucket.learn({ limit: 60_000, remaining: 54_000, resetMs: 52_000 }, 8_000);
  bucket.take(50_000, 8_000);
  expect(bucket.waitMs(2_000, 8_000)).toBe(0);
  expect(bucket.waitMs(6_000, 30_000)).toBe(31_000);
  expect(bucket.waitMs(6_000, 61_000)).toBe(0);
  expect(bucket.waitMs(30_000, 61_000)).toBe(8_000);
});

test('in a window, what others use counts until the reset', () => {
  const bucket = createBucket();
  bucket.take(1_000, 0);
  bucket.learn({ limit: 60_000, remaining: 59_000, resetMs: 52_000 }, 8_000);
  bucket.learn({ limit: 60_000, remaining: 3_000, resetMs: 40_000 }, 20_000);
  expect(bucket.waitMs(2_000, 20_000)).toBe(0);
  expect(bucket.waitMs(5_000, 20_000)).toBe(40_000);
  expect(bucket.waitMs(5_000, 60_000)).toBe(0);
});

test('an amount is corrected by the real one', () => {
  const bucket = createBucket();
  bucket.learn({ limit: 60_000, remaining: 60_000 }, 0);
  const correct = bucket.take(50_000, 0);
  expect(bucket.waitMs(20_000, 0)).toBeGreaterThan(0);
  correct(5_000);
  expect(bucket.waitMs(20_000, 0)).toBe(0);
  correct(58_000);
  expect(bucket.waitMs(1_800, 0)).toBeCloseTo(1_000);
});

test('what the server has left is believed if it is less', () => {
  const bucket = createBucket();
  bucket.learn({ limit: 60_000, remaining: 60_000 }, 0);
  bucket.learn({ limit: 60_000, remaining: 0, resetMs: 60_000 }, 0);
  expect(bucket.waitMs(4_800, 0)).toBeCloseTo(6_000);
  bucket.learn({ limit: 60_000, remaining: 50_000, resetMs: 10_000 }, 0);
  expect(bucket.waitMs(4_800, 0)).toBeCloseTo(6_000);
});

test('a call that is larger than the limit waits for all of it', () => {
  const bucket = createBucket();
  bucket.learn({ limit: 10_000, remaining: 10_000 }, 0);
  expect(bucket.waitMs(1e6, 0)).toBe(0);
  bucket.take(1e4, 0);
  expect(bucket.waitMs(1e6, 0)).toBeCloseTo(60_000);
});
