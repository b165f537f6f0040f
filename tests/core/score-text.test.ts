import { describe, expect, it } from 'vitest';
import { asScore, bestText, isSameScore, longScoreText, matchText, ordinal, scoreText } from '../../src/core/score.ts';
import { matchedAt, scoreOf, standingOf } from '../fakes/fixtures.ts';

describe('a score as text', () => {
  const model = scoreOf('1', 9, 8);
  const builtIn = standingOf('1', 3, 97.4);

  it('is the points of a language model, or the position and match of the built-in scorer', () => {
    expect([scoreText(model), longScoreText(model), bestText(model)]).toEqual([
      '9 + 8',
      'Relevance 9 · Novelty 8',
      '17 of 20',
    ]);
    for (const text of [scoreText, longScoreText, bestText]) expect(text(builtIn)).toBe('3rd of 383 · match 97%');
  });

  it.each([
    [0, '0%'],
    [98.99, '98%'],
    [99, '99.0%'],
    [99.38, '99.3%'],
    [99.9, '99.9%'],
  ])('rounds a match of %d down', (match, text) => {
    expect(matchText(match)).toBe(text);
  });

  it('has English ordinals', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 1_213].map(ordinal)).toEqual([
      ...['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '1,213th'],
    ]);
  });

  it('tells if two scores look the same', () => {
    expect(isSameScore(model, scoreOf('1', 9, 8, { comment: 'Other.' }))).toBe(true);
    expect(isSameScore(model, scoreOf('1', 8, 9))).toBe(false);
    expect(isSameScore(builtIn, standingOf('1', 3, 97.9))).toBe(true);
    expect(isSameScore(model, builtIn)).toBe(false);
    expect(isSameScore(undefined, model)).toBe(false);
  });
});

it('refuses points by the built-in scorer', () => {
  const { paperId, version, relevance, novelty, comment, engine, ...stored } = scoreOf('1', 9, 8);
  const points = { paperId, version, relevance, novelty, comment };
  expect(asScore(points, engine, stored)).toEqual(scoreOf('1', 9, 8));
  expect(asScore(matchedAt('1', 3, 97.4), 'local', stored)).toMatchObject({ engine: 'local', position: 3 });
  expect(() => asScore(points, 'local', stored)).toThrow('gives no points');
});
