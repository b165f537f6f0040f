import { expect, it } from 'vitest';
import { isSilent, nextMailing } from '../../../src/daily/collect/mailing.ts';

it.each([
  ['on Tuesday morning', '2025-07-08T13:00:00Z', '2025-07-09T00:00:00Z'],
  ['at the mailing itself', '2025-07-09T00:00:00Z', '2025-07-10T00:00:00Z'],
  ['on Thursday night', '2025-07-11T00:30:00Z', '2025-07-14T00:00:00Z'],
  ['on Saturday', '2025-07-12T15:00:00Z', '2025-07-14T00:00:00Z'],
  ['in winter', '2025-01-14T15:00:00Z', '2025-01-15T01:00:00Z'],
  ['on the day on which summer time ends', '2025-11-02T15:00:00Z', '2025-11-03T01:00:00Z'],
])('the next mailing %s is at 20:00 in New York, from Sunday to Thursday', (_, now, next) => {
  expect(nextMailing(new Date(now)).toISOString()).toBe(next.replace('Z', '.000Z'));
});

it.each([
  ['the last mailing', '2025-07-08', false],
  ['two and a late one are missing', '2025-07-03', false],
  ['three and a late one are missing', '2025-07-02', true],
])('arXiv is silent if the newest announcement is too old: %s', (_, newest, silent) => {
  expect(isSilent(newest, new Date('2025-07-08T00:30:00Z'))).toBe(silent);
});
