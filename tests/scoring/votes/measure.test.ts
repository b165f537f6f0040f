import { describe, expect, it } from 'vitest';
import type { PostedPaper } from '../../../src/core/votes.ts';
import { fitChance } from '../../../src/scoring/votes/calibration.ts';
import { measureVotes } from '../../../src/scoring/votes/measure.ts';

const { signal } = new AbortController();

const subjects = [
  ['Sorting networks', 'Comparators sort keys in parallel.'],
  ['Coral reefs', 'Corals bleach in warm water.'],
] as const;

/** Two liked and two other papers a day, all with votes; liked ones have the lower score. */
const postedOn = (days: number, isLiked = (subject: number, _day: number): boolean => subject === 0): PostedPaper[] =>
  Array.from({ length: days }, (_, day) => `2025-07-${String(day + 1).padStart(2, '0')}`).flatMap((date, day) =>
    [0, 1, 0, 1].map((subject, index): PostedPaper => {
      const [title, abstract] = subjects[subject] as (typeof subjects)[number];
      const vote = isLiked(subject, day) ? ('up' as const) : ('down' as const);
      return {
        date,
        paper: {
          id: `2507.${10_000 + 10 * day + index}`,
          version: 1,
          title: `${title} ${day}`,
          abstract,
          categories: ['cs.DS'],
          authors: [`Author ${day} ${index}`],
        },
        topic: undefined,
        total: subject === 0 ? 15 : 16,
        votes: [{ person: 'slack:T1:U1', vote, at: `${date}T12:0${index}:00.000Z` }],
      };
    }),
  );

describe('the measure of votes', () => {
  it('predicts each date from the dates before it, beside scores and Rocchio', async () => {
    const measure = await measureVotes(postedOn(6), signal);
    expect(measure?.predicted).toBe(20);
    expect(measure?.votes.auc).toBe(1);
    expect(measure?.rocchio.auc).toBe(1);
    expect(measure?.scores.auc).toBe(0);
    expect(measure?.votes.brier).toBeLessThan(0.15);
  });

  it('knows no vote of the date that it predicts', async () => {
    const turned = await measureVotes(
      postedOn(2, (subject, day) => (day === 0 ? subject === 0 : subject === 1)),
      signal,
    );
    expect(turned).toMatchObject({ predicted: 4, votes: { auc: 0 } });
  });

  it('is undefined if there is nothing to compare', async () => {
    expect(await measureVotes([], signal)).toBeUndefined();
    expect(await measureVotes(postedOn(1), signal)).toBeUndefined();
    expect(
      await measureVotes(
        postedOn(4, () => true),
        signal,
      ),
    ).toBeUndefined();
  });

  it('measures only the newest dates', async () => {
    expect((await measureVotes(postedOn(6), signal, 2))?.predicted).toBe(8);
  });
});

describe('the chance of a 👍', () => {
  const outcomes = Array.from({ length: 40 }, (_, at) => ({ value: at, isLiked: at >= 20 }));

  it('grows with the value, and is one half without votes', () => {
    const chance = fitChance(outcomes);
    expect(chance(0)).toBeLessThan(0.1);
    expect(chance(39)).toBeGreaterThan(0.9);
    expect(chance(19.5)).toBeCloseTo(0.5, 1);
    expect(fitChance([])(3)).toBe(0.5);
  });

  it('is the share of 👍 if values tell nothing', () => {
    const chance = fitChance(Array.from({ length: 100 }, (_, at) => ({ value: 1, isLiked: at < 80 })));
    expect(chance(1)).toBeCloseTo(0.8, 1);
  });
});
