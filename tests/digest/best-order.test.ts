import { describe, expect, it } from 'vitest';
import { bestFirst, byScore, type Picked, readBestByScore } from '../../src/digest/best-order.ts';
import { entryOf, paperOf, scoreOf, standingOf } from '../fakes/fixtures.ts';
import { entry, matched } from '../pages/written-day.ts';

const picked = (id: string): Picked => ({ date: '2025-07-08', entry: entry(1, id) });

/** A store of these papers that records the requested limits. */
const storeOf = (ids: readonly string[]) => {
  const limits: number[] = [];
  const read = async (limit: number): Promise<Picked[]> => {
    limits.push(limit);
    return ids.slice(0, limit).map(picked);
  };
  return { limits, read };
};

const idsOf = (papers: readonly Picked[]): string[] => papers.map(({ entry }) => entry.paper.id);
const range = (count: number): string[] => Array.from({ length: count }, (_, index) => `2507.${index}`);

describe('the order over several digests', () => {
  it('is a language model’s papers by points, then the built-in scorer’s by match', () => {
    const papers = [
      matched(1, 'b', 1, 97),
      entryOf(1, paperOf('low'), scoreOf('low', 1, 1)),
      matched(1, 'a', 9, 98),
      entryOf(1, paperOf('high'), scoreOf('high', 9, 9)),
      matched(2, 'c', 2, 97),
    ].map((entry) => ({ date: '2025-07-08', entry }));
    expect(idsOf(papers.toSorted(byScore))).toEqual(['high', 'low', 'a', 'b', 'c']);
  });

  it('is by position within a day, even if matches are equal', () => {
    const [first, second] = [standingOf('a', 1, 99.9), standingOf('b', 2, 99.9)];
    expect([second, first].toSorted(bestFirst)).toEqual([first, second]);
  });
});

describe('the best papers of a store', () => {
  it('are read without other papers', async () => {
    const { limits, read } = storeOf(range(30));
    expect(idsOf(await readBestByScore(read))).toEqual(range(10));
    expect(limits).toEqual([10]);
  });

  it('are ten even if one was picked on many days', async () => {
    const { limits, read } = storeOf([...Array.from({ length: 25 }, () => '2507.0'), ...range(30)]);
    expect(idsOf(await readBestByScore(read))).toEqual(range(10));
    expect(limits).toEqual([10, 20, 40]);
  });

  it('are fewer if the store has fewer', async () => {
    expect(idsOf(await readBestByScore(storeOf([]).read))).toEqual([]);
    expect(idsOf(await readBestByScore(storeOf(['2507.0', '2507.0', '2507.1']).read))).toEqual(range(2));
  });
});
