import { expect, test } from 'vitest';
import { isLoopback, retryAfterMs } from '../../src/core/http.ts';

test.each([
  'http://localhost/',
  'http://LOCALHOST:4010/x',
  'http://127.0.0.1:80/',
  'http://127.1.2.3/',
  'http://127.1/',
  'http://[::1]:8080/',
])('%s is this machine', (address) => {
  expect(isLoopback(new URL(address))).toBe(true);
});

test.each([
  'https://arxiv.org/',
  'http://127.0.0.1.example.org/',
  'http://localhost.example.org/',
  'http://notlocalhost/',
  'http://192.168.0.1/',
  'http://10.127.0.1/',
  'http://[::2]/',
])('%s is not this machine', (address) => {
  expect(isLoopback(new URL(address))).toBe(false);
});

test.each([
  ['120', 120_000],
  [' 3 ', 3_000],
  ['1.5', 1_500],
  ['0.0001', 1],
  ['0', 0],
  ['Tue, 08 Jul 2025 12:01:00 GMT', 60_000],
  ['Tuesday, 08-Jul-25 12:01:00 GMT', 60_000],
  ['Tue, 08 Jul 2025 11:00:00 GMT', 0],
  ['soon', undefined],
  ['in 3 days', undefined],
  ['-5', undefined],
  ['9'.repeat(400), undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('Retry-After "%s" is %s milliseconds', (header, expected) => {
  expect(retryAfterMs(header, Date.parse('2025-07-08T12:00:00Z'))).toBe(expected);
});
